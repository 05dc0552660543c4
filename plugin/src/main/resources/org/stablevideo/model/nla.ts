# Neural layered atlases (Kasten et al. 2021): two mappings, one picture of both layers' atlases, one opacity; trained here, by Adam.
#   at      [n, 3]  pixel column, pixel row, frame number; whole numbers are pixel centres
#   half    half the longer side of a frame (of the longer one: a portrait clip is as square as any), halftime half the number of frames
#   weights foreground.i, background.i, colour.i, opacity.i (weight, bias); with "mean " and "square " before them the moments of Adam

def begin(self, w: Dict[str, Tensor]) -> int:
  for k in w.keys():
    self.w[k] = w[k].clone()
    if k.endswith(".weight") or k.endswith(".bias"):
      if not (" " in k):
        self.w[k] = self.w[k].requires_grad_(True)
  return len(self.w)

def encode(self, x: Tensor, frequencies: int) -> Tensor:
  # Frequencies 2^k pi one after the other: the sines of every coordinate, then the cosines of every coordinate.
  parts: List[Tensor] = []
  b = 3.141592653589793
  for k in range(frequencies):
    parts.append(torch.sin(x * b))
    parts.append(torch.cos(x * b))
    b = b * 2.
  return torch.cat(parts, 1)

def mlp(self, net: str, x: Tensor, layers: int, skips: List[int]) -> Tensor:
  # The copy of the input that is laid beside the values before some layers is cut off from the gradient.
  given = x.detach()
  h = torch.linear(x, self.w[net + ".0.weight"], self.w[net + ".0.bias"])
  for i in range(1, layers):
    h = torch.relu_(h)
    if i in skips:
      h = torch.cat([h, given], 1)
    h = torch.linear(h, self.w["%s.%d.weight" % (net, i)], self.w["%s.%d.bias" % (net, i)])
  return torch.tanh(h)

def normalise(self, at: Tensor, half: float, halftime: float) -> Tensor:
  return torch.cat([torch.slice(at, 1, 0, 2, 1) / half, torch.slice(at, 1, 2, 3, 1) / halftime], 1) - 1.

def map_foreground(self, p: Tensor) -> Tensor:
  return self.mlp("foreground", p, 6, [0])

def map_background(self, p: Tensor) -> Tensor:
  return self.mlp("background", p, 4, [0])

def opacity(self, p: Tensor) -> Tensor:
  # In [0.001, 0.991].
  return (torch.squeeze(self.mlp("opacity", self.encode(p, 5), 8, [0]), 1) + 1.) * 0.495 + 0.001

def colour(self, a: Tensor) -> Tensor:
  # a: [n, 2], the foreground's atlas in [0, 1], the background's in [-1, 0]. Colours in [0, 1].
  return (self.mlp("colour", self.encode(a, 10), 8, [4, 7]) + 1.) * 0.5

def rigidity(self, here: Tensor, left: Tensor, above: Tensor, factor: float) -> Tensor:
  # || J'J || + || (J'J + 0.001)^-1 || of the Jacobian by backward differences, J'J = (e f; f g); least, 2 sqrt 2, where lengths are kept.
  x = (here - left) * factor
  y = (here - above) * factor
  e = torch.sum(x * x, [1])
  f = torch.sum(x * y, [1])
  g = torch.sum(y * y, [1])
  d = e + 0.001
  h = g + 0.001
  forth = torch.sqrt(e * e + 2. * f * f + g * g + 1e-12)
  back = torch.sqrt(d * d + 2. * f * f + h * h) / (d * h - f * f)
  return torch.mean(forth + back)

def drift(self, there: Tensor, here: Tensor, weight: Tensor, factor: float) -> Tensor:
  # Mean over the pixels whose flow is consistent; nothing where there are none.
  if there.shape[0] == 0:
    return torch.zeros([], dtype=6, device=here.device)
  return torch.mean(torch.norm(there - here, 2, [1], False) * weight) * factor

def apart(self, there: Tensor, here: Tensor) -> Tensor:
  if there.shape[0] == 0:
    return torch.zeros([], dtype=6, device=here.device)
  return torch.mean(torch.abs(there - here))

def losses(self, at: Tensor, seen: Tensor, mask: Tensor, ahead: Tensor, ahead_of: Tensor, behind: Tensor, behind_of: Tensor,
           half: float, halftime: float, scale: float, far: bool, object: bool) -> Tensor:
  # seen: [n, 9] colour and its forward differences to the right and down. ahead: [k, 3] where pixels number ahead_of lie in the next frame; behind likewise.
  # Terms: colour, gradient, sparsity, rigidity of foreground and background, the same over 100 pixels, flow of both, flow of opacity, bootstrapping.
  n = at.shape[0]
  right = torch.zeros_like(at)
  torch.fill_(torch.select(right, 1, 0), 1.)
  down = torch.zeros_like(at)
  torch.fill_(torch.select(down, 1, 1), 1.)
  points = [at, at + right, at + down, at - right, at - down]
  if far:
    points = points + [at - right * 100., at - down * 100.]
  f = len(points) * n
  k = ahead.shape[0]
  p = self.normalise(torch.cat(points + [ahead, behind], 0), half, halftime)
  near = torch.slice(p, 0, 0, 3 * n, 1)
  moved = torch.slice(p, 0, f, p.shape[0], 1)
  nothing = torch.zeros([], dtype=6, device=at.device)
  stretch = half / scale
  b = self.map_background(p)
  b_here = torch.slice(b, 0, 0, n, 1)
  rigid_b = self.rigidity(b_here, torch.slice(b, 0, 3 * n, 4 * n, 1), torch.slice(b, 0, 4 * n, 5 * n, 1), stretch)
  wide_b = nothing
  if far:
    wide_b = self.rigidity(b_here, torch.slice(b, 0, 5 * n, 6 * n, 1), torch.slice(b, 0, 6 * n, 7 * n, 1), stretch / 100.)
  b_ahead = torch.slice(b, 0, f, f + k, 1)
  b_behind = torch.slice(b, 0, f + k, b.shape[0], 1)
  b_colour = torch.slice(b, 0, 0, 3 * n, 1) * 0.5 - 0.5
  if object:
    m = self.map_foreground(p)
    m_here = torch.slice(m, 0, 0, n, 1)
    alpha = self.opacity(torch.cat([near, moved], 0))
    here = torch.slice(alpha, 0, 0, n, 1)
    here_ahead = torch.index_select(here, 0, ahead_of)
    here_behind = torch.index_select(here, 0, behind_of)
    colours = self.colour(torch.cat([torch.slice(m, 0, 0, 3 * n, 1) * 0.5 + 0.5, b_colour], 0))
    front = torch.slice(colours, 0, 0, 3 * n, 1)
    back = torch.slice(colours, 0, 3 * n, 6 * n, 1)
    cover = torch.unsqueeze(torch.slice(alpha, 0, 0, 3 * n, 1), 1)
    shown = front * cover + back * (1. - cover)
    rest = torch.slice(front, 0, 0, n, 1) * (1. - torch.unsqueeze(here, 1))
    sparse = torch.sum(rest * rest) / float(n)
    rigid_f = self.rigidity(m_here, torch.slice(m, 0, 3 * n, 4 * n, 1), torch.slice(m, 0, 4 * n, 5 * n, 1), stretch)
    wide_f = nothing
    if far:
      wide_f = self.rigidity(m_here, torch.slice(m, 0, 5 * n, 6 * n, 1), torch.slice(m, 0, 6 * n, 7 * n, 1), stretch / 100.)
    flow_f = (self.drift(torch.slice(m, 0, f, f + k, 1), torch.index_select(m_here, 0, ahead_of), here_ahead, stretch)
              + self.drift(torch.slice(m, 0, f + k, m.shape[0], 1), torch.index_select(m_here, 0, behind_of), here_behind, stretch)) * 0.5
    flow_a = (self.apart(torch.slice(alpha, 0, 3 * n, 3 * n + k, 1), here_ahead)
              + self.apart(torch.slice(alpha, 0, 3 * n + k, alpha.shape[0], 1), here_behind)) * 0.5
    boot = torch.mean(torch.neg(mask * torch.log(here) + (1. - mask) * torch.log(1. - here)))
  else:
    shown = self.colour(b_colour)
    sparse, rigid_f, wide_f, flow_f, flow_a, boot = nothing, nothing, nothing, nothing, nothing, nothing
    here_ahead = torch.zeros([k], dtype=6, device=at.device)
    here_behind = torch.zeros([behind.shape[0]], dtype=6, device=at.device)
  flow_b = (self.drift(b_ahead, torch.index_select(b_here, 0, ahead_of), 1. - here_ahead, stretch)
            + self.drift(b_behind, torch.index_select(b_here, 0, behind_of), 1. - here_behind, stretch)) * 0.5
  middle = torch.slice(shown, 0, 0, n, 1)
  off = middle - torch.slice(seen, 1, 0, 3, 1)
  across = torch.slice(shown, 0, n, 2 * n, 1) - middle - torch.slice(seen, 1, 3, 6, 1)
  along = torch.slice(shown, 0, 2 * n, 3 * n, 1) - middle - torch.slice(seen, 1, 6, 9, 1)
  plain = torch.sum(off * off) / float(n)
  edge = (torch.sum(across * across) + torch.sum(along * along)) / float(n)
  return torch.stack([plain, edge, sparse, rigid_f, rigid_b, wide_f, wide_b, flow_f, flow_b, flow_a, boot], 0)

def trained(self, nets: str) -> List[str]:
  names: List[str] = []
  for k in self.w.keys():
    if not (" " in k) and k != "step":
      if k.split(".")[0] in nets.split(" "):
        names.append(k)
  return names

def descend(self, loss: Tensor, nets: str, rate: float) -> int:
  # One step of Adam (0.9, 0.999, 1e-8) on the weights of some networks.
  names = self.trained(nets)
  leaves: List[Tensor] = []
  for k in names:
    leaves.append(self.w[k])
  slopes = torch.autograd.grad([loss], leaves)
  torch.set_grad_enabled(False)
  step = float(torch.add_(self.w["step"], 1))
  first = 1. - 0.9 ** step
  second = (1. - 0.999 ** step) ** 0.5
  for i in range(len(names)):
    g = slopes[i]
    assert g is not None
    mean = torch.add_(torch.mul_(self.w["mean " + names[i]], 0.9), g, alpha=0.1)
    square = torch.addcmul_(torch.mul_(self.w["square " + names[i]], 0.999), g, g, value=0.001)
    near = torch.add_(torch.div_(torch.sqrt(square), second), 1e-8)
    torch.addcdiv_(leaves[i], mean, near, value=-rate / first)
  return len(names)

def learn(self, at: Tensor, seen: Tensor, mask: Tensor, ahead: Tensor, ahead_of: Tensor, behind: Tensor, behind_of: Tensor,
          half: float, halftime: float, scale: float, object: bool, weights: Tensor, far: bool, rate: float) -> Tensor:
  torch.set_grad_enabled(True)
  terms = self.losses(at, seen, mask, ahead, ahead_of, behind, behind_of, half, halftime, scale, far, object)
  nets = "background colour"
  if object:
    nets = "foreground background colour opacity"
  self.descend(torch.sum(terms * weights), nets, rate)
  return terms.detach()

def settle(self, at: Tensor, half: float, halftime: float, scale: float, object: bool, rate: float) -> Tensor:
  # Before all else both mappings learn to leave every pixel where it is.
  torch.set_grad_enabled(True)
  p = self.normalise(at, half, halftime)
  still = torch.slice(p, 1, 0, 2, 1) * scale
  loss = torch.mean(torch.norm(self.map_background(p) - still, 2, [1], False))
  nets = "background"
  if object:
    nets = "foreground background"
    loss = loss + torch.mean(torch.norm(self.map_foreground(p) - still, 2, [1], False))
  self.descend(loss, nets, rate)
  return loss.detach()

def read_map(self, at: Tensor, half: float, halftime: float, front: bool) -> Tensor:
  p = self.normalise(at, half, halftime)
  if front:
    return self.map_foreground(p)
  return self.map_background(p)

def read_opacity(self, at: Tensor, half: float, halftime: float) -> Tensor:
  return self.opacity(self.normalise(at, half, halftime))

def tensors(self) -> List[Tensor]:
  out: List[Tensor] = []
  for k in self.w.keys():
    out.append(self.w[k].detach())
  return out
