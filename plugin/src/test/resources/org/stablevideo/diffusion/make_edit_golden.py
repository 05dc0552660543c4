"""One key frame painted by diffusers: words, edges and a seed in, a picture out, twenty steps.

python3 make_edit_golden.py small > edit.json   small networks whose weights are a formula (FormulaWeights.java), for every test run
python3 make_edit_golden.py sd15 FOLDER         random weights of the true shapes, as files that users have: a checkpoint, a ControlNet, an answer

Needs torch, diffusers, transformers, safetensors, and clip-anytorch or open_clip_torch for the words of CLIP.
"""
import gzip
import json
import math
import pathlib
import sys
import time
import zlib

import numpy as np
import torch
from diffusers import AutoencoderKL, ControlNetModel, DDIMScheduler, StableDiffusionControlNetPipeline, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

PROMPT = "a red car, best quality, extremely detailed"
NEGATIVE = "lowres, bad anatomy, cropped, worst quality"
SEED = 1234567
STEPS = 20
GUIDANCE = 9.0
CONTROL = 1.0
WORDS = pathlib.Path(__file__).resolve().parents[6] / "src/main/resources/org/stablevideo/model/clip_merges.txt.gz"


def formula(name, count):
    """Uniform in [-1, 1) from the name and the index alone."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(zlib.crc32(name.encode()))
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    x ^= x >> np.uint32(16)
    return (x.astype(np.float64) / 2**31 - 1).astype(np.float32)


def weights(name, shape):
    count = math.prod(shape)
    n = formula(name, count)
    if len(shape) == 1:
        return n * np.float32(0.1) + np.float32(1 if "norm" in name and name.endswith("weight") else 0)
    return n * np.float32(math.sqrt(3.0 / (count // shape[0])))


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


def build(small):
    widths, layers, text = ((128, 256), 1, 128) if small else ((320, 640, 1280, 1280), 2, 768)
    downs = ("CrossAttnDownBlock2D",) * (len(widths) - 1) + ("DownBlock2D",)
    ups = ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (len(widths) - 1)
    for i, up in enumerate(ups):
        ATTENDED_UP[i] = up.startswith("Cross")
    common = dict(block_out_channels=widths, layers_per_block=layers, down_block_types=downs, cross_attention_dim=text, attention_head_dim=8)
    hints = (16, 32) if small else (16, 32, 96, 256)
    vae_widths = (128, 128) if small else (128, 256, 512, 512)
    unet = UNet2DConditionModel(sample_size=64, up_block_types=ups, **common)
    control = ControlNetModel(conditioning_embedding_out_channels=hints, **common)
    vae = AutoencoderKL(
        block_out_channels=vae_widths, layers_per_block=layers, latent_channels=4, scaling_factor=0.18215,
        down_block_types=("DownEncoderBlock2D",) * len(vae_widths), up_block_types=("UpDecoderBlock2D",) * len(vae_widths))
    clip = CLIPTextModel(CLIPTextConfig(
        hidden_size=text, intermediate_size=2 * text if small else 4 * text, num_attention_heads=text // 64,
        num_hidden_layers=2 if small else 12, vocab_size=49408, max_position_embeddings=77, hidden_act="quick_gelu"))
    names = {}
    parts = [("unet.", unet, lambda k: "model.diffusion_model." + ldm_unet(k, layers, len(hints))),
             ("vae.", vae, lambda k: "first_stage_model." + ldm_vae(k, len(vae_widths))),
             ("text.", clip, lambda k: "cond_stage_model.transformer." + ("" if k.startswith("text_model.") else "text_model.") + k),
             ("controlnet.", control, lambda k: "control_model." + ldm_unet(k, layers, len(hints)))]
    tensors = {}
    with torch.no_grad():
        for prefix, net, rename in parts:
            net.eval()
            for key, value in net.state_dict().items():
                if key.endswith("position_ids"):
                    continue
                value = value if value.dtype == torch.float32 else value.float()
                shape = list(value.shape)
                if small:
                    new = torch.from_numpy(weights(prefix + key, shape).reshape(shape))
                else:
                    new = torch.rand(shape, generator=GENERATOR) * 2 - 1
                    scale = 0.1 if len(shape) == 1 else math.sqrt(3.0 / (math.prod(shape) // shape[0]))
                    new = (new * scale + (1 if len(shape) == 1 and "norm" in key and key.endswith("weight") else 0)).half().float()
                net.state_dict()[key].copy_(new)
                shape = shape + [1, 1] if prefix == "vae." and "attentions" in key and len(shape) == 2 else shape
                names[rename(key)] = dict(formula=prefix + key, shape=shape)
                if not small:
                    tensors[rename(key)] = new.reshape(shape).half().contiguous()
    return unet, control, vae, clip, names, tensors


def edges(height, width):
    hint = np.zeros((height, width), np.uint8)
    hint[height // 4, width // 4:3 * width // 4] = 255
    hint[3 * height // 4, width // 4:3 * width // 4] = 255
    return hint


GENERATOR = torch.Generator().manual_seed(5)


@torch.no_grad()
def main():
    small = sys.argv[1] == "small"
    unet, control, vae, clip, names, tensors = build(small)
    height, width, stride = (64, 96, 2) if small else (512, 512, 8)
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

    start = time.time()
    text = pipe.encode_prompt(PROMPT, "cpu", 1, True, NEGATIVE)
    picture = pipe(
        prompt=PROMPT, negative_prompt=NEGATIVE, image=hint, height=height, width=width, num_inference_steps=STEPS, guidance_scale=GUIDANCE,
        latents=noise, controlnet_conditioning_scale=CONTROL, output_type="pt", callback_on_step_end=keep).images
    seconds = time.time() - start
    raw = vae.decode(kept["latents"] / 0.18215).sample
    print("latents up to %.3f, picture before clipping up to %.3f, %.1f s" % (kept["latents"].abs().max(), raw.abs().max(), seconds), file=sys.stderr)
    if small:
        request = dict(prompt=PROMPT, negative=NEGATIVE, seed=SEED, steps=STEPS, guidance=GUIDANCE, control=CONTROL, height=height, width=width)
        flat = lambda t, digits: [float(("%%.%dg" % digits) % v) for v in t.flatten().tolist()]
        json.dump(dict(request=request, names=names, text=flat(text[0][0, :6], 8), negative=flat(text[1][0, :6], 8),
                       latents=flat(kept["latents"], 8), picture=(picture * 255).round().int().flatten().tolist()),
                  sys.stdout, separators=(",", ":"))
    else:
        folder = pathlib.Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        save_file({k: v for k, v in tensors.items() if not k.startswith("control_model.")}, folder / "v1-5-random.safetensors")
        save_file({k[len("control_model."):]: v for k, v in tensors.items() if k.startswith("control_model.")},
                  folder / "control_v11p_sd15_canny_fp16.safetensors")
        save_file(dict(latents=kept["latents"].contiguous(), picture=picture.contiguous(), raw=raw.contiguous(),
                       text=text[0].contiguous(), seconds=torch.tensor([seconds])), folder / "golden.safetensors")


main()
