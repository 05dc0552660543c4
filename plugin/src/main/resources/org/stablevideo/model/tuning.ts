# One-shot tuning (Tune-A-Video, Wu et al. 2023): the queries of all attention learn one clip, by Adam, and are put back afterwards.

def queries(self) -> List[str]:
  names: List[str] = []
  for k in self.w.keys():
    if (k.endswith(".attn1.to_q.weight") or k.endswith(".attn2.to_q.weight")) and not (" " in k):
      names.append(k)
  return names

def tune_begin(self) -> int:
  # What gradients flow through must be ordinary tensors, which weights that were only ever read are not.
  for k in self.w.keys():
    self.w[k] = torch.to_dense(self.w[k]) if self.w[k].is_mkldnn else self.w[k].clone()
  names = self.queries()
  for k in names:
    self.w["own " + k] = self.w[k]
    self.w["exact " + k] = self.w[k].to(6)
    self.w["mean " + k] = torch.zeros_like(self.w["exact " + k])
    self.w["square " + k] = torch.zeros_like(self.w["exact " + k])
  return len(names)

def tune_step(self, x: Tensor, t: Tensor, text: Tensor, control: List[Tensor], first: List[Tensor], previous: List[Tensor], target: Tensor,
              rate: float, step: int) -> Tensor:
  # One step of Adam (0.9, 0.999) on the mean square error of the prediction; steps count from 1. Returns the error.
  torch.set_grad_enabled(True)
  names = self.queries()
  leaves: List[Tensor] = []
  for k in names:
    leaf = self.w["exact " + k].detach().requires_grad_(True)
    leaves.append(leaf)
    self.w[k] = leaf.to(self.number())
  ours: List[Tensor] = []
  before: List[Tensor] = []
  for i in range(len(first)):
    ours.append(first[i].clone())
    before.append(previous[i].clone())
  held: List[Tensor] = []
  for i in range(len(control)):
    held.append(control[i].clone())
  d = self.forward_injected(x, t, text, held, ours, before)[0] - target
  loss = torch.mean(d * d)
  slopes = torch.autograd.grad([loss], leaves)
  torch.set_grad_enabled(False)
  for i in range(len(names)):
    k = names[i]
    g = slopes[i]
    assert g is not None
    mean = self.w["mean " + k] * 0.9 + g * 0.1
    square = self.w["square " + k] * 0.999 + g * g * 0.001
    self.w["mean " + k] = mean
    self.w["square " + k] = square
    near = torch.sqrt(square / (1. - 0.999 ** float(step))) + 1e-8
    self.w["exact " + k] = leaves[i].detach() - (mean / (1. - 0.9 ** float(step))) / near * rate
    self.w[k] = self.w["exact " + k].to(self.number())
  return loss.detach()

def tune_end(self) -> int:
  names = self.queries()
  for k in names:
    if ("own " + k) in self.w:
      self.w[k] = self.w["own " + k]
      for kind in ["own ", "exact ", "mean ", "square "]:
        self.w.pop(kind + k)
  return len(names)
