# Depth Anything V2: a DINOv2 transformer over patches of 14 pixels, whose features after each quarter of its layers are made pictures
# again and fused from coarse to fine. Tensor names are those of transformers.
#   x [B, 3, H, W] normalised colours, sides multiples of 14      result [B, 1, H, W], larger is nearer

def norm(self, p: str, x: Tensor) -> Tensor:
  return torch.layer_norm(x, [x.shape[-1]], self.w[p + ".weight"], self.w[p + ".bias"], 1e-6, False)

def plain(self, p: str, x: Tensor, stride: int) -> Tensor:
  # A 3x3 convolution, with or without bias.
  bias: Optional[Tensor] = None
  if (p + ".bias") in self.w:
    bias = self.w[p + ".bias"]
  return torch.conv2d(x, self.w[p + ".weight"], bias, [stride, stride], [1, 1], [1, 1], 1)

def patches(self, x: Tensor) -> Tensor:
  # The class token first; positions are stretched to the grid of patches.
  e = "backbone.embeddings."
  h = torch.conv2d(x, self.w[e + "patch_embeddings.projection.weight"], self.w[e + "patch_embeddings.projection.bias"], [14, 14], [0, 0], [1, 1], 1)
  b, c, height, width = h.shape[0], h.shape[1], h.shape[2], h.shape[3]
  places = self.w[e + "position_embeddings"]
  side = 1
  while side * side < places.shape[1] - 1:
    side = side + 1
  grid = places[:, 1:].reshape([1, side, side, c]).permute([0, 3, 1, 2])
  if side != height or side != width:
    grid = torch.upsample_bicubic2d(grid, [height, width], False, None)
  tokens = torch.flatten(h + grid, 2).transpose(1, 2)
  first = (self.w[e + "cls_token"] + places[:, :1]).expand([b, 1, c])
  return torch.cat([first, tokens], 1)

def see(self, p: str, x: Tensor) -> Tensor:
  # Heads are 64 wide.
  b, n, c = x.shape[0], x.shape[1], x.shape[2]
  q = self.linear(p + ".attention.query", x).view([b, n, c // 64, 64]).transpose(1, 2)
  k = self.linear(p + ".attention.key", x).view([b, n, c // 64, 64]).transpose(1, 2)
  v = self.linear(p + ".attention.value", x).view([b, n, c // 64, 64]).transpose(1, 2)
  o = torch.scaled_dot_product_attention(q, k, v)
  return self.linear(p + ".output.dense", o.transpose(1, 2).reshape([b, n, c]))

def layer(self, p: str, x: Tensor) -> Tensor:
  x = x + self.see(p + ".attention", self.norm(p + ".norm1", x)) * self.w[p + ".layer_scale1.lambda1"]
  y = self.linear(p + ".mlp.fc2", torch.gelu(self.linear(p + ".mlp.fc1", self.norm(p + ".norm2", x))))
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

def residual(self, p: str, x: Tensor) -> Tensor:
  return x + self.plain(p + ".convolution2", torch.relu(self.plain(p + ".convolution1", torch.relu(x), 1)), 1)

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
      maps.append(self.reassemble(len(maps), self.norm("backbone.layernorm", h), height, width))
  fused = maps[3]
  for i in range(4):
    p = "neck.fusion_stage.layers." + str(i)
    own = maps[3 - i]
    if i > 0:
      if fused.shape[2] != own.shape[2] or fused.shape[3] != own.shape[3]:
        own = torch.upsample_bilinear2d(own, [fused.shape[2], fused.shape[3]], False, None)
      fused = fused + self.residual(p + ".residual_layer1", own)
    fused = self.residual(p + ".residual_layer2", fused)
    if i < 3:
      fused = torch.upsample_bilinear2d(fused, [maps[2 - i].shape[2], maps[2 - i].shape[3]], True, None)
    else:
      fused = torch.upsample_bilinear2d(fused, [2 * fused.shape[2], 2 * fused.shape[3]], True, None)
    fused = self.conv(p + ".projection", fused, 1, 0)
  d = torch.upsample_bilinear2d(self.plain("head.conv1", fused, 1), [14 * height, 14 * width], True, None)
  return torch.relu(self.conv("head.conv3", torch.relu(self.plain("head.conv2", d, 1)), 1, 0))

def relative(self, x: Tensor, height: int, width: int) -> Tensor:
  # x [1, 3, H, W] in [0, 1], seen at height x width; nearness as large as x, in a measure of the network's own.
  y = torch.clamp(torch.upsample_bicubic2d(x, [height, width], False, None), 0., 1.)
  mean = torch.cat([torch.full([1, 1, 1, 1], 0.485), torch.full([1, 1, 1, 1], 0.456), torch.full([1, 1, 1, 1], 0.406)], 1).to(y.device)
  spread = torch.cat([torch.full([1, 1, 1, 1], 0.229), torch.full([1, 1, 1, 1], 0.224), torch.full([1, 1, 1, 1], 0.225)], 1).to(y.device)
  d = self.predict((y - mean) / spread)
  return torch.upsample_bilinear2d(d, [x.shape[2], x.shape[3]], False, None)

def near(self, x: Tensor, height: int, width: int) -> Tensor:
  # Nearness in [0, 1], farthest 0, nearest 1.
  d = self.relative(x, height, width)
  low, high = torch.amin(d), torch.amax(d)
  return (d - low) / torch.clamp(high - low, 1e-6)
