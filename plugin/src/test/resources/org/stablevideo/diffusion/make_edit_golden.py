"""One key frame painted by diffusers: words, edges and a seed in, a picture out, twenty steps.

python3 make_edit_golden.py > edit.json     small networks whose weights are a formula (FormulaWeights.java), for every test run

The same at the true sizes: full_size.py. Needs torch, diffusers and transformers.
"""
import gzip
import json
import math
import pathlib
import sys

import numpy as np
import torch
from diffusers import AutoencoderKL, ControlNetModel, DDIMScheduler, StableDiffusionControlNetPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from formula import weights  # noqa: E402

PROMPT = "a red car, best quality, extremely detailed"
NEGATIVE = "lowres, bad anatomy, cropped, worst quality"
SEED = 1234567
STEPS = 20
GUIDANCE = 9.0
CONTROL = 1.0
WORDS = pathlib.Path(__file__).resolve().parents[6] / "src/main/resources/org/stablevideo/model/clip_merges.txt.gz"


def java_noise(seed, count):
    """Box and Muller's transform of java.util.SplittableRandom, as GaussianNoise.java."""
    mask = (1 << 64) - 1
    state = seed & mask

    def uniform():
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53

    out = []
    while len(out) < count:
        radius = math.sqrt(-2 * math.log(1 - uniform()))
        angle = 2 * math.pi * uniform()
        out += [radius * math.cos(angle), radius * math.sin(angle)]
    return np.array(out[:count], np.float32)


def tokenizer():
    merges = gzip.open(WORDS, "rt", encoding="utf-8").read().split("\n")[1:49152 - 256 - 2 + 1]
    merges = [tuple(m.split()) for m in merges]
    kept = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters = [chr(b) for b in kept] + [chr(256 + n) for n in range(256 - len(kept))]
    words = letters + [v + "</w>" for v in letters] + ["".join(m) for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: i for i, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77)


def renamed(key, table):
    for ours, theirs in table:
        if key.startswith(ours):
            return theirs + key[len(ours):]
    return key


RESNET = [("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"), ("norm2", "out_layers.0"),
          ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection")]


def ldm_unet(key, layers, hints):
    """Name in an LDM checkpoint of a tensor of the UNet or ControlNet, by its name in diffusers."""
    p = key.split(".")
    inner = ".".join(p[4:]) if len(p) > 4 else ""
    if p[0] == "down_blocks":
        level, what, j = int(p[1]), p[2], int(p[3])
        if what == "downsamplers":
            return f"input_blocks.{(layers + 1) * (level + 1)}.0.op." + p[-1]
        at = (layers + 1) * level + j + 1
        return f"input_blocks.{at}.0." + renamed(inner, RESNET) if what == "resnets" else f"input_blocks.{at}.1." + inner
    if p[0] == "up_blocks":
        level, what, j = int(p[1]), p[2], int(p[3])
        if what == "upsamplers":
            attended = ATTENDED_UP[level]
            return f"output_blocks.{(layers + 1) * level + layers}.{2 if attended else 1}.conv." + p[-1]
        at = (layers + 1) * level + j
        return f"output_blocks.{at}.0." + renamed(inner, RESNET) if what == "resnets" else f"output_blocks.{at}.1." + inner
    if p[0] == "mid_block":
        rest = ".".join(p[3:])
        return "middle_block.1." + rest if p[1] == "attentions" else f"middle_block.{2 * int(p[2])}." + renamed(rest, RESNET)
    table = [("time_embedding.linear_1", "time_embed.0"), ("time_embedding.linear_2", "time_embed.2"), ("conv_in", "input_blocks.0.0"),
             ("conv_norm_out", "out.0"), ("conv_out", "out.2"), ("controlnet_cond_embedding.conv_in", "input_hint_block.0"),
             ("controlnet_cond_embedding.conv_out", f"input_hint_block.{4 * hints - 2}"), ("controlnet_mid_block", "middle_block_out.0")]
    if p[0] == "controlnet_cond_embedding" and p[1] == "blocks":
        return f"input_hint_block.{2 * int(p[2]) + 2}." + p[-1]
    if p[0] == "controlnet_down_blocks":
        return f"zero_convs.{p[1]}.0." + p[-1]
    return renamed(key, table)


ATTENDED_UP = {}


def ldm_vae(key, levels):
    p = key.split(".")
    if len(p) > 2 and p[1] == "mid_block":
        rest = ".".join(p[4:])
        if p[2] == "resnets":
            return f"{p[0]}.mid.block_{int(p[3]) + 1}." + rest
        return f"{p[0]}.mid.attn_1." + renamed(rest, [("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")])
    if len(p) > 2 and p[1] in ("down_blocks", "up_blocks"):
        up = p[1] == "up_blocks"
        level = levels - 1 - int(p[2]) if up else int(p[2])
        rest = ".".join(p[5:]).replace("conv_shortcut", "nin_shortcut")
        if p[3] == "resnets":
            return f"{p[0]}.{'up' if up else 'down'}.{level}.block.{p[4]}." + rest
        return f"{p[0]}.{'up' if up else 'down'}.{level}.{'upsample' if up else 'downsample'}.conv." + p[-1]
    return key.replace("conv_norm_out", "norm_out")


LAYERS = 1
HINTS = (16, 32)
WIDTHS = (128, 256)
VAE_WIDTHS = (128, 128)
TEXT = 128


def unet_shape(widths, layers, text):
    """Arguments of diffusers' UNet and ControlNet; the last level has no attention, as in Stable Diffusion 1.5."""
    downs = ("CrossAttnDownBlock2D",) * (len(widths) - 1) + ("DownBlock2D",)
    ups = ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (len(widths) - 1)
    ATTENDED_UP.update({i: up.startswith("Cross") for i, up in enumerate(ups)})
    common = dict(block_out_channels=widths, layers_per_block=layers, down_block_types=downs, cross_attention_dim=text, attention_head_dim=8)
    return common, ups


def vae_of(widths, layers):
    return AutoencoderKL(
        block_out_channels=widths, layers_per_block=layers, latent_channels=4, scaling_factor=0.18215,
        down_block_types=("DownEncoderBlock2D",) * len(widths), up_block_types=("UpDecoderBlock2D",) * len(widths))


def clip_of(width, inner, layers):
    return CLIPTextModel(CLIPTextConfig(
        hidden_size=width, intermediate_size=inner, num_attention_heads=width // 64, num_hidden_layers=layers, vocab_size=49408,
        max_position_embeddings=77, hidden_act="quick_gelu"))


def clip_name(key):
    return ("" if key.startswith("text_model.") else "text_model.") + key


def build():
    common, ups = unet_shape(WIDTHS, LAYERS, TEXT)
    unet = UNet2DConditionModel(sample_size=64, up_block_types=ups, **common)
    control = ControlNetModel(conditioning_embedding_out_channels=HINTS, **common)
    vae, clip = vae_of(VAE_WIDTHS, LAYERS), clip_of(TEXT, 2 * TEXT, 2)
    names = {}
    parts = [("unet.", unet, lambda k: "model.diffusion_model." + ldm_unet(k, LAYERS, len(HINTS))),
             ("vae.", vae, lambda k: "first_stage_model." + ldm_vae(k, len(VAE_WIDTHS))),
             ("text.", clip, lambda k: "cond_stage_model.transformer." + clip_name(k)),
             ("controlnet.", control, lambda k: "control_model." + ldm_unet(k, LAYERS, len(HINTS)))]
    with torch.no_grad():
        for prefix, net, rename in parts:
            net.eval()
            for key, value in net.state_dict().items():
                if key.endswith("position_ids"):
                    continue
                shape = list(value.shape)
                value.copy_(torch.from_numpy(weights(prefix + key, shape).reshape(shape)))
                shape = shape + [1, 1] if prefix == "vae." and "attentions" in key and len(shape) == 2 else shape
                names[rename(key)] = dict(formula=prefix + key, shape=shape)
    return unet, control, vae, clip, names


def edges(height, width):
    hint = np.zeros((height, width), np.uint8)
    hint[height // 4, width // 4:3 * width // 4] = 255
    hint[3 * height // 4, width // 4:3 * width // 4] = 255
    return hint


def paint(unet, control, vae, clip, height, width, stride):
    """Features of both prompts, latents after the last step, and the picture in [0, 1]."""
    pipe = StableDiffusionControlNetPipeline(
        vae=vae, text_encoder=clip, tokenizer=tokenizer(), unet=unet, controlnet=control, safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
        scheduler=DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1))
    pipe.set_progress_bar_config(disable=True)
    shape = (1, 4, height // stride, width // stride)
    noise = torch.from_numpy(java_noise(SEED, math.prod(shape)).reshape(shape))
    hint = torch.from_numpy(edges(height, width).astype(np.float32) / 255).expand(1, 3, -1, -1)
    kept = {}

    def keep(_, step, __, values):
        kept["latents"] = values["latents"].clone()
        return values

    text = pipe.encode_prompt(PROMPT, "cpu", 1, True, NEGATIVE)
    picture = pipe(
        prompt=PROMPT, negative_prompt=NEGATIVE, image=hint, height=height, width=width, num_inference_steps=STEPS, guidance_scale=GUIDANCE,
        latents=noise, controlnet_conditioning_scale=CONTROL, output_type="pt", callback_on_step_end=keep).images
    return text, kept["latents"], picture


@torch.no_grad()
def main():
    unet, control, vae, clip, names = build()
    height, width = 64, 96
    text, latents, picture = paint(unet, control, vae, clip, height, width, 2)
    print("latents up to %.3f" % latents.abs().max(), file=sys.stderr)
    request = dict(prompt=PROMPT, negative=NEGATIVE, seed=SEED, steps=STEPS, guidance=GUIDANCE, control=CONTROL, height=height, width=width)
    flat = lambda t, digits: [float(("%%.%dg" % digits) % v) for v in t.flatten().tolist()]
    json.dump(dict(request=request, names=names, text=flat(text[0][0, :6], 8), negative=flat(text[1][0, :6], 8),
                   latents=flat(latents, 8), picture=(picture * 255).round().int().flatten().tolist()),
              sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
