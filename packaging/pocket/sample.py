"""Reference sampler: DDIM (eta 0) with guidance, from edges, text and perhaps a partial picture."""

import argparse

import cv2
import numpy as np
import torch

from export import few, networks
from train import ahead, alphas


def times(steps, share=1.0):
    """Timesteps evenly down from the most noise there is, or from where the share of a picture that is painted anew begins."""
    count = max(1, round(steps * share))
    return [round(1000 * share * (1 - i / count)) - 1 for i in range(count)]


class Sampler:
    def __init__(self, weights, jar, quick=False):
        """quick: objects by the weights for few steps, without guidance."""
        from text import TextFeatures

        self.unet, self.control, self.vae, self.scenes, self.meta = networks(weights)
        self.quick = few(weights) if quick else None
        self.scale = float(self.meta["vae_scaling_factor"])
        self.text = TextFeatures(jar)
        self.abar = alphas()

    @torch.no_grad()
    def scene_noise(self, scene, hint, steps=12, seed=1, fresh=0.2):
        """Noise [1, 4, h / 4, w / 4] of a scene [h, w, 3] in 0..1 with edges [h, w]: DDIM inversion of its luma, as SceneNoise of the product does it."""
        scene = np.repeat(np.float32(scene) @ np.float32([[0.299], [0.587], [0.114]]), 3, 2)
        x = self.vae.encode(torch.from_numpy(scene)[None].permute(0, 3, 1, 2).contiguous() * 2 - 1)[0] * self.scale
        hint = torch.from_numpy(np.float32(hint) / 255)[None, None].expand(-1, 3, -1, -1).contiguous()
        ctx, below = torch.from_numpy(self.text(""))[None], self.abar[0]
        for t in times(steps)[::-1]:
            tt = torch.full((1,), t)
            v = self.scenes(x, tt, ctx, self.control(x, tt, ctx, hint))
            x, below = ahead(x, v, below, self.abar[t]), self.abar[t]
        plain = (x - x.mean((2, 3), keepdim=True)) / x.std((2, 3), keepdim=True, unbiased=False)
        return (x + plain) / 2 + fresh * torch.randn(x.shape, generator=torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def __call__(self, prompts, hints, steps=12, guidance=4.0, strength=1.0, seed=1, start=None, t0=1.0, bf16=False, noise=None, scene=False):
        """Pictures [n, h, w, 3] in 0..1 for n prompts and n edge maps [h, w] (0 or 255), or from start at t0; noise: instead of the seed's; scene: by the UNet for scenes."""
        n, (h, w) = len(prompts), hints[0].shape
        hint = torch.from_numpy(np.stack(hints).astype(np.float32) / 255)[:, None].expand(-1, 3, -1, -1).contiguous()
        ctx = torch.from_numpy(np.stack([self.text(p) for p in prompts] + [self.text("")] * n))
        down = times(steps, 1.0 if start is None else t0)
        quick = self.quick is not None and not scene
        hint, ctx = (hint, ctx[:n]) if quick else (torch.cat([hint, hint]), ctx)
        unet = self.scenes if scene else self.quick if quick else self.unet
        g = torch.Generator().manual_seed(seed)
        x = torch.randn(1, 4, h // 4, w // 4, generator=g) if noise is None else noise
        x = x.expand(n, -1, -1, -1).clone()
        if start is not None:
            z = self.vae.encode(torch.from_numpy(np.stack(start)).permute(0, 3, 1, 2) * 2 - 1)[0] * self.scale
            a = self.abar[down[0]]
            x = a.sqrt() * z + (1 - a).sqrt() * x
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            for i, t in enumerate(down):
                two, tt = x if quick else torch.cat([x, x]), torch.full((len(ctx),), t)
                extra = None
                if strength > 0:
                    extra = [c * strength for c in self.control(two, tt, ctx, hint)]
                v = unet(two, tt, ctx, extra).float()
                if not quick:
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
