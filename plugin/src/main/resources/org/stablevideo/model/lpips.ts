# LPIPS 0.1 (Zhang et al. 2018) on AlexNet: how different two pictures look. Tensor names are those of the PyPI package.
#   a, b [1, 3, H, W] in [-1, 1]

def layers(self, x: Tensor) -> List[Tensor]:
  # The five convolutions after their ReLU.
  y = (x - self.w["scaling_layer.shift"]) / self.w["scaling_layer.scale"]
  out: List[Tensor] = []
  y = torch.relu(self.conv("net.slice1.0", y, 4, 2))
  out.append(y)
  y = torch.relu(self.conv("net.slice2.3", torch.max_pool2d(y, [3, 3], [2, 2], [0, 0], [1, 1], False), 1, 2))
  out.append(y)
  y = torch.relu(self.conv("net.slice3.6", torch.max_pool2d(y, [3, 3], [2, 2], [0, 0], [1, 1], False), 1, 1))
  out.append(y)
  y = torch.relu(self.conv("net.slice4.8", y, 1, 1))
  out.append(y)
  out.append(torch.relu(self.conv("net.slice5.10", y, 1, 1)))
  return out

def unit(self, x: Tensor) -> Tensor:
  # Every place's features at length 1.
  return x / (torch.sqrt(torch.sum(x * x, [1], True)) + 1e-10)

def distance(self, a: Tensor, b: Tensor) -> Tensor:
  # Per layer: squared differences, weighed by channel, averaged over places; then summed.
  la, lb = self.layers(a), self.layers(b)
  total = torch.zeros([1], dtype=6, device=a.device)
  for i in range(len(la)):
    d = self.unit(la[i]) - self.unit(lb[i])
    total = total + torch.mean(self.conv("lin" + str(i) + ".model.1", d * d, 1, 0))
  return total
