"""Reference sampler: DDIM (eta 0) with guidance, from edges, text and perhaps a partial picture."""

import argparse

import cv2
import numpy as np
import torch

from export import guided, networks
from train import ahead, alphas

FRESH = 0.2


def times(steps, share=1.0):
    """Timesteps evenly down from the most noise there is, or from where the share of a picture that is painted anew begins."""
    count = max(1, round(steps * share))
    return [round(1000 * share * (1 - i / count)) - 1 for i in range(count)]


@torch.no_grad()
def laid_out(unet, control, vae, scale, pictures, empty, hint, steps, generator=None):
    """Noise that scenes are painted from, of pictures [n, h, w, 3] in 0..1: wordless DDIM inversion of their luma, halfway to unit variance, and a little fresh noise."""
    abar = alphas()
    luma = torch.from_numpy(pictures @ np.float32([0.299, 0.587, 0.114]))[:, None].expand(-1, 3, -1, -1).contiguous()
    x, below = vae.encode(luma * 2 - 1)[0].float() * scale, abar[0]
    for t in times(steps)[::-1]:
        tt = torch.full((len(x),), t)
        v = unet(x, tt, empty, control(x, tt, empty, hint)).float()
        x, below = ahead(x, v, below, abar[t]), abar[t]
    plain = (x - x.mean((2, 3), keepdim=True)) / x.std((2, 3), keepdim=True, unbiased=False)
    return (x + plain) / 2 + FRESH * torch.randn(x.shape, generator=generator)


class Sampler:
    def __init__(self, weights, jar):
        """Guidance that the weights have learned is not computed, if it is the one asked for."""
        from text import TextFeatures

        self.unet, self.control, self.vae, self.scenes, self.meta = networks(weights)
        self.guided = {False: guided(weights, "unet_guided", self.unet), True: guided(weights, "scene_guided", self.scenes)}
        self.learned = float(self.meta.get("distilled_guidance", 0))
        self.scale = float(self.meta["vae_scaling_factor"])
        self.text = TextFeatures(jar)
        self.abar = alphas()

    def scene_noise(self, scene, hint, steps=12, seed=1):
        """Noise [1, 4, h / 4, w / 4] of a scene [h, w, 3] in 0..1 with edges [h, w], as SceneNoise of the product makes it."""
        hint = torch.from_numpy(np.float32(hint) / 255)[None, None].expand(-1, 3, -1, -1).contiguous()
        empty, fresh = torch.from_numpy(self.text(""))[None], torch.Generator().manual_seed(seed)
        return laid_out(self.scenes, self.control, self.vae, self.scale, np.float32(scene)[None], empty, hint, steps, fresh)

    @torch.no_grad()
    def __call__(self, prompts, hints, steps=12, guidance=4.0, strength=1.0, seed=1, start=None, t0=1.0, bf16=False, noise=None, scene=False):
        """Pictures [n, h, w, 3] in 0..1 for n prompts and n edge maps [h, w] (0 or 255), or from start at t0; noise: instead of the seed's; scene: by the UNet for scenes."""
        n, (h, w) = len(prompts), hints[0].shape
        hint = torch.from_numpy(np.stack(hints).astype(np.float32) / 255)[:, None].expand(-1, 3, -1, -1).contiguous()
        ctx = torch.from_numpy(np.stack([self.text(p) for p in prompts] + [self.text("")] * n))
        down = times(steps, 1.0 if start is None else t0)
        at_once = guidance == self.learned and self.guided[scene] is not None
        hint, ctx = (hint, ctx[:n]) if at_once else (torch.cat([hint, hint]), ctx)
        unet = self.guided[scene] if at_once else self.scenes if scene else self.unet
        g = torch.Generator().manual_seed(seed)
        x = torch.randn(1, 4, h // 4, w // 4, generator=g) if noise is None else noise
        x = x.expand(n, -1, -1, -1).clone()
        if start is not None:
            z = self.vae.encode(torch.from_numpy(np.stack(start)).permute(0, 3, 1, 2) * 2 - 1)[0] * self.scale
            a = self.abar[down[0]]
            x = a.sqrt() * z + (1 - a).sqrt() * x
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            for i, t in enumerate(down):
                two, tt = x if at_once else torch.cat([x, x]), torch.full((len(ctx),), t)
                extra = None
                if strength > 0:
                    extra = [c * strength for c in self.control(two, tt, ctx, hint)]
                v = unet(two, tt, ctx, extra).float()
                if not at_once:
                    c, u = v.chunk(2)
                    v = u + guidance * (c - u)
                a = self.abar[t]
                b = self.abar[down[i + 1]] if i + 1 < len(down) else self.abar[0]
                x = ahead(x, v, a, b)
            out = self.vae.decode(x / self.scale).float()
        return ((out.clamp(-1, 1) + 1) / 2).permute(0, 2, 3, 1).numpy()


def sheet(rows, path):
    """Rows of equal pictures (0..1 RGB) to a PNG."""
    cv2.imwrite(path, (np.vstack([np.hstack(r) for r in rows])[:, :, ::-1] * 255).astype(np.uint8))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--weights", required=True)
    ap.add_argument("--jar", required=True)
    ap.add_argument("--picture", required=True, help="where the edges come from")
    ap.add_argument("--height", type=int, default=48)
    ap.add_argument("--guidance", type=float, default=4.0)
    ap.add_argument("--strength", type=float, default=1.0)
    ap.add_argument("--steps", type=int, default=12)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--scene", action="store_true", help="from the noise of the picture, as backgrounds are painted; best with --height 96")
    ap.add_argument("--out", required=True)
    ap.add_argument("prompts", nargs="+")
    args = ap.parse_args()
    picture = cv2.imread(args.picture)
    w = round(picture.shape[1] * args.height / picture.shape[0] / 16) * 16
    picture = cv2.resize(picture, (w, args.height), interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(picture, 100, 200)
    sampler = Sampler(args.weights, args.jar)
    noise = sampler.scene_noise(picture[:, :, ::-1] / 255.0, edges, args.steps, args.seed) if args.scene else None
    made = sampler(args.prompts, [edges] * len(args.prompts), args.steps, args.guidance, args.strength, args.seed, noise=noise, scene=args.scene)
    first = [picture[:, :, ::-1] / 255.0, np.repeat(edges[:, :, None] / 255.0, 3, 2)]
    sheet([first + list(made)], args.out)


if __name__ == "__main__":
    main()
