# DPT-Hybrid, the MiDaS network of the paper: a residual network down to a sixteenth of the size, a transformer over what it saw, and both fused from
# coarse to fine. Tensor names are those of transformers.
#   x [B, 3, H, W] normalised colours, sides multiples of 32      result [B, 1, H, W], larger is nearer

def same(self, x: Tensor, size: int, stride: int) -> Tensor:
  # Zeros around the picture so that ceil(side / stride) remain, the odd one after.
  down = max((((x.shape[2] + stride - 1) // stride) - 1) * stride + size - x.shape[2], 0)
  right = max((((x.shape[3] + stride - 1) // stride) - 1) * stride + size - x.shape[3], 0)
  return torch.constant_pad_nd(x, [right // 2, right - right // 2, down // 2, down - down // 2], 0.)

def standardised(self, p: str, x: Tensor, stride: int) -> Tensor:
  # A convolution whose kernels have mean 0 and variance 1 (Qiao et al. 2019).
  weight = self.w[p + ".weight"]
  kernels = torch.flatten(weight, 1)
  variance, mean = torch.var_mean(kernels, [1], False, True)
  kernels = (kernels - mean) * torch.rsqrt(variance + 1e-8)
  return torch.conv2d(self.same(x, weight.shape[2], stride), kernels.view(weight.shape), None, [stride, stride], [0, 0], [1, 1], 1)

def groups(self, p: str, x: Tensor) -> Tensor:
  return torch.group_norm(x, 32, self.w[p + ".weight"], self.w[p + ".bias"], 1e-5)

def bottleneck(self, p: str, x: Tensor, stride: int) -> Tensor:
  h = torch.relu(self.groups(p + ".norm1", self.standardised(p + ".conv1", x, 1)))
  h = torch.relu(self.groups(p + ".norm2", self.standardised(p + ".conv2", h, stride)))
  h = self.groups(p + ".norm3", self.standardised(p + ".conv3", h, 1))
  if self.has(p + ".downsample.conv"):
    x = self.groups(p + ".downsample.norm", self.standardised(p + ".downsample.conv", x, stride))
  return torch.relu(h + x)

def stage(self, i: int, x: Tensor) -> Tensor:
  j = 0
  p = "dpt.embeddings.backbone.bit.encoder.stages." + str(i) + ".layers."
  while self.has(p + str(j) + ".conv1"):
    x = self.bottleneck(p + str(j), x, 2 if i > 0 and j == 0 else 1)
    j = j + 1
  return x

def layer(self, p: str, x: Tensor) -> Tensor:
  x = x + self.see(p + ".attention", self.norm(p + ".layernorm_before", x, 1e-12))
  y = torch.gelu(self.linear(p + ".intermediate.dense", self.norm(p + ".layernorm_after", x, 1e-12)))
  return x + self.linear(p + ".output.dense", y)

def reassemble(self, j: int, tokens: Tensor, height: int, width: int) -> Tensor:
  # Each patch sees the class token once more.
  b, c = tokens.shape[0], tokens.shape[2]
  both = torch.cat([tokens[:, 1:], tokens[:, :1].expand([b, height * width, c])], -1)
  h = torch.gelu(self.linear("neck.reassemble_stage.readout_projects." + str(j) + ".0", both))
  p = "neck.reassemble_stage.layers." + str(j)
  h = self.conv(p + ".projection", h.reshape([b, height, width, c]).permute([0, 3, 1, 2]), 1, 0)
  if self.has(p + ".resize"):
    h = self.plain(p + ".resize", h, 2)
  return h

def predict(self, x: Tensor) -> Tensor:
  e = "dpt.embeddings."
  stem = torch.relu(self.groups(e + "backbone.bit.embedder.norm", self.standardised(e + "backbone.bit.embedder.convolution", x, 2)))
  fine = self.stage(0, torch.max_pool2d(self.same(stem, 3, 2), [3, 3], [2, 2], [0, 0], [1, 1], False))
  middle = self.stage(1, fine)
  h = self.conv(e + "projection", self.stage(2, middle), 1, 0)
  b, c, height, width = h.shape[0], h.shape[1], h.shape[2], h.shape[3]
  places = self.w[e + "position_embeddings"]
  t = torch.flatten(h + self.stretched(places, height, width, False), 2).transpose(1, 2)
  t = torch.cat([(self.w[e + "cls_token"] + places[:, :1]).expand([b, 1, c]), t], 1)
  layers = 0
  while self.has("dpt.encoder.layer." + str(layers) + ".layernorm_before"):
    layers = layers + 1
  maps: List[Tensor] = [self.plain("neck.convs.0", fine, 1), self.plain("neck.convs.1", middle, 1)]
  for i in range(layers):
    t = self.layer("dpt.encoder.layer." + str(i), t)
    if (i + 1) % (layers // 4) == 0 and 2 * i >= layers:
      j = len(maps)
      maps.append(self.plain("neck.convs." + str(j), self.reassemble(j, t, height, width), 1))
  d = self.plain("head.head.0", self.fuse(maps), 1)
  d = torch.upsample_bilinear2d(d, [2 * d.shape[2], 2 * d.shape[3]], True, None)
  return torch.relu(self.conv("head.head.4", torch.relu(self.plain("head.head.2", d, 1)), 1, 0))

def normalised(self, x: Tensor) -> Tensor:
  return (x - 0.5) / 0.5
