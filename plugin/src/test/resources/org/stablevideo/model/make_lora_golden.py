"""What a small UNet and text encoder answer with a LoRA that diffusers has loaded: python3 make_lora_golden.py > lora.json.

Needs torch, diffusers, transformers and peft. The weights are those of edit.json's checkpoint, the LoRA's a formula too.
"""
import json
import math
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "diffusion"))
from make_edit_golden import DDIMScheduler, build, tokenizer
from formula import formula  # noqa: E402  (on the path by the import above)

LAYERS = [
    ("unet.", "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", 4), ("unet.", "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0", 4),
    ("unet.", "up_blocks.1.attentions.1.transformer_blocks.0.ff.net.0.proj", 6), ("unet.", "down_blocks.0.attentions.0.proj_in", 4),
    ("unet.", "mid_block.resnets.0.conv1", 4), ("unet.", "down_blocks.0.downsamplers.0.conv", 4),
    ("text_encoder.", "text_model.encoder.layers.1.self_attn.q_proj", 4), ("text_encoder.", "text_model.encoder.layers.0.mlp.fc2", 4)]
WEIGHT = 0.7


def value(name, *shape):
    return torch.from_numpy(formula(name, math.prod(shape)).reshape(shape))


def flat(t):
    return [float("%.8g" % v) for v in t.flatten().tolist()]


@torch.no_grad()
def main():
    from diffusers import StableDiffusionPipeline
    unet, control, vae, clip, names = build()
    pipe = StableDiffusionPipeline(vae=vae, text_encoder=clip, tokenizer=tokenizer(), unet=unet, scheduler=DDIMScheduler(), safety_checker=None,
                                   feature_extractor=None, requires_safety_checker=False)
    modules = {"unet.": dict(unet.named_modules()), "text_encoder.": dict(clip.named_modules())}
    state, layers = {}, []
    for prefix, layer, rank in LAYERS:
        found = modules[prefix].get(layer) or modules[prefix].get(layer.replace("text_model.", ""))
        w = found.weight
        out, rest = w.shape[0], list(w.shape[1:])
        down, up = [rank] + rest, [out, rank] + [1] * (len(rest) - 1)
        kohya = ("lora_unet_" if prefix == "unet." else "lora_te_") + layer.replace(".", "_")
        alpha = rank / 2
        if prefix == "text_encoder.":  # by the formula: diffusers 0.42 does not find the layers of transformers 5
            scale = WEIGHT * alpha / rank * 0.04
            w += scale * value(kohya + ".up", *up) @ value(kohya + ".down", *down)
            layers.append(dict(network=prefix, layer=layer, kohya=kohya, down=down, up=up, alpha=alpha))
            continue
        state[kohya + ".lora_down.weight"] = value(kohya + ".down", *down) * 0.2
        state[kohya + ".lora_up.weight"] = value(kohya + ".up", *up) * 0.2
        state[kohya + ".alpha"] = torch.tensor(alpha)
        layers.append(dict(network=prefix, layer=layer, kohya=kohya, down=down, up=up, alpha=alpha))
    x, text, ids = value("latents", 1, 4, 8, 12), value("text", 1, 7, 128), torch.tensor([[49406, 320, 736, 1615, 49407]])
    plain = unet(x, torch.tensor([501]), text).sample
    pipe.load_lora_weights(dict(state), adapter_name="a")
    pipe.set_adapters(["a"], [WEIGHT])
    answers = dict(plain=flat(plain), unet=flat(unet(x, torch.tensor([501]), text).sample), text=flat(clip(ids).last_hidden_state))
    json.dump(dict(weight=WEIGHT, layers=layers, answers=answers), sys.stdout, separators=(",", ":"))


main()
