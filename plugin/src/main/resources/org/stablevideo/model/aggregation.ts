# The aggregation network of StableVideo (section 3.3, equation 7), trained for one edit.
#   atlas   [1, 3, H, W] in [0, 1]      branch [1, 3, H/s, W/s]
#   target  colour [1, 3, h, w], weight [1, 1, h, w], grid [1, h, w, 2] with corners (-1, -1) and (1, 1) in texel centres

def begin(self, first: Tensor) -> int:
  # The second layer starts at zero, so that training starts from the atlas itself.
  self.w["first"] = first.clone()
  self.w["second"] = torch.zeros_like(first)
  self.w["first.speed"] = torch.zeros_like(first)
  self.w["second.speed"] = torch.zeros_like(first)
  self.w["best.loss"] = torch.full([], float("inf"), dtype=6)
  return len(self.w)

def reduce(self, atlas: Tensor, factor: int) -> Tensor:
  return torch.avg_pool2d(atlas, [factor, factor], [factor, factor], [0, 0], True, False, None)

def refine(self, atlas: Tensor, small: Tensor) -> Tensor:
  # conv 3 -> 64, ReLU, transposed conv 64 -> 3; both 3x3, without bias, with a shortcut around.
  h = torch.relu(torch.conv2d(small, self.w["first"], None, [1, 1], [1, 1], [1, 1], 1))
  b = torch.conv_transpose2d(h, self.w["second"], None, [1, 1], [1, 1], [0, 0], 1, [1, 1])
  if b.shape[2] != atlas.shape[2] or b.shape[3] != atlas.shape[3]:
    b = torch.upsample_bilinear2d(b, [atlas.shape[2], atlas.shape[3]], False, None)
  return atlas + b

def loss(self, atlas: Tensor, small: Tensor, colours: List[Tensor], weights: List[Tensor], grids: List[Tensor]) -> Tensor:
  # Equation 7: sum over key frames of | E_i - A(UV_i) |, each the mean over the pixels that the layer covers.
  refined = self.refine(atlas, small)
  sum = torch.zeros([], dtype=6)
  for i in range(len(colours)):
    seen = torch.grid_sampler(refined, grids[i], 0, 1, True)
    sum = sum + torch.sum(torch.abs(colours[i] - seen) * weights[i]) / (3. * torch.clamp(torch.sum(weights[i]), 1.))
  return sum

def epochs(self, atlas: Tensor, small: Tensor, colours: List[Tensor], weights: List[Tensor], grids: List[Tensor], done: int, n: int, total: int, lr: float) -> Tensor:
  losses = torch.zeros([n], dtype=6)
  for e in range(n):
    torch.set_grad_enabled(True)
    names = ["first", "second"]
    leaves: List[Tensor] = []
    for k in names:
      self.w[k] = self.w[k].detach().requires_grad_(True)
      leaves.append(self.w[k])
    loss = self.loss(atlas, small, colours, weights, grids)
    slopes = torch.autograd.grad([loss], leaves)
    torch.set_grad_enabled(False)
    losses[e] = loss.detach()
    if bool(losses[e] < self.w["best.loss"]):
      self.w["best.loss"] = losses[e].clone()
      for k in names:
        self.w["best." + k] = self.w[k].detach()
    rate = lr * (1. - float(done + e) / float(total))
    for i in range(2):
      k = names[i]
      g = slopes[i]
      assert g is not None
      self.w[k + ".speed"] = self.w[k + ".speed"] * 0.9 + g
      self.w[k] = self.w[k].detach() - self.w[k + ".speed"] * rate
  return losses

# The atlas by the weights of the least loss.
def apply(self, atlas: Tensor, small: Tensor) -> Tensor:
  for k in ["first", "second"]:
    self.w[k] = self.w["best." + k]
  return torch.clamp(self.refine(atlas, small), 0., 1.)
