"""Small steps between the trainings: balance the latents, make the words heard."""
import argparse

import numpy as np
import torch

import train


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
    p = sub.add_parser("hear")
    p.add_argument("--checkpoint", required=True)
    args = ap.parse_args()
    {"balance": balance, "hear": hear}[args.what](args)


if __name__ == "__main__":
    main()
