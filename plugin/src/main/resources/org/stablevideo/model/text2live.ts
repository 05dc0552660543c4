# Text2LIVE (Bar-Tal et al., ECCV 2022): a generator, trained for one edit, that lays a colour and an opacity over an atlas. Beside clip_image.ts.
#   atlas     [1, 3, H, W] in [0, 1], or the part of it that the frames show
#   pictures  frames that show it, [1, 3, h, w] in [0, 1]; weights [1, 1, h, w] of the layer; grids [1, h, w, 2] into that part, edges at -1 and 1
#   texts     [3, d]: what is wanted; the same over a green screen; from where to there

def sew(self, p: str, x: Tensor, stride: int) -> Tensor:
  # Convolution over mirrored borders, normalised over the picture, with a leak.
  weight = self.w[p + ".weight"]
  pad = weight.shape[3] // 2
  y = x
  if pad > 0:
    y = torch.reflection_pad2d(x, [pad, pad, pad, pad])
  y = torch.conv2d(y, weight, self.w[p + ".bias"], [stride, stride], [0, 0], [1, 1], 1)
  y = torch.batch_norm(y, self.w[p + ".norm.weight"], self.w[p + ".norm.bias"], None, None, True, 0.1, 1e-5, False)
  return torch.leaky_relu(y, 0.2)

def layer(self, atlas: Tensor) -> Tensor:
  # The hourglass of Deep Image Prior; [1, 4, H, W] in [0, 1]: colour, then opacity.
  h = atlas * 2. - 1.
  skips: List[Tensor] = []
  n = 0
  while self.has("g." + str(n) + ".skip"):
    p = "g." + str(n)
    skips.append(self.sew(p + ".skip", h, 1))
    h = self.sew(p + ".deep", self.sew(p + ".down", h, 2), 1)
    n = n + 1
  for j in range(n):
    p = "g." + str(n - 1 - j)
    skip = skips[n - 1 - j]
    h = torch.cat([skip, torch.upsample_bilinear2d(h, [skip.shape[2], skip.shape[3]], False, None)], 1)
    h = self.sew(p + ".mix", self.sew(p + ".up", h, 1), 1)
  return torch.sigmoid(torch.conv2d(h, self.w["g.out.weight"], self.w["g.out.bias"], [1, 1], [0, 0], [1, 1], 1))

def framed(self, x: Tensor, top: int, left: int, size: int, mirrored: bool, side: int) -> Tensor:
  y = x[:, :, top:top + size, left:left + size]
  if mirrored:
    y = torch.flip(y, [3])
  return self.standard(torch.upsample_bilinear2d(y, [side, side], False, None))

def alike(self, tokens: Tensor) -> Tensor:
  # How like each other the places of a picture are.
  t = self.normed(tokens[:, 1:])
  return torch.matmul(t, t.transpose(1, 2))

def parts(self, atlas: Tensor, pictures: List[Tensor], weights: List[Tensor], grids: List[Tensor], texts: Tensor, top: int, left: int, size: int,
          mirrored: bool, side: int) -> List[Tensor]:
  # Composition, green screen, structure, sparsity (sections 3.1 and 3.2, equations 2 to 6), and how much of the layer is left alone.
  layer = self.layer(atlas)
  green = torch.cat([torch.zeros([1, 1, 1, 1]), torch.full([1, 1, 1, 1], 177. / 255.), torch.full([1, 1, 1, 1], 64. / 255.)], 1).to(atlas.device)
  before: List[Tensor] = []
  after: List[Tensor] = []
  screened: List[Tensor] = []
  sparse = torch.zeros([], dtype=6).to(atlas.device)
  bare = torch.zeros([], dtype=6).to(atlas.device)
  for i in range(len(pictures)):
    seen = torch.grid_sampler(layer, grids[i], 0, 1, True)
    m = weights[i]
    alpha = seen[:, 3:] * m
    before.append(self.framed(pictures[i], top, left, size, mirrored, side))
    after.append(self.framed(seen[:, :3] * alpha + pictures[i] * (1. - alpha), top, left, size, mirrored, side))
    screened.append(self.framed(seen[:, :3] * alpha + green * (1. - alpha), top, left, size, mirrored, side))
    covered = torch.clamp(torch.sum(m), 1.)
    sparse = sparse + (0.01 * torch.sum(alpha) + 0.005 * torch.sum(2. * torch.sigmoid(5. * alpha) - 1.)) / covered
    bare = bare + torch.sum((1. - seen[:, 3:]) * (1. - seen[:, 3:]) * m) / covered
  n = len(pictures)
  t = self.tokens(torch.cat([torch.cat(before, 0), torch.cat(after, 0), torch.cat(screened, 0)], 0))
  d = self.direction(t)
  way = self.normed(d[n:2 * n] - d[:n] + 1e-6)
  composition = torch.mean(1. - torch.matmul(d[n:2 * n], texts[0])) + torch.mean(1. - torch.matmul(way, texts[2]))
  screen = torch.mean(1. - torch.matmul(d[2 * n:], texts[1]))
  apart = self.alike(t[n:2 * n]) - self.alike(t[:n])
  return [composition, screen, torch.mean(apart * apart), sparse / float(n), bare / float(n)]

def begin(self, generator: Dict[str, Tensor]) -> int:
  # What gradients flow through must be ordinary tensors, which weights that were only ever read are not.
  for k in self.w.keys():
    self.w[k] = self.w[k].clone()
  for k in generator.keys():
    self.w[k] = generator[k].clone()
    self.w["first " + k] = generator[k].clone()
    self.w["sum " + k] = torch.zeros_like(generator[k])
    self.w["square " + k] = torch.zeros_like(generator[k])
  return len(generator)

def learn(self, atlas: Tensor, pictures: List[Tensor], weights: List[Tensor], grids: List[Tensor], texts: Tensor, top: int, left: int, size: int,
          mirrored: bool, side: int, bootstrap: float, rate: float, step: int) -> Tensor:
  # One step of MADGRAD (Defazio and Jelassi 2021, momentum 0.9); steps count from 0. Returns the loss and its parts.
  torch.set_grad_enabled(True)
  names: List[str] = []
  leaves: List[Tensor] = []
  for k in self.w.keys():
    if k.startswith("g."):
      names.append(k)
  for k in names:
    self.w[k] = self.w[k].detach().requires_grad_(True)
    leaves.append(self.w[k])
  parts = self.parts(atlas, pictures, weights, grids, texts, top, left, size, mirrored, side)
  loss = parts[0] + parts[1] + 3. * parts[2] + 0.1 * parts[3] + bootstrap * parts[4]
  slopes = torch.autograd.grad([loss], leaves)
  torch.set_grad_enabled(False)
  pace = rate * float(step + 1) ** 0.5
  for i in range(len(names)):
    k = names[i]
    g = slopes[i]
    assert g is not None
    self.w["sum " + k] = self.w["sum " + k] + g * pace
    self.w["square " + k] = self.w["square " + k] + g * g * pace
    goal = self.w["first " + k] - self.w["sum " + k] / (torch.pow(self.w["square " + k], 1. / 3.) + 1e-6)
    self.w[k] = leaves[i].detach() * 0.9 + goal * 0.1
  return torch.stack([loss.detach()] + [p.detach() for p in parts])
