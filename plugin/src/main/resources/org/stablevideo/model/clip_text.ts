# CLIP's text transformer. Heads are 64 wide; each token sees those before it and itself.
#   ids [B, n] int64 token numbers, n <= 77

def attend(self, p: str, x: Tensor) -> Tensor:
  b, n, c = x.shape[0], x.shape[1], x.shape[2]
  q = self.linear(p + ".q_proj", x).view([b, n, c // 64, 64]).transpose(1, 2)
  k = self.linear(p + ".k_proj", x).view([b, n, c // 64, 64]).transpose(1, 2)
  v = self.linear(p + ".v_proj", x).view([b, n, c // 64, 64]).transpose(1, 2)
  o = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
  return self.linear(p + ".out_proj", o.transpose(1, 2).reshape([b, n, c]))

def forward(self, ids: Tensor) -> Tensor:
  e = "text_model.embeddings."
  h = torch.embedding(self.w[e + "token_embedding.weight"], ids) + self.w[e + "position_embedding.weight"][:ids.shape[1]].unsqueeze(0)
  i = 0
  while self.has("text_model.encoder.layers." + str(i) + ".layer_norm1"):
    p = "text_model.encoder.layers." + str(i)
    h = h + self.attend(p + ".self_attn", self.layer_norm(p + ".layer_norm1", h))
    y = self.linear(p + ".mlp.fc1", self.layer_norm(p + ".layer_norm2", h))
    # The quick GELU that CLIP was trained with.
    h = h + self.linear(p + ".mlp.fc2", y * torch.sigmoid(y * 1.702))
    i = i + 1
  return self.layer_norm("text_model.final_layer_norm", h)
