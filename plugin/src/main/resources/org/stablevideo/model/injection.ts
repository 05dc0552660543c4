# Pix2Video's feature injection (Ceylan et al. 2023, section 3.2): in the decoder's self-attention a frame looks at the
# features of other frames instead of its own. Features are what enters self-attention, after its layer norm.
#   A list of fewer than two tensors stands for none: a list cannot be empty on its way here.

def sites(self) -> List[str]:
  # The decoder's transformers, from the deepest to the finest: 9 in SD 1.5.
  sites: List[str] = []
  i = 0
  while self.has("up_blocks." + str(i) + ".resnets.0.conv1"):
    j = 0
    while self.has("up_blocks." + str(i) + ".resnets." + str(j) + ".conv1"):
      q = "up_blocks." + str(i) + ".attentions." + str(j) + ".transformer_blocks.0"
      if self.has(q + ".norm1"):
        sites.append(q)
      j = j + 1
    i = i + 1
  return sites

def forward_injected(self, x: Tensor, t: Tensor, text: Tensor, control: List[Tensor], first: List[Tensor], previous: List[Tensor]) -> List[Tensor]:
  # The prediction, then the features of every site. At each, keys and values come from [first | previous], along the tokens.
  sites = self.sites()
  for i in range(len(sites)):
    self.w["seen " + sites[i]] = x
    if len(first) > 1:
      self.w["shown " + sites[i]] = torch.cat([first[i], previous[i]], 1)
  out: List[Tensor] = []
  if len(control) > 1:
    out.append(self.forward(x, t, text, control))
  else:
    out.append(self.forward_alone(x, t, text))
  for i in range(len(sites)):
    out.append(self.w["seen " + sites[i]])
  self.forget()
  return out

def forget(self) -> int:
  # Features are of one call only; a call that broke off is tidied up by the next.
  sites = self.sites()
  for i in range(len(sites)):
    if ("seen " + sites[i]) in self.w:
      self.w.pop("seen " + sites[i])
    if ("shown " + sites[i]) in self.w:
      self.w.pop("shown " + sites[i])
  return len(sites)
