"""Small steps between the trainings: balance the latents, select the pairs that teach most, make the words heard."""
import argparse
import os
import re

import numpy as np
import torch

import data
import train

LOOKS = "snow night desert sunset grass sea autumn forest beach spring rain neon lava fog".split()
SIX = re.compile(r"\b(red|blue|green|yellow|black|white)\b")


def balance(args):
    """Folds a mean and a factor for each latent into the VAE's 1x1 convolutions: detail counts less."""
    vae = train.load_vae(args.vae).eval()
    pictures = np.load(args.shard)["pictures"][:2000]
    with torch.no_grad():
        parts = [torch.from_numpy(p).permute(0, 3, 1, 2).float() / 127.5 - 1 for p in np.array_split(pictures, 40)]
        latents = torch.cat([vae.encode(p)[0] for p in parts])
    mean, factor = latents.mean((0, 2, 3)), torch.tensor([1.0, 1.15, 1.15, 0.6]) / latents.std((0, 2, 3))
    state = vae.state_dict()
    state["quant_conv.weight"][:4] *= factor[:, None, None, None]
    state["quant_conv.bias"][:4] = (state["quant_conv.bias"][:4] - mean) * factor
    state["quant_conv.bias"][4:] += 2 * factor.log()
    state["post_quant_conv.bias"] += state["post_quant_conv.weight"][:, :, 0, 0] @ mean
    state["post_quant_conv.weight"] /= factor[None, :, None, None]
    train.save(state, args.vae)


def select(args):
    """Keeps short captions with a main colour or one of the main looks; six colours and the sea count threefold."""
    shard = np.load(args.shard)
    forms = [t for k in LOOKS for t in data.LOOKS[k]]
    looks = re.compile("|".join(re.escape(t).replace(r"\{p\}", "[a-z]+") for t in forms))
    colours = re.compile(r"\b(%s)\b" % "|".join(data.MAIN + ["golden", "wooden", "rusty"]))
    keep = []
    for i, caption in enumerate(str(c) for c in shard["captions"]):
        scene = re.search("sky|water|leaves|grass|trees|photo", caption)
        if looks.fullmatch(caption) or (len(caption.split()) <= 6 and colours.search(caption) and not scene):
            six = SIX.search(caption) and not re.search("grass|sea|ocean|water|sunset|sky|forest|meadow", caption)
            keep += [i] * (1 + 2 * bool(six) + 2 * bool(re.search(r"\b(sea|ocean|water)\b", caption)))
    np.savez(args.out, **{k: shard[k][keep] for k in ("latents", "edges", "captions")})


def hear(args):
    """Three times larger keys and values of the text attention: the zero rows after a short text had drowned it."""
    kept = torch.load(args.checkpoint)
    for state in (kept["nets"], kept["ema"]):
        for name in state:
            if "attn2.to_k" in name or "attn2.to_v" in name:
                state[name] *= 3
    train.save(kept, args.checkpoint)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    sub = ap.add_subparsers(dest="what", required=True)
    p = sub.add_parser("balance")
    p.add_argument("--vae", required=True)
    p.add_argument("--shard", required=True)
    p = sub.add_parser("select")
    p.add_argument("--shard", required=True)
    p.add_argument("--out", required=True)
    p = sub.add_parser("hear")
    p.add_argument("--checkpoint", required=True)
    args = ap.parse_args()
    {"balance": balance, "select": select, "hear": hear}[args.what](args)


if __name__ == "__main__":
    main()
