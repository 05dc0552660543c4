"""Stable Diffusion 1.5, its helpers and one whole edit at their true sizes: random weights in the files that users have, and what the reference
implementations (diffusers, transformers) answer with them in single precision.

python3 full_size.py files FOLDER       writes the weights, once: 3 GB in half precision
python3 full_size.py answers FOLDER     answers of every network, one in memory at a time
python3 full_size.py edit FOLDER        a key frame of 512x512: words, edges and a seed in, twenty steps, a picture out (7 GB of memory)
python3 full_size.py speed FOLDER JAVA…  one step of each network, here and there in turn; JAVA… is the command of FullSize.java

packaging/parity.sh runs them in order, with the other side after each. Needs torch, diffusers, transformers and safetensors.
"""
import json
import math
import pathlib
import subprocess
import sys
import time

import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BitConfig, DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTConfig, DPTForDepthEstimation

import make_edit_golden as small

LAYERS = 2
HINTS = (16, 32, 96, 256)
WIDTHS = (320, 640, 1280, 1280)
VAE_WIDTHS = (128, 256, 512, 512)
TEXT = 768
SIDE = 512
DEPTH = (518, 910)
ROUNDS = 5
COMMON, UPS = small.unet_shape(WIDTHS, LAYERS, TEXT)


def depth_anything():
    backbone = Dinov2Config(
        hidden_size=384, num_hidden_layers=12, num_attention_heads=6, image_size=518, patch_size=14,
        out_features=["stage3", "stage6", "stage9", "stage12"], apply_layernorm=True, reshape_hidden_states=False)
    return DepthAnythingForDepthEstimation(DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=384, neck_hidden_sizes=[48, 96, 192, 384], fusion_hidden_size=64, head_hidden_size=32,
        patch_size=14))


def dpt_hybrid():
    backbone = BitConfig(global_padding="same", layer_type="bottleneck", depths=[3, 4, 9], embedding_dynamic_padding=True,
                         out_features=["stage1", "stage2", "stage3"])
    return DPTForDepthEstimation(DPTConfig(
        is_hybrid=True, backbone_config=backbone, backbone_featmap_shape=[1, 1024, 24, 24], neck_hidden_sizes=[256, 512, 768, 768],
        reassemble_factors=[1, 1, 1, 0.5], neck_ignore_stages=[0, 1], readout_type="project"))


# name: file, how it is made, and the name of its tensors there
NETWORKS = {
    "unet": ("v1-5-random.safetensors", lambda: UNet2DConditionModel(sample_size=64, up_block_types=UPS, **COMMON),
             lambda k: "model.diffusion_model." + small.ldm_unet(k, LAYERS, len(HINTS))),
    "vae": ("v1-5-random.safetensors", lambda: small.vae_of(VAE_WIDTHS, LAYERS), lambda k: "first_stage_model." + small.ldm_vae(k, len(VAE_WIDTHS))),
    "clip": ("v1-5-random.safetensors", lambda: small.clip_of(TEXT, 4 * TEXT, 12), lambda k: "cond_stage_model.transformer." + small.clip_name(k)),
    "controlnet": ("control_v11p_sd15_canny_fp16.safetensors", lambda: ControlNetModel(conditioning_embedding_out_channels=HINTS, **COMMON),
                   lambda k: small.ldm_unet(k, LAYERS, len(HINTS))),
    "depth-anything": ("depth_anything_v2_small.safetensors", depth_anything, lambda k: k),
    "dpt-hybrid": ("dpt_hybrid_midas.safetensors", dpt_hybrid, lambda k: k),
}


def bare(name):
    """A network without weights; what it computes by itself when it is made is there."""
    with torch.device("meta"):
        net = NETWORKS[name][1]()
    net.to_empty(device="cpu")
    for key, buffer in net.named_buffers():
        if key.endswith("position_ids"):
            buffer.copy_(torch.arange(buffer.shape[-1]).expand_as(buffer))
    return net.eval()


def files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted({file for file, _, _ in NETWORKS.values() if not (folder / file).exists()}):
        tensors = {}
        for name, (own, _, rename) in NETWORKS.items():
            if own != file:
                continue
            generator = torch.Generator().manual_seed(5)
            with torch.device("meta"):
                shapes = {key: list(value.shape) for key, value in NETWORKS[name][1]().state_dict().items() if not key.endswith("position_ids")}
            for key, shape in shapes.items():
                scale = 0.1 if len(shape) == 1 else math.sqrt(3.0 / max(1, math.prod(shape) // shape[0]))
                value = (torch.rand(shape, generator=generator) * 2 - 1) * scale + (1 if len(shape) == 1 and "norm" in key and key.endswith("weight") else 0)
                pixels = name == "vae" and "attentions" in key and len(shape) == 2
                tensors[rename(key)] = value.half().reshape(shape + [1, 1] if pixels else shape).contiguous()
        save_file(tensors, folder / file)
        print("%s: %d tensors, %.2f GB" % (file, len(tensors), (folder / file).stat().st_size / 1e9))


def load(folder, name):
    file, _, rename = NETWORKS[name]
    net = bare(name)
    with safe_open(folder / file, "pt") as tensors:
        for key, value in net.state_dict().items():
            if not key.endswith("position_ids"):
                value.copy_(tensors.get_tensor(rename(key)).float().reshape(value.shape))
    return net


def noise(*shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def inputs():
    latents = noise(1, 4, SIDE // 8, SIDE // 8, seed=1)
    return dict(latents=latents, text=noise(1, 77, TEXT, seed=2), hint=torch.from_numpy(small.edges(SIDE, SIDE) / 255.0).float().expand(1, 3, -1, -1),
                picture=torch.clamp(noise(1, 3, SIDE, SIDE, seed=3) / 2, -1, 1), colours=noise(1, 3, *DEPTH, seed=4),
                square=noise(1, 3, 384, 384, seed=6))


def answers(folder):
    given, out = inputs(), {}
    t = torch.tensor([501])
    control = load(folder, "controlnet")
    down, mid = control(given["latents"], t, given["text"], given["hint"], conditioning_scale=0.7, return_dict=False)
    del control
    out.update({"control.%d" % i: r for i, r in enumerate([*down, mid])})
    unet = load(folder, "unet")
    out["unet"] = unet(given["latents"], t, given["text"]).sample
    out["controlled"] = unet(given["latents"], t, given["text"], down_block_additional_residuals=down, mid_block_additional_residual=mid).sample
    del unet
    vae = load(folder, "vae")
    out["encoded"] = vae.encode(given["picture"]).latent_dist.mean
    out["decoded"] = vae.decode(given["latents"]).sample
    del vae
    clip = load(folder, "clip")
    ids = small.tokenizer()(small.PROMPT, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    out["clip"] = clip(ids).last_hidden_state
    del clip
    out["depth"] = load(folder, "depth-anything")(given["colours"]).predicted_depth
    out["hybrid"] = load(folder, "dpt-hybrid")(given["square"]).predicted_depth
    save_file({k: v.contiguous() for k, v in given.items()}, folder / "inputs.safetensors")
    save_file({k: v.contiguous() for k, v in out.items()}, folder / "answers.safetensors")


def edit(folder):
    nets = [load(folder, name) for name in ("unet", "controlnet", "vae", "clip")]
    start = time.time()
    text, latents, picture = small.paint(*nets, SIDE, SIDE, 8)
    seconds = time.time() - start
    raw = nets[2].decode(latents / 0.18215).sample
    print("diffusers: the whole edit in %.1f s; latents up to %.2f, picture up to %.2f" % (seconds, latents.abs().max(), raw.abs().max()))
    request = dict(prompt=small.PROMPT, negative=small.NEGATIVE, seed=str(small.SEED), steps=str(small.STEPS), guidance=str(small.GUIDANCE),
                   control=str(small.CONTROL), seconds="%.1f" % seconds)
    save_file(dict(latents=latents.contiguous(), raw=raw.contiguous(), text=text[0].contiguous()), folder / "edit.safetensors", request)


def here(folder, name, given):
    """One step of a network of this side, as a function without arguments."""
    t = torch.tensor([501])
    if name == "unet":
        net = load(folder, "unet")
        return lambda: net(given["latents"], t, given["text"]).sample
    if name == "controlnet":
        net = load(folder, "controlnet")
        return lambda: net(given["latents"], t, given["text"], given["hint"], return_dict=False)
    net = load(folder, "vae")
    return (lambda: net.decode(given["latents"]).sample) if name == "decode" else (lambda: net.encode(given["picture"]).latent_dist.mean)


def reading(path):
    """Seconds in which a file is read, from the disk or from memory where it was read lately."""
    start = time.time()
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 24)
        while file.readinto(buffer):
            pass
    return time.time() - start


def speed(folder, command):
    """Best of some rounds, in which the two sides take turns; the other side names its formats."""
    given = inputs()
    files_of = {name: NETWORKS.get(name, NETWORKS["vae"])[0] for name in ("unet", "controlnet", "decode", "encode")}
    other = subprocess.Popen([*command, str(folder), "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(line):
        other.stdin.write(line + "\n")
        other.stdin.flush()
        while True:
            answer = other.stdout.readline()
            if not answer:
                raise SystemExit("the other side ended")
            if answer.startswith("= "):
                return answer[2:].strip()

    print("one step at 512x512, seconds | diffusers fp32 | StableVideo fp32 | ratio | StableVideo bf16 | ratio")
    for name in ("unet", "controlnet", "decode", "encode"):
        ours = here(folder, name, given)
        loads = []
        times = {"here": [], "single": [], "bfloat16": []}
        for precision in ("single", "bfloat16"):
            loads.append("%s %.1f s" % (precision, float(ask("load %s %s" % (name, precision)))))
            for i in range(ROUNDS):
                start = time.time()
                ours()
                times["here"].append(time.time() - start)
                times[precision].append(float(ask("step")))
        del ours
        ask("free")
        best = {k: min(v) for k, v in times.items()}
        print("%s | %.2f | %.2f | %.2f | %.2f | %.2f" % (
            name, best["here"], best["single"], best["single"] / best["here"], best["bfloat16"], best["bfloat16"] / best["here"]), flush=True)
        print("  loaded by StableVideo: %s; its file is read in %.1f s" % (", ".join(loads), reading(folder / files_of[name])), flush=True)
    other.stdin.close()
    other.wait()


@torch.no_grad()
def main():
    folder = pathlib.Path(sys.argv[2])
    work = dict(files=files, answers=answers, edit=edit).get(sys.argv[1])
    if work:
        work(folder)
    else:
        speed(folder, sys.argv[3:])


main()
