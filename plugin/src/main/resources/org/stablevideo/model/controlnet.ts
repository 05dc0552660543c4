# ControlNet: the encoder once more, which sees the structure too; its zero convolutions lead to the UNet's skips.
#   hint [B, 3, H, W] in [0, 1] at the picture's size (a power of two times the latents')

def hint(self, hint: Tensor) -> Tensor:
  # Depends on neither time nor latents: computed once a picture.
  p = "controlnet_cond_embedding"
  h = torch.silu(self.conv(p + ".conv_in", hint.to(self.number()), 1, 1))
  i = 0
  while self.has(p + ".blocks." + str(i)):
    h = torch.silu(self.conv(p + ".blocks." + str(i), h, 1 + i % 2, 1))
    i = i + 1
  return self.conv(p + ".conv_out", h, 1, 1).to(6)

def forward(self, x: Tensor, t: Tensor, text: Tensor, hint: Tensor, strength: float) -> List[Tensor]:
  skips = self.encode(self.conv("conv_in", x.to(self.number()), 1, 1) + hint.to(self.number()), self.time(t), text.to(self.number()))
  out: List[Tensor] = []
  for i in range(len(skips) - 1):
    out.append(self.conv("controlnet_down_blocks." + str(i), skips[i], 1, 0).to(6) * strength)
  out.append(self.conv("controlnet_mid_block", skips[-1], 1, 0).to(6) * strength)
  return out
