# CLIP's eye (Radford et al. 2021): pictures and texts as directions in one space. Beside clip_text.ts, whose attention it shares.

def normed(self, x: Tensor) -> Tensor:
  return x / torch.sqrt(torch.sum(x * x, [-1], True))

def say(self, ids: Tensor) -> Tensor:
  # ids [1, n], the last of which ends the text; [1, d] of length 1.
  return self.normed(self.linear("text_projection", self.forward(ids)[:, -1]))

def look(self, p: str, x: Tensor) -> Tensor:
  # Attention among all; heads are 64 wide.
  b, n, c = x.shape[0], x.shape[1], x.shape[2]
  q = self.linear(p + ".q_proj", x).view([b, n, c // 64, 64]).transpose(1, 2)
  k = self.linear(p + ".k_proj", x).view([b, n, c // 64, 64]).transpose(1, 2)
  v = self.linear(p + ".v_proj", x).view([b, n, c // 64, 64]).transpose(1, 2)
  return self.linear(p + ".out_proj", torch.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape([b, n, c]))

def see(self, x: Tensor, side: int) -> Tensor:
  # x [1, 3, H, W] in [0, 1]: its shorter side is brought to the network's, the middle is seen; [1, d] of length 1.
  h, w = x.shape[2], x.shape[3]
  short = min(h, w)
  height, width = h * side // short, w * side // short
  y = torch._upsample_bicubic2d_aa(x, [height, width], False, None)
  y = torch.round(torch.clamp(y, 0., 1.) * 255.) / 255.
  top, left = (height - side) // 2, (width - side) // 2
  return self.direction(self.tokens(self.standard(y[:, :, top:top + side, left:left + side])))

def standard(self, y: Tensor) -> Tensor:
  # From [0, 1] to the mean 0 and deviation 1 of the pictures that it learnt from.
  mean = torch.cat([torch.full([1, 1, 1, 1], 0.48145466), torch.full([1, 1, 1, 1], 0.4578275), torch.full([1, 1, 1, 1], 0.40821073)], 1).to(y.device)
  spread = torch.cat([torch.full([1, 1, 1, 1], 0.26862954), torch.full([1, 1, 1, 1], 0.26130258), torch.full([1, 1, 1, 1], 0.27577711)], 1).to(y.device)
  return (y - mean) / spread

def tokens(self, x: Tensor) -> Tensor:
  # x [B, 3, side, side] of mean 0 and deviation 1; [B, 1 + patches, width], the first for the whole picture.
  e = "vision_model.embeddings."
  weight = self.w[e + "patch_embedding.weight"]
  none: Optional[Tensor] = None
  patches = torch.flatten(torch.conv2d(x, weight, none, [weight.shape[2], weight.shape[3]], [0, 0], [1, 1], 1), 2).transpose(1, 2)
  h = torch.cat([self.w[e + "class_embedding"].view([1, 1, -1]).expand([x.shape[0], 1, -1]), patches], 1) + self.w[e + "position_embedding.weight"].unsqueeze(0)
  h = self.layer_norm("vision_model.pre_layrnorm", h)
  i = 0
  while self.has("vision_model.encoder.layers." + str(i) + ".layer_norm1"):
    p = "vision_model.encoder.layers." + str(i)
    h = h + self.look(p + ".self_attn", self.layer_norm(p + ".layer_norm1", h))
    y = self.linear(p + ".mlp.fc1", self.layer_norm(p + ".layer_norm2", h))
    h = h + self.linear(p + ".mlp.fc2", y * torch.sigmoid(y * 1.702))
    i = i + 1
  return h

def direction(self, h: Tensor) -> Tensor:
  return self.normed(self.linear("visual_projection", self.layer_norm("vision_model.post_layernorm", h[:, 0])))
