# What the networks that estimate depth share: dense prediction transformers (Ranftl et al. 2021), in the naming of transformers.

def norm(self, p: str, x: Tensor, eps: float) -> Tensor:
  return torch.layer_norm(x, [x.shape[-1]], self.w[p + ".weight"], self.w[p + ".bias"], eps, False)

def plain(self, p: str, x: Tensor, stride: int) -> Tensor:
  # A 3x3 convolution, with or without bias.
  bias: Optional[Tensor] = None
  if (p + ".bias") in self.w:
    bias = self.w[p + ".bias"]
  return torch.conv2d(x, self.w[p + ".weight"], bias, [stride, stride], [1, 1], [1, 1], 1)

def see(self, p: str, x: Tensor) -> Tensor:
  # Heads are 64 wide.
  b, n, c = x.shape[0], x.shape[1], x.shape[2]
  q = self.linear(p + ".attention.query", x).view([b, n, c // 64, 64]).transpose(1, 2)
  k = self.linear(p + ".attention.key", x).view([b, n, c // 64, 64]).transpose(1, 2)
  v = self.linear(p + ".attention.value", x).view([b, n, c // 64, 64]).transpose(1, 2)
  o = torch.scaled_dot_product_attention(q, k, v)
  return self.linear(p + ".output.dense", o.transpose(1, 2).reshape([b, n, c]))

def residual(self, p: str, x: Tensor) -> Tensor:
  return x + self.plain(p + ".convolution2", torch.relu(self.plain(p + ".convolution1", torch.relu(x), 1)), 1)

def fuse(self, maps: List[Tensor]) -> Tensor:
  # Four maps, the finest first, become one of twice the finest's size.
  fused = maps[3]
  for i in range(4):
    p = "neck.fusion_stage.layers." + str(i)
    own = maps[3 - i]
    if i > 0:
      if fused.shape[2] != own.shape[2] or fused.shape[3] != own.shape[3]:
        own = torch.upsample_bilinear2d(own, [fused.shape[2], fused.shape[3]], False, None)
      fused = fused + self.residual(p + ".residual_layer1", own)
    fused = self.residual(p + ".residual_layer2", fused)
    size = [2 * fused.shape[2], 2 * fused.shape[3]]
    if i < 3:
      size = [maps[2 - i].shape[2], maps[2 - i].shape[3]]
    fused = self.conv(p + ".projection", torch.upsample_bilinear2d(fused, size, True, None), 1, 0)
  return fused

def stretched(self, places: Tensor, height: int, width: int, cubic: bool) -> Tensor:
  # Positions of a square grid of patches (the first is the class token's, left out), for a grid of another size: [1, c, height, width].
  c = places.shape[2]
  side = 1
  while side * side < places.shape[1] - 1:
    side = side + 1
  grid = places[:, 1:].reshape([1, side, side, c]).permute([0, 3, 1, 2])
  if side == height and side == width:
    return grid
  if cubic:
    return torch.upsample_bicubic2d(grid, [height, width], False, None)
  return torch.upsample_bilinear2d(grid, [height, width], False, None)

def colour(self, red: float, green: float, blue: float, like: Tensor) -> Tensor:
  return torch.cat([torch.full([1, 1, 1, 1], red), torch.full([1, 1, 1, 1], green), torch.full([1, 1, 1, 1], blue)], 1).to(like.device)

def relative(self, x: Tensor, height: int, width: int) -> Tensor:
  # x [1, 3, H, W] in [0, 1], seen at height x width; nearness as large as x, in a measure of the network's own.
  y = torch.clamp(torch.upsample_bicubic2d(x, [height, width], False, None), 0., 1.)
  d = self.predict(self.normalised(y))
  return torch.upsample_bilinear2d(d, [x.shape[2], x.shape[3]], False, None)

def near(self, x: Tensor, height: int, width: int) -> Tensor:
  # Nearness in [0, 1], farthest 0, nearest 1.
  d = self.relative(x, height, width)
  low, high = torch.amin(d), torch.amax(d)
  return (d - low) / torch.clamp(high - low, 1e-6)
