# What UNet and ControlNet share: time embedding, text attention, the way down and the middle.
#   x [B, 4, h, w] noisy latents    t [B] timesteps    text [B, tokens, width] text features

def number(self) -> int:
  # The number format of the weights, in which all is computed.
  return self.w["conv_in.weight"].dtype

def time(self, t: Tensor) -> Tensor:
  # Cosines, then sines, of t * 10000^(-k / half).
  half = self.w["time_embedding.linear_1.weight"].shape[1] // 2
  rate = torch.exp(torch.arange(half, dtype=6, device=t.device) * (-9.210340371976184 / float(half)))
  angle = t.to(6).unsqueeze(-1) * rate.unsqueeze(0)
  e = torch.cat([torch.cos(angle), torch.sin(angle)], -1)
  e = e.to(self.number())
  return self.linear("time_embedding.linear_2", torch.silu(self.linear("time_embedding.linear_1", e)))

def attention(self, p: str, x: Tensor, context: Tensor) -> Tensor:
  # Eight heads everywhere; x [B, n, c] looks at context [B, m, d].
  b, n, c = x.shape[0], x.shape[1], x.shape[2]
  m = context.shape[1]
  q = self.linear(p + ".to_q", x).view([b, n, 8, c // 8]).transpose(1, 2)
  k = self.linear(p + ".to_k", context).view([b, m, 8, c // 8]).transpose(1, 2)
  v = self.linear(p + ".to_v", context).view([b, m, 8, c // 8]).transpose(1, 2)
  o = torch.scaled_dot_product_attention(q, k, v)
  return self.linear(p + ".to_out.0", o.transpose(1, 2).reshape([b, n, c]))

def looked_at(self, p: str, y: Tensor) -> Tensor:
  # What self-attention looks at: the picture's own features y, unless others were put in their place (injection.ts).
  if ("seen " + p) in self.w:
    self.w["seen " + p] = y
  if ("shown " + p) in self.w:
    return self.w["shown " + p]
  return y

def transformer(self, p: str, x: Tensor, text: Tensor) -> Tensor:
  # Pixels as tokens: attention among themselves, to the text, then a gated feed-forward (GEGLU).
  b, c, height, width = x.shape[0], x.shape[1], x.shape[2], x.shape[3]
  h = self.conv(p + ".proj_in", self.group_norm(p + ".norm", x, 1e-6), 1, 0)
  h = h.permute([0, 2, 3, 1]).reshape([b, height * width, c])
  i = 0
  while self.has(p + ".transformer_blocks." + str(i) + ".norm1"):
    q = p + ".transformer_blocks." + str(i)
    y = self.layer_norm(q + ".norm1", h)
    h = h + self.attention(q + ".attn1", y, self.looked_at(q, y))
    h = h + self.attention(q + ".attn2", self.layer_norm(q + ".norm2", h), text)
    f = torch.chunk(self.linear(q + ".ff.net.0.proj", self.layer_norm(q + ".norm3", h)), 2, -1)
    h = h + self.linear(q + ".ff.net.2", f[0] * torch.gelu(f[1]))
    i = i + 1
  h = h.reshape([b, height, width, c]).permute([0, 3, 1, 2])
  return x + self.conv(p + ".proj_out", h, 1, 0)

def block(self, p: str, j: int, x: Tensor, time: Tensor, text: Tensor) -> Tensor:
  h = self.resnet(p + ".resnets." + str(j), x, time, 1e-5)
  a = p + ".attentions." + str(j)
  if self.has(a + ".norm"):
    h = self.transformer(a, h, text)
  return h

def encode(self, h: Tensor, time: Tensor, text: Tensor) -> List[Tensor]:
  # The skips from the top down; the middle's result comes last.
  skips: List[Tensor] = [h]
  i = 0
  while self.has("down_blocks." + str(i) + ".resnets.0.conv1"):
    p = "down_blocks." + str(i)
    j = 0
    while self.has(p + ".resnets." + str(j) + ".conv1"):
      h = self.block(p, j, h, time, text)
      skips.append(h)
      j = j + 1
    if self.has(p + ".downsamplers.0.conv"):
      h = self.conv(p + ".downsamplers.0.conv", h, 2, 1)
      skips.append(h)
    i = i + 1
  h = self.block("mid_block", 0, h, time, text)
  skips.append(self.resnet("mid_block.resnets.1", h, time, 1e-5))
  return skips
