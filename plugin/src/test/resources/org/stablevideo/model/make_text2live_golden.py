"""Losses and first steps of Text2LIVE's generator by PyTorch and transformers, with weights that are a formula (FormulaWeights.java, FormulaClip.java).

python3 make_text2live_golden.py > text2live.json

Needs torch and transformers. Written from the papers (Bar-Tal et al. 2022; Ulyanov et al. 2018; Defazio and Jelassi 2021), not from our text.
"""
import json
import math
import pathlib
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from transformers import CLIPConfig, CLIPModel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from formula import formula, weights  # noqa: E402

warnings.filterwarnings("ignore")


def tensor(name, shape):
    return torch.from_numpy(weights(name, shape).reshape(shape).copy())


def uniform(name, *shape):
    return torch.from_numpy((formula(name, math.prod(shape)).reshape(shape) + 1) / 2)


class Unit(torch.nn.Module):
    def __init__(self, inside, outside, kernel, stride=1):
        super().__init__()
        self.conv = torch.nn.Conv2d(inside, outside, kernel, stride, kernel // 2, padding_mode="reflect")
        self.norm = torch.nn.BatchNorm2d(outside)

    def forward(self, x):
        return F.leaky_relu(self.norm(self.conv(x)), 0.2)


class Hourglass(torch.nn.Module):
    def __init__(self, scales, c, s):
        super().__init__()
        self.skip = torch.nn.ModuleList([Unit(3 if i == 0 else c, s, 1) for i in range(scales)])
        self.down = torch.nn.ModuleList([Unit(3 if i == 0 else c, c, 3, 2) for i in range(scales)])
        self.deep = torch.nn.ModuleList([Unit(c, c, 3) for i in range(scales)])
        self.up = torch.nn.ModuleList([Unit(c + s, c, 3) for i in range(scales)])
        self.mix = torch.nn.ModuleList([Unit(c, c, 1) for i in range(scales)])
        self.out = torch.nn.Conv2d(c, 4, 1)

    def at(self, i, x):
        if i == len(self.skip):
            return x
        kept = self.skip[i](x)
        below = self.at(i + 1, self.deep[i](self.down[i](x)))
        below = F.interpolate(below, size=kept.shape[2:], mode="bilinear", align_corners=False)
        return self.mix[i](self.up[i](torch.cat([kept, below], 1)))

    def forward(self, x):
        return torch.sigmoid(self.out(self.at(0, x * 2 - 1)))


def ours(name):
    parts = name.split(".")
    if parts[0] == "out":
        return "g." + name
    kind, i, layer, leaf = parts
    return f"g.{i}.{kind}." + ("norm." if layer == "norm" else "") + leaf


def frame(t):
    y, x = np.mgrid[0:64, 0:64].astype(np.float32)
    weight = ((x > 12) & (x < 52) & (y > 12) & (y < 52)).astype(np.float32)
    grid = np.stack([-1 + np.float32(1.5) * x / 63 + np.float32(0.1) * t, -1 + np.float32(1.8) * y / 63], -1)
    return uniform(f"frame {t}", 1, 3, 64, 64), torch.from_numpy(weight)[None, None], torch.from_numpy(grid.astype(np.float32))[None]


def main():
    layers = dict(num_hidden_layers=2, num_attention_heads=2, hidden_size=128, intermediate_size=256, hidden_act="quick_gelu", projection_dim=48)
    clip = CLIPModel(CLIPConfig(
        text_config=dict(layers, vocab_size=49408, max_position_embeddings=77, bos_token_id=49406, eos_token_id=49407),
        vision_config=dict(layers, image_size=64, patch_size=16), projection_dim=48)).eval()
    with torch.no_grad():
        for name, p in clip.named_parameters():
            if name != "logit_scale":
                p.copy_(tensor(name, list(p.shape)))
    for p in clip.parameters():
        p.requires_grad_(False)
    net = Hourglass(2, 8, 4).train()
    shapes = {}
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(tensor(ours(name), list(p.shape)))
            shapes[ours(name)] = list(p.shape)
    atlas = uniform("atlas", 1, 3, 28, 40)
    frames = [frame(0), frame(1)]
    texts = F.normalize(torch.stack([torch.from_numpy(formula(f"text {i}", 48)) for i in range(3)]), dim=1)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    spread = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
    green = torch.tensor([0.0, 177.0, 64.0]).view(1, 3, 1, 1) / 255

    def look(x):
        x = torch.flip(x[:, :, 3:3 + 56, 5:5 + 56], [3])
        x = (F.interpolate(x, size=(64, 64), mode="bilinear", align_corners=False) - mean) / spread
        out = clip.vision_model(pixel_values=x)
        tokens = F.normalize(out.last_hidden_state[:, 1:], dim=-1)
        return F.normalize(clip.visual_projection(out.pooler_output), dim=-1), 1 - tokens @ tokens.transpose(1, 2)

    out = {"generator": shapes, "layer": net(atlas).detach().flatten()[::101].tolist(), "parts": []}
    start = [p.detach().clone() for p in net.parameters()]
    s = [torch.zeros_like(p) for p in start]
    v = [torch.zeros_like(p) for p in start]
    for step in range(3):
        layer = net(atlas)
        sums = torch.zeros(5)
        for picture, weight, grid in frames:
            seen = F.grid_sample(layer, grid, mode="bilinear", padding_mode="border", align_corners=True)
            colour, alpha = seen[:, :3], seen[:, 3:] * weight
            source, places = look(picture)
            edited, edited_places = look(colour * alpha + picture * (1 - alpha))
            screen, _ = look(colour * alpha + green * (1 - alpha))
            cosine = F.cosine_similarity
            composition = 1 - cosine(edited, texts[:1]) + 1 - cosine(edited - source, texts[2:])
            covered = weight.sum()
            sparsity = (0.01 * alpha.abs().sum() + 0.005 * (2 * torch.sigmoid(5 * alpha) - 1).sum()) / covered
            bare = ((1 - seen[:, 3:]) ** 2 * weight).sum() / covered
            sums = sums + torch.stack([
                composition[0], 1 - cosine(screen, texts[1:2])[0], F.mse_loss(edited_places, places), sparsity, bare]) / len(frames)
        loss = sums[0] + sums[1] + 3 * sums[2] + 0.1 * sums[3] + 10 * sums[4]
        out["parts"] += [float(loss)] + [float(x) for x in sums]
        slopes = torch.autograd.grad(loss, list(net.parameters()))
        pace = 2.5e-3 * math.sqrt(step + 1)
        with torch.no_grad():
            for i, p in enumerate(net.parameters()):
                s[i] += pace * slopes[i]
                v[i] += pace * slopes[i] ** 2
                z = start[i] - s[i] / (v[i].pow(1 / 3) + 1e-6)
                p.mul_(0.9).add_(z, alpha=0.1)
    json.dump(out, sys.stdout, separators=(",", ":"))


main()
