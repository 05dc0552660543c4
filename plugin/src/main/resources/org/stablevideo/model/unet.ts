# The latent UNet: predicts noise (or velocity) in x at time t for a text, helped by a ControlNet.
#   control: what the ControlNet returns, or an empty list

def forward(self, x: Tensor, t: Tensor, text: Tensor, control: List[Tensor]) -> Tensor:
  time = self.time(t)
  words = text.to(self.number())
  skips = self.encode(self.conv("conv_in", x.to(self.number()), 1, 1), time, words)
  if len(control) > 0:
    assert len(control) == len(skips), "the ControlNet has other levels than the UNet"
    for i in range(len(skips)):
      skips[i] = skips[i] + control[i].to(self.number())
  h = skips.pop()
  i = 0
  while self.has("up_blocks." + str(i) + ".resnets.0.conv1"):
    p = "up_blocks." + str(i)
    j = 0
    while self.has(p + ".resnets." + str(j) + ".conv1"):
      h = self.block(p, j, torch.cat([h, skips.pop()], 1), time, words)
      j = j + 1
    if self.has(p + ".upsamplers.0.conv"):
      h = self.upsample(p, h, skips[-1].shape[2], skips[-1].shape[3])
    i = i + 1
  return self.conv("conv_out", torch.silu(self.group_norm("conv_norm_out", h, 1e-5)), 1, 1).to(6)

def forward_alone(self, x: Tensor, t: Tensor, text: Tensor) -> Tensor:
  none: List[Tensor] = []
  return self.forward(x, t, text, none)
