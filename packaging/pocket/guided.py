"""Distils guidance into the weights: what the model says under guidance, of the words and of no words, is learned to be said at once, in half the time.

A teacher under guidance and the student look at the same noisy latents, on the way down from noise; the student learns the guided v by mean square (Meng et al. 2023,
"On distillation of guided diffusion models", stage one, for the one guidance that the model is used with). Half of the ways are gone by the student itself, so that it
learns what to do where its own mistakes lead (Ross et al. 2011, DAgger). A low-rank change of the weights (of rank 32) learned this far more slowly: all weights
change, and their differences are exported in 8 bits.
"""

import argparse
import os
import re
import time

import numpy as np
import torch
import torch.nn.functional as F

import export
import train
from sample import laid_out, times

WALKS, STEPS = 12, (10, 12, 16, 20)


class Teacher:
    """The exported model under guidance."""

    def __init__(self, weights, scenes, guidance):
        unet, self.control, self.vae, painter, meta = export.networks(weights)
        self.unet, self.scale, self.guidance = painter if scenes else unet, float(meta["vae_scaling_factor"]), guidance
        for network in (self.unet, self.control, self.vae):
            network.requires_grad_(False)

    @torch.no_grad()
    def guided(self, x, t, ctx, empty, hint, strength):
        """What the control adds for the words, and the guided v."""
        two, tt, n = torch.cat([x, x]), torch.full((2 * len(x),), t), len(x)
        with torch.autocast("cpu", torch.bfloat16):
            ctx = torch.cat([ctx, empty])
            extra = [c * torch.cat([strength] * 2) for c in self.control(two, tt, ctx, torch.cat([hint] * 2))]
            c, u = self.unet(two, tt, ctx, extra).float().chunk(2)
        return [e[:n] for e in extra], u + self.guidance * (c - u)

    def laid_out(self, pictures, empty, hint):
        """As that of `sample.py`, of pictures in 0..255."""
        with torch.autocast("cpu", torch.bfloat16):
            return laid_out(self.unet, self.control, self.vae, self.scale, np.float32(pictures) / 255, empty, hint, 12)


class Difference(torch.nn.Module):
    """What is added to every tensor of a UNet, names with "/" for "."."""

    def __init__(self, unet):
        super().__init__()
        self.of = torch.nn.ParameterDict({n.replace(".", "/"): torch.nn.Parameter(torch.zeros_like(w)) for n, w in unet.named_parameters()})

    def added(self, weights):
        """The tensors of a UNet with the difference in them."""
        return {n: w + self.of[n.replace(".", "/")] for n, w in weights.items()}


class Walks:
    """Ways from noise to pictures that are under way, each of a batch of its own: pairs of shards, their pictures beside them where they are scenes."""

    def __init__(self, args, teacher, rng):
        self.teacher, self.rng, self.pixels, self.started, self.others = teacher, rng, args.pixels, args.started, args.others
        self.sets, self.abar = [], train.alphas()
        for path in args.shards:
            data, words = train.Examples([path], args.text), np.load(path)["captions"]
            wish = np.array([1 + (args.times - 1) * bool(args.often and re.search(args.often, str(c))) for c in words], float)
            pictures = np.load(path.replace(".lat.npz", ".npz"))["pictures"] if args.scenes else None
            self.sets.append((data, next(iter(data.sets)), wish / wish.sum(), pictures))
        self.under_way = [self.begin() for _ in range(WALKS)]
        for walk in self.under_way:
            for _ in range(int(rng.integers(len(walk["times"])))):
                self.on(walk, self.target(walk)[1])

    def begin(self):
        data, size, wish, pictures = self.sets[int(self.rng.integers(len(self.sets)))]
        rng, rows, n = self.rng, data.sets[size][2], max(4, self.pixels // size**2)
        at = rng.integers(0, len(rows), n)
        z, hint, _ = data.take(size, at)
        text = np.where(rng.random(n) < self.others, rng.choice(rows, n, p=wish), rows[at])
        ctx, empty = (torch.from_numpy(data.features[r].astype(np.float32)) for r in (text, np.full_like(text, data.row[""])))
        x = torch.from_numpy(rng.standard_normal(z.shape, np.float32))
        steps, share = int(rng.choice(STEPS)), 1.0
        hint = hint.contiguous()
        if rng.random() < self.started:
            share = rng.uniform(0.25, 0.95)
            a = self.abar[times(steps, share)[0]]
            x = a.sqrt() * z * self.teacher.scale + (1 - a).sqrt() * x
        elif pictures is not None:
            x = self.teacher.laid_out(pictures[at], empty, hint)
        strength = torch.from_numpy(np.where(rng.random(n) < 0.8, 1, rng.random(n)).astype(np.float32))[:, None, None, None]
        return {"x": x, "times": times(steps, share), "ctx": ctx, "empty": empty, "hint": hint, "strength": strength, "own": rng.random() < 0.5}

    def target(self, walk):
        """As `Teacher.guided`, of where a walk is."""
        return self.teacher.guided(walk["x"], walk["times"][0], *(walk[k] for k in ("ctx", "empty", "hint", "strength")))

    def on(self, walk, v):
        """A step of DDIM; at the end another walk begins, mostly before: once the picture is there, what is left is learned soon."""
        t, *rest = walk["times"]
        if rest and (rest[0] > 500 or self.rng.random() > 0.35):
            walk.update(x=train.ahead(walk["x"], v.detach(), self.abar[t], self.abar[rest[0]]), times=rest)
        else:
            walk.update(self.begin())


def run(args):
    """Trains by the clock; goes on from the checkpoint where there is one."""
    torch.manual_seed(args.seed)
    teacher = Teacher(args.weights, args.scenes, args.guidance)
    base = {k: v.detach() for k, v in teacher.unet.named_parameters()}
    change, mean, step, spent = Difference(teacher.unet), Difference(teacher.unet), 0, 0.0
    optimizer = torch.optim.AdamW(change.parameters(), args.lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    mean.load_state_dict(change.state_dict())
    if os.path.exists(args.checkpoint):
        kept = torch.load(args.checkpoint)
        change.load_state_dict(kept["change"])
        mean.load_state_dict(kept["mean"])
        optimizer.load_state_dict(kept["optimizer"])
        step, spent = kept["step"], kept["spent"]
    rng = np.random.default_rng([args.seed, step])
    walks = Walks(args, teacher, rng)
    begin, shown, seen = time.time() - spent, np.zeros(3), 0
    keep = lambda: train.save(
        {"change": change.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": time.time() - begin},
        args.checkpoint,
    )
    while (left := 1 - (time.time() - begin) / (args.minutes * 60)) > 0:
        for group in optimizer.param_groups:
            group["lr"] = args.lr * min(1, (step + 1) / 100) * (min(1, left / 0.6) * 0.97 + 0.03)
        walk = walks.under_way[int(rng.integers(WALKS))]
        extra, wanted = walks.target(walk)
        weights = change.added(base)
        with torch.autocast("cpu", torch.bfloat16):
            tt = torch.full((len(wanted),), walk["times"][0])
            said = torch.func.functional_call(teacher.unet, weights, (walk["x"], tt, walk["ctx"], extra)).float()
        each, fields = F.mse_loss(said, wanted), F.mse_loss(F.avg_pool2d(said, 4), F.avg_pool2d(wanted, 4))
        loss = each + args.fields * fields
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(change.parameters(), 1.0)
        optimizer.step()
        walks.on(walk, said if walk["own"] else wanted)
        step, seen, shown = step + 1, seen + len(wanted), shown + (each.item(), fields.item(), wanted.var().item())
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), list(change.parameters()), 1 - min(args.ema, (step + 1) / (step + 20)))
        if step % 100 == 0:
            speed = seen / (time.time() - begin - spent)
            print(step, "%.0fs mean square %.4f, of fields %.4f, of the guided v %.3f, %.1f a second" % (time.time() - begin, *(shown / 100), speed), flush=True)
            shown[:] = 0
            keep()
    keep()


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--weights", required=True, help="exported model")
    ap.add_argument("--scenes", action="store_true", help="its UNet for scenes instead of that for objects")
    ap.add_argument("--text", required=True, help="table of text features")
    ap.add_argument("--shards", nargs="+", required=True, help="prepared shards (.lat.npz), for scenes with their pictures beside them (.npz)")
    ap.add_argument("--checkpoint", required=True, help="resumed from when it exists")
    ap.add_argument("--minutes", type=float, default=60)
    ap.add_argument("--guidance", type=float, default=4.0)
    ap.add_argument("--others", type=float, default=0.6, help="share of pictures under the words of another")
    ap.add_argument("--often", help="regular expression: words of others in which it is found are taken more often")
    ap.add_argument("--times", type=float, default=3, help="how much more often")
    ap.add_argument("--started", type=float, default=0.3, help="share of ways that begin with a noisy picture")
    ap.add_argument("--pixels", type=int, default=24 * 48**2, help="pixels of a batch")
    ap.add_argument("--fields", type=float, default=3.0, help="weight of the error of fields of 4x4 latents: their colours are most of what is learned last")
    ap.add_argument("--lr", type=float, default=4e-4)
    ap.add_argument("--ema", type=float, default=0.998)
    ap.add_argument("--seed", type=int, default=1)
    run(ap.parse_args())


if __name__ == "__main__":
    main()
