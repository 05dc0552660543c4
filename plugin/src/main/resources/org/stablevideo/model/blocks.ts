# What the networks of latent diffusion are made of. Tensor names are those of diffusers; widths come from the tensors'
# shapes, depth and sites of attention from their names. Pictures are [batch, channels, height, width].

def has(self, p: str) -> bool:
  return (p + ".weight") in self.w

def pack(self) -> int:
  # Brings the weights of layers into the order in which oneDNN's kernels of this processor read them, once instead of in every call. The
  # numbers stay. Packed weights are for predicting alone: gradients do not flow through them.
  for k in self.w.keys():
    w = self.w[k]
    if k.endswith(".weight") and not w.is_mkldnn and not (" " in k):
      if w.dim() == 4 and w.shape[2] == 3:
        stride = 2 if k.find("downsamplers") >= 0 else 1
        self.w[k] = torch.mkldnn_reorder_conv2d_weight(torch.to_mkldnn(w), [1, 1], [stride, stride], [1, 1], 1, [1, w.shape[1], 32, 32])
      elif w.dim() == 2 or w.dim() == 4:
        self.w[k] = ops.mkldnn._reorder_linear_weight(torch.flatten(w, 1), 1024)
  return len(self.w)

def group_norm(self, p: str, x: Tensor, eps: float) -> Tensor:
  # 32 groups, as everywhere in Stable Diffusion; narrower layers have groups of four channels.
  # Where the channels of a pixel lie beside each other, its sums depend on the thread count.
  groups = min(32, x.shape[1] // 4)
  return torch.group_norm(x.contiguous(), groups, self.w[p + ".weight"], self.w[p + ".bias"], eps)

def layer_norm(self, p: str, x: Tensor) -> Tensor:
  return torch.layer_norm(x, [x.shape[-1]], self.w[p + ".weight"], self.w[p + ".bias"], 1e-5, False)

def linear(self, p: str, x: Tensor) -> Tensor:
  bias: Optional[Tensor] = None
  if (p + ".bias") in self.w:
    bias = self.w[p + ".bias"]
  weight = self.w[p + ".weight"]
  if weight.is_mkldnn:
    return ops.mkldnn._linear_pointwise(x, weight, bias, "none", annotate(List[Optional[number]], []), "")
  # Some files keep these layers as 1x1 convolutions.
  return torch.linear(x, torch.flatten(weight, 1), bias)

def conv(self, p: str, x: Tensor, stride: int, pad: int) -> Tensor:
  weight = self.w[p + ".weight"]
  if weight.dim() == 2 or weight.shape[2] == 1:
    # A 1x1 convolution is a linear layer over the pixels; as a convolution its sums depend on the thread count.
    y = self.linear(p, x.permute([0, 2, 3, 1])).permute([0, 3, 1, 2])
    return y if weight.is_mkldnn else y.contiguous()
  if weight.is_mkldnn:
    # Its kernels want the channels of a pixel beside each other (memory format 2).
    x = torch.contiguous(x, memory_format=2)
    return ops.mkldnn._convolution_pointwise(
        x, weight, self.w[p + ".bias"], [pad, pad], [stride, stride], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
  return torch.conv2d(x, weight, self.w[p + ".bias"], [stride, stride], [pad, pad], [1, 1], 1)

def resnet(self, p: str, x: Tensor, time: Optional[Tensor], eps: float) -> Tensor:
  # GroupNorm, SiLU, 3x3 convolution, twice; the time is added in between, a shortcut goes around.
  h = self.conv(p + ".conv1", torch.silu(self.group_norm(p + ".norm1", x, eps)), 1, 1)
  if time is not None:
    h = h + self.linear(p + ".time_emb_proj", torch.silu(time)).unsqueeze(-1).unsqueeze(-1)
  h = self.conv(p + ".conv2", torch.silu(self.group_norm(p + ".norm2", h, eps)), 1, 1)
  if self.has(p + ".conv_shortcut"):
    x = self.conv(p + ".conv_shortcut", x, 1, 0)
  return x + h

def upsample(self, p: str, x: Tensor, height: int, width: int) -> Tensor:
  return self.conv(p + ".upsamplers.0.conv", torch.upsample_nearest2d(x, [height, width], None), 1, 1)
