# The autoencoder between pictures [B, 3, H, W] in [-1, 1] and latents [B, 4, h, w] (not yet scaled).

def attention(self, p: str, x: Tensor) -> Tensor:
  # One head over all pixels.
  b, c, height, width = x.shape[0], x.shape[1], x.shape[2], x.shape[3]
  y = self.group_norm(p + ".group_norm", x, 1e-6).permute([0, 2, 3, 1]).reshape([b, 1, height * width, c])
  o = torch.scaled_dot_product_attention(self.linear(p + ".to_q", y), self.linear(p + ".to_k", y), self.linear(p + ".to_v", y))
  return x + self.linear(p + ".to_out.0", o).reshape([b, height, width, c]).permute([0, 3, 1, 2])

def middle(self, p: str, x: Tensor) -> Tensor:
  h = self.resnet(p + ".resnets.0", x, None, 1e-6)
  if self.has(p + ".attentions.0.group_norm"):
    h = self.attention(p + ".attentions.0", h)
  return self.resnet(p + ".resnets.1", h, None, 1e-6)

def level(self, p: str, x: Tensor) -> Tensor:
  j = 0
  while self.has(p + ".resnets." + str(j) + ".conv1"):
    x = self.resnet(p + ".resnets." + str(j), x, None, 1e-6)
    j = j + 1
  return x

def encode(self, x: Tensor) -> Tensor:
  # The mean of the latents' distribution.
  h = self.conv("encoder.conv_in", x.to(self.w["encoder.conv_in.weight"].dtype), 1, 1)
  i = 0
  while self.has("encoder.down_blocks." + str(i) + ".resnets.0.conv1"):
    p = "encoder.down_blocks." + str(i)
    h = self.level(p, h)
    if self.has(p + ".downsamplers.0.conv"):
      h = self.conv(p + ".downsamplers.0.conv", torch.constant_pad_nd(h, [0, 1, 0, 1], 0.), 2, 0)
    i = i + 1
  h = self.middle("encoder.mid_block", h)
  h = self.conv("encoder.conv_out", torch.silu(self.group_norm("encoder.conv_norm_out", h, 1e-6)), 1, 1)
  return torch.chunk(self.conv("quant_conv", h, 1, 0), 2, 1)[0].to(6)

def decode(self, z: Tensor) -> Tensor:
  h = self.middle("decoder.mid_block", self.conv("decoder.conv_in", self.conv("post_quant_conv", z.to(self.w["post_quant_conv.weight"].dtype), 1, 0), 1, 1))
  i = 0
  while self.has("decoder.up_blocks." + str(i) + ".resnets.0.conv1"):
    p = "decoder.up_blocks." + str(i)
    h = self.level(p, h)
    if self.has(p + ".upsamplers.0.conv"):
      h = self.upsample(p, h, 2 * h.shape[2], 2 * h.shape[3])
    i = i + 1
  return self.conv("decoder.conv_out", torch.silu(self.group_norm("decoder.conv_norm_out", h, 1e-6)), 1, 1).to(6)
