"""Answers of diffusers, for networks whose weights are a formula (below, and in FormulaWeights.java), so that only shapes and answers are kept.

python3 make_goldens.py > goldens.json

The true sizes: full_size.py. Needs torch and diffusers.
"""
import json
import math
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from formula import formula, weights  # noqa: E402


def fill(net, prefix):
    shapes = {}
    for name, p in net.state_dict().items():
        shape = list(p.shape)
        p.copy_(torch.from_numpy(weights(prefix + name, shape).reshape(shape)))
        shapes[prefix + name] = shape
    return shapes


def value(name, *shape):
    return torch.from_numpy(formula(name, math.prod(shape)).reshape(shape))


def flat(tensor):
    return [float("%.8g" % v) for v in tensor.flatten().tolist()]


@torch.no_grad()
def main():
    widths, layers, text = (128, 256), 1, 48
    downs = ("CrossAttnDownBlock2D",) * (len(widths) - 1) + ("DownBlock2D",)
    ups = ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (len(widths) - 1)
    common = dict(block_out_channels=widths, layers_per_block=layers, down_block_types=downs, cross_attention_dim=text, attention_head_dim=8)
    tokens, h, w = 7, 8, 12
    hints = (16, 32)
    scale = 2 ** (len(hints) - 1)
    x, ctx = value("latents", 2, 4, h, w), value("text", 2, tokens, text)
    t = torch.tensor([501, 37])
    hint = (value("hint", 1, 3, h * scale, w * scale) + 1) / 2
    shapes, answers = {}, {}

    unet = UNet2DConditionModel(sample_size=h, up_block_types=ups, **common).eval()
    shapes.update(fill(unet, "unet."))
    answers["unet"] = flat(unet(x, t, ctx).sample)
    control = ControlNetModel(conditioning_embedding_out_channels=hints, **common).eval()
    shapes.update(fill(control, "controlnet."))
    down, mid = control(x, t, ctx, hint.expand(2, -1, -1, -1), conditioning_scale=0.7, return_dict=False)
    answers["controlled"] = flat(unet(x, t, ctx, down_block_additional_residuals=down, mid_block_additional_residual=mid).sample)
    del unet, control

    vae_widths = (128, 128)
    vae = AutoencoderKL(
        block_out_channels=vae_widths, layers_per_block=layers, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * len(vae_widths), up_block_types=("UpDecoderBlock2D",) * len(vae_widths),
    ).eval()
    shapes.update(fill(vae, "vae."))
    stride = 2 ** (len(vae_widths) - 1)
    answers["encoded"] = flat(vae.encode(value("picture", 1, 3, h * stride, w * stride)).latent_dist.mean)
    answers["decoded"] = flat(vae.decode(value("latents", 1, 4, h, w)).sample)
    sizes = dict(height=h, width=w, tokens=tokens, text=text, hintScale=scale, stride=stride)
    json.dump(dict(sizes=sizes, shapes=shapes, answers=answers), sys.stdout, separators=(",", ":"))


main()
