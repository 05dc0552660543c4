# Depth Anything V2: a DINOv2 transformer over patches of 14 pixels, whose features after each quarter of its layers are made pictures
# again and fused from coarse to fine. Tensor names are those of transformers.
#   x [B, 3, H, W] normalised colours, sides multiples of 14      result [B, 1, H, W], larger is nearer

def patches(self, x: Tensor) -> Tensor:
  # The class token first; positions are stretched to the grid of patches.
  e = "backbone.embeddings."
  h = torch.conv2d(x, self.w[e + "patch_embeddings.projection.weight"], self.w[e + "patch_embeddings.projection.bias"], [14, 14], [0, 0], [1, 1], 1)
  b, c, height, width = h.shape[0], h.shape[1], h.shape[2], h.shape[3]
  places = self.w[e + "position_embeddings"]
  tokens = torch.flatten(h + self.stretched(places, height, width, True), 2).transpose(1, 2)
  first = (self.w[e + "cls_token"] + places[:, :1]).expand([b, 1, c])
  return torch.cat([first, tokens], 1)

def layer(self, p: str, x: Tensor) -> Tensor:
  x = x + self.see(p + ".attention", self.norm(p + ".norm1", x, 1e-6)) * self.w[p + ".layer_scale1.lambda1"]
  y = self.linear(p + ".mlp.fc2", torch.gelu(self.linear(p + ".mlp.fc1", self.norm(p + ".norm2", x, 1e-6))))
  return x + y * self.w[p + ".layer_scale2.lambda1"]

def reassemble(self, j: int, tokens: Tensor, height: int, width: int) -> Tensor:
  p = "neck.reassemble_stage.layers." + str(j)
  b, c = tokens.shape[0], tokens.shape[2]
  h = self.conv(p + ".projection", tokens[:, 1:].reshape([b, height, width, c]).permute([0, 3, 1, 2]), 1, 0)
  if self.has(p + ".resize"):
    weight = self.w[p + ".resize.weight"]
    if weight.shape[2] == 3:
      h = self.plain(p + ".resize", h, 2)
    else:
      k = weight.shape[2]
      h = torch.conv_transpose2d(h, weight, self.w[p + ".resize.bias"], [k, k], [0, 0], [0, 0], 1, [1, 1])
  return self.plain("neck.convs." + str(j), h, 1)

def predict(self, x: Tensor) -> Tensor:
  height, width = x.shape[2] // 14, x.shape[3] // 14
  h = self.patches(x)
  layers = 0
  while self.has("backbone.encoder.layer." + str(layers) + ".norm1"):
    layers = layers + 1
  maps: List[Tensor] = []
  for i in range(layers):
    h = self.layer("backbone.encoder.layer." + str(i), h)
    if (i + 1) % (layers // 4) == 0:
      maps.append(self.reassemble(len(maps), self.norm("backbone.layernorm", h, 1e-6), height, width))
  d = torch.upsample_bilinear2d(self.plain("head.conv1", self.fuse(maps), 1), [14 * height, 14 * width], True, None)
  return torch.relu(self.conv("head.conv3", torch.relu(self.plain("head.conv2", d, 1)), 1, 0))

def normalised(self, x: Tensor) -> Tensor:
  return (x - self.colour(0.485, 0.456, 0.406, x)) / self.colour(0.229, 0.224, 0.225, x)
