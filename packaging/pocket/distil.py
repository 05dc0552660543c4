"""Distils the model into few steps without guidance: `paths` that it takes under guidance, `train` on them, measured on paths held back against what it does untrained.

A path holds the latents at thirteen noise levels, as the model comes down them in twelve guided steps of DDIM from 999, 916, ... 83 (or down from a noisy picture,
as later key frames begin). What is learned, without guidance, is the v whose one step of DDIM lands three levels further down, where the model landed: four steps are then enough
(Meng et al. 2023, "On distillation of guided diffusion models"; Salimans & Ho 2022, "Progressive distillation"). The UNet for scenes also learns, under no words, the
way up, by which a scene becomes the noise that its painting begins with. Only a low-rank change of the weights is trained (Hu et al. 2022, LoRA).
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
from train import ahead

LEVELS, JUMP, GUIDANCE, FRESH = 12, 3, 4.0, 0.2
TIMES = [round(1000 - i * 1000 / LEVELS) - 1 for i in range(LEVELS)]
COLUMNS = ("states", "first", "row", "text", "up")


def direction(x, landed, a, b):
    """The v with which `ahead` lands there: in the plane of signal and noise a step is a turn by an angle."""
    cos = (a * b).sqrt() + ((1 - a) * (1 - b)).sqrt()
    sin = (a * (1 - b)).sqrt() - (b * (1 - a)).sqrt()
    return (landed - cos * x) / sin


def levels():
    """Cumulative alphas of the thirteen levels; the last is the least noise there is."""
    abar = train.alphas()
    return torch.stack([abar[t] for t in TIMES] + [abar[0]])


class Teacher:
    """The exported model under guidance."""

    def __init__(self, weights, scenes):
        unet, self.control, self.vae, painter, meta = export.networks(weights)
        self.unet, self.scale, self.alpha = painter if scenes else unet, float(meta["vae_scaling_factor"]), levels()

    def v(self, x, t, ctx, hint):
        with torch.autocast("cpu", torch.bfloat16):
            tt = torch.full((len(x),), t)
            return self.unet(x, tt, ctx, self.control(x, tt, ctx, hint)).float()

    def guided(self, x, t, ctx, empty, hint):
        c, u = self.v(torch.cat([x, x]), t, torch.cat([ctx, empty]), torch.cat([hint, hint])).chunk(2)
        return u + GUIDANCE * (c - u)

    def down(self, x, first, ctx, empty, hint):
        """The path from the level first on; what is above it is nought."""
        states = [torch.zeros_like(x)] * first + [x]
        for k in range(first, LEVELS):
            x = ahead(x, self.guided(x, TIMES[k], ctx, empty, hint), self.alpha[k], self.alpha[k + 1])
            states.append(x)
        return torch.stack(states, 1)

    def up(self, x, empty, hint):
        """The wordless path of clean latents to noise, in the order of `down`."""
        states = [x]
        for k in reversed(range(LEVELS)):
            x = ahead(x, self.v(x, TIMES[k], empty, hint), self.alpha[k + 1], self.alpha[k])
            states.append(x)
        return torch.stack(states[::-1], 1)

    def grey(self, pictures):
        """Latents of pictures [n, h, w, 3] in 0..255 without their colours."""
        luma = torch.from_numpy(pictures.astype(np.float32)) @ torch.tensor([0.299, 0.587, 0.114]) / 127.5 - 1
        with torch.autocast("cpu", torch.bfloat16):
            return self.vae.encode(luma[:, None].expand(-1, 3, -1, -1).contiguous())[0].float() * self.scale


def laid_out(found, rng):
    """Noise as scenes are painted from: halfway to unit variance, and a little fresh noise."""
    plain = (found - found.mean((2, 3), keepdim=True)) / found.std((2, 3), keepdim=True, unbiased=False)
    return (found + plain) / 2 + FRESH * torch.from_numpy(rng.standard_normal(found.shape, np.float32))


@torch.no_grad()
def paths(args):
    """Paths of one shard. Objects begin with plain noise, scenes with noise laid out as a picture is; a share of both with a noisy picture."""
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    teacher, data = Teacher(args.weights, args.scenes), train.Examples([args.shard], args.text)
    size = next(iter(data.sets))
    latents, _, rows = data.sets[size]
    pictures = np.load(args.shard.replace(".lat.npz", ".npz"))["pictures"] if args.scenes else None
    words = np.load(args.shard)["captions"]
    wish = np.array([1 + (args.times - 1) * bool(args.often and re.search(args.often, str(c))) for c in words], float)
    kept, count, start = {k: [] for k in COLUMNS}, 0, time.time()
    while count < args.count and time.time() - start < args.minutes * 60:
        at = rng.integers(0, len(latents), args.batch)
        z, hint, _ = data.take(size, at)
        text = np.where(rng.random(args.batch) < args.others, rng.choice(rows, args.batch, p=wish / wish.sum()), rows[at])
        ctx, empty = (torch.from_numpy(data.features[r].astype(np.float32)) for r in (text, np.full_like(text, data.row[""])))
        noise = torch.from_numpy(rng.standard_normal(z.shape, np.float32))
        first, up = 0, None
        if rng.random() < args.started:
            first = int(rng.integers(1, LEVELS - 2))
            noise = teacher.alpha[first].sqrt() * z * teacher.scale + (1 - teacher.alpha[first]).sqrt() * noise
        elif args.scenes:
            up = teacher.up(teacher.grey(pictures[at]), empty, hint)
            noise = laid_out(up[:, 0], rng)
        states = teacher.down(noise, first, ctx, empty, hint)
        blank = torch.zeros_like(states[:, :0] if not args.scenes else states)
        full = (states, np.full(args.batch, first), at, text, blank if up is None else up)
        for key, values in zip(COLUMNS, full):
            kept[key].append(np.float16(values) if key in ("states", "up") else np.int32(values))
        count += args.batch
    np.savez(args.out + ".tmp.npz", **{k: np.concatenate(v) for k, v in kept.items()})
    os.replace(args.out + ".tmp.npz", args.out)
    print(args.out, count, "paths of", size, "pixels in %.0f s" % (time.time() - start), flush=True)


class Paths:
    """Paths in memory, with the edges and texts of their shards: pairs of shard and file of paths."""

    def __init__(self, pairs, text):
        self.sets = []
        for shard, path in pairs:
            data = train.Examples([shard], text)
            kept = np.load(path)
            self.sets.append((data, next(iter(data.sets)), {k: kept[k] for k in COLUMNS}))
        self.alpha, self.times = levels(), torch.tensor(TIMES)

    def batch(self, rng, pixels, climbing):
        """Latents, the timestep told, texts, edges, and the v to learn; climbing: share of scenes' batches that go up."""
        weights = np.array([len(s[2]["row"]) for s in self.sets], float)
        data, size, kept = self.sets[int(rng.choice(len(self.sets), p=weights / weights.sum()))]
        n = max(4, pixels // size**2)
        climb = kept["up"].shape[1] > 0 and rng.random() < climbing
        where = np.flatnonzero(kept["first"] == 0) if climb else np.arange(len(kept["row"]))
        i = where[rng.integers(0, len(where), n)]
        if climb:
            k = np.where(rng.random(n) < 0.7, JUMP * rng.integers(1, LEVELS // JUMP + 1, n), rng.integers(JUMP, LEVELS + 1, n))
            to, states, text = k - JUMP, kept["up"], np.full(n, data.row[""])
            told = to
        else:
            k = np.where(rng.random(n) < 0.5, JUMP * rng.integers(0, LEVELS // JUMP, n), rng.integers(0, LEVELS, n))
            k = np.where(k < kept["first"][i], rng.integers(kept["first"][i], LEVELS), k)
            to, states, text, told = np.minimum(k + JUMP, LEVELS), kept["states"], kept["text"][i], k
        x, landed = (torch.from_numpy(states[i, j].astype(np.float32)) for j in (k, to))
        a, b = (self.alpha[j][:, None, None, None] for j in (k, to))
        _, hint, _ = data.take(size, kept["row"][i])
        ctx = torch.from_numpy(data.features[text].astype(np.float32))
        return x, self.times[told], ctx, hint.contiguous(), direction(x, landed, a, b)


class LowRank(torch.nn.Module):
    """up @ down for every matrix and kernel of a UNet, names with "/" for "."."""

    def __init__(self, unet, rank):
        super().__init__()
        self.up, self.down = torch.nn.ParameterDict(), torch.nn.ParameterDict()
        for name, weight in unet.named_parameters():
            if weight.ndim > 1:
                inner, r = weight[0].numel(), min(rank, weight.shape[0], weight[0].numel())
                self.up[name.replace(".", "/")] = torch.nn.Parameter(torch.zeros(weight.shape[0], r))
                self.down[name.replace(".", "/")] = torch.nn.Parameter((torch.rand(r, inner) * 2 - 1) / inner**0.5)

    def added(self, weights):
        """The tensors of a UNet with the change in them."""
        out = dict(weights)
        for key, up in self.up.items():
            name = key.replace("/", ".")
            out[name] = weights[name] + (up @ self.down[key]).view_as(weights[name])
        return out


@torch.no_grad()
def descend(teacher, net, x, first, ctx, hint, steps=4):
    """Clean latents by few unguided steps of the trained UNet, from a level; with steps other than four the levels between are others."""
    every = LEVELS // steps
    for k in range(first, LEVELS, every):
        with torch.autocast("cpu", torch.bfloat16):
            t = torch.full((len(x),), TIMES[k])
            v = net(x, t, ctx, teacher.control(x, t, ctx, hint)).float()
        x = ahead(x, v, teacher.alpha[k], teacher.alpha[min(k + every, LEVELS)])
    return x


@torch.no_grad()
def compare(teacher, net, pairs, text, count=64):
    """Mean square between the ends of held-out paths and what is reached from their beginning: by the trained UNet, and untrained with and without guidance."""
    total = np.zeros(5)
    for data, size, kept in Paths(pairs, text).sets:
        at = np.flatnonzero(kept["first"] == 0)[:count]
        x, end = (torch.from_numpy(kept["states"][at, k].astype(np.float32)) for k in (0, LEVELS))
        hint = data.take(size, kept["row"][at])[1].contiguous()
        ctx, empty = (torch.from_numpy(data.features[r].astype(np.float32)) for r in (kept["text"][at], np.full(len(at), data.row[""])))
        guided = lambda y, t, c, e: teacher.guided(y, int(t[0]), c, empty, hint)
        ways = [descend(teacher, n, x, 0, ctx, hint) for n in (net, guided, teacher.unet)] + [torch.full_like(x, 0) + end.mean((0, 2, 3), keepdim=True)]
        total[:4] += [F.mse_loss(w, end).item() for w in ways]
        if kept["up"].shape[1]:
            clean, top = (torch.from_numpy(kept["up"][at, k].astype(np.float32)) for k in (LEVELS, 0))
            total[4] += F.mse_loss(ascend(teacher, net, clean, empty, hint), top).item()
    return dict(zip(("trained", "untrained, guided", "untrained", "mean picture", "noise of scenes"), total.round(4) / len(pairs)))


@torch.no_grad()
def ascend(teacher, net, x, empty, hint):
    """Noise of clean latents in four wordless steps up."""
    for k in range(LEVELS, 0, -JUMP):
        with torch.autocast("cpu", torch.bfloat16):
            t = torch.full((len(x),), TIMES[k - JUMP])
            v = net(x, t, empty, teacher.control(x, t, empty, hint)).float()
        x = ahead(x, v, teacher.alpha[k], teacher.alpha[k - JUMP])
    return x


def pairs_of(names):
    return list(zip(names[::2], names[1::2]))


def run(args):
    """Trains by the clock; goes on from the checkpoint where there is one."""
    torch.manual_seed(args.seed)
    teacher, data = Teacher(args.weights, args.scenes), Paths(pairs_of(args.paths), args.text)
    base = {k: v.detach() for k, v in teacher.unet.named_parameters()}
    for network in (teacher.unet, teacher.control):
        network.requires_grad_(False)
    change, mean, step, spent = LowRank(teacher.unet, args.rank), LowRank(teacher.unet, args.rank), 0, 0.0
    words = [p for n, p in change.named_parameters() if "attn2" in n]
    others = [p for n, p in change.named_parameters() if "attn2" not in n]
    groups = [{"params": words, "factor": args.words}, {"params": others, "factor": 1.0}]
    optimizer = torch.optim.AdamW(groups, args.lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    mean.load_state_dict(change.state_dict())
    if os.path.exists(args.checkpoint):
        kept = torch.load(args.checkpoint)
        change.load_state_dict(kept["change"])
        mean.load_state_dict(kept["mean"])
        optimizer.load_state_dict(kept["optimizer"])
        step, spent = kept["step"], kept["spent"]
    rng = np.random.default_rng([args.seed, step])
    call = lambda weights: lambda x, t, c, e: torch.func.functional_call(teacher.unet, weights, (x, t, c, e))
    begin, shown, seen = time.time() - spent, 0.0, 0
    keep = lambda: train.save(
        {"change": change.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": time.time() - begin},
        args.checkpoint,
    )
    while (left := 1 - (time.time() - begin) / (args.minutes * 60)) > 0:
        for group in optimizer.param_groups:
            group["lr"] = group["factor"] * args.lr * min(1, (step + 1) / 100) * (min(1, left / 0.6) * 0.97 + 0.03)
        x, t, ctx, hint, wanted = data.batch(rng, args.pixels, args.climbing)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                extra = teacher.control(x, t, ctx, hint)
        weights = change.added(base)
        with torch.autocast("cpu", torch.bfloat16):
            loss = F.mse_loss(call(weights)(x, t, ctx, extra).float(), wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(change.parameters(), 1.0)
        optimizer.step()
        step, seen, shown = step + 1, seen + len(x), shown + loss.item()
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), list(change.parameters()), 1 - min(args.ema, (step + 1) / (step + 20)))
        if step % 100 == 0:
            print(step, "%.4f" % (shown / 100), "%.1f a second" % (seen / (time.time() - begin - spent)), flush=True)
            shown = 0.0
            keep()
        if step % args.measure == 0 and args.held:
            print(step, compare(teacher, call(mean.added(base)), pairs_of(args.held), args.text, 32), flush=True)
    keep()
    if args.held:
        print(step, compare(teacher, call(mean.added(base)), pairs_of(args.held), args.text), flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    sub = ap.add_subparsers(dest="what", required=True)
    for name in ("paths", "train"):
        p = sub.add_parser(name)
        p.add_argument("--weights", required=True, help="exported model")
        p.add_argument("--scenes", action="store_true", help="its UNet for scenes instead of that for objects")
        p.add_argument("--text", required=True, help="table of text features")
        p.add_argument("--seed", type=int, default=1)
        p.add_argument("--minutes", type=float, default=20)
    p = sub.choices["paths"]
    p.add_argument("--shard", required=True, help="prepared shard (.lat.npz), for scenes with its pictures beside it (.npz)")
    p.add_argument("--count", type=int, default=2000)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--others", type=float, default=0.4, help="share of pairs under the words of another")
    p.add_argument("--often", help="regular expression: words of others in which it is found are taken more often")
    p.add_argument("--times", type=float, default=3, help="how much more often")
    p.add_argument("--started", type=float, default=0.3, help="share of batches that begin with a noisy picture")
    p.add_argument("--out", required=True)
    p = sub.choices["train"]
    p.add_argument("--paths", nargs="+", required=True, help="shard, its paths, another shard, ...")
    p.add_argument("--held", nargs="*", help="the same of pairs never trained on")
    p.add_argument("--checkpoint", required=True, help="resumed from when it exists")
    p.add_argument("--rank", type=int, default=32)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--words", type=float, default=2.0, help="how much faster the attention to the words learns than the rest")
    p.add_argument("--ema", type=float, default=0.995)
    p.add_argument("--pixels", type=int, default=32 * 48**2, help="pixels of a batch")
    p.add_argument("--climbing", type=float, default=0.25, help="share of scenes' batches that go up")
    p.add_argument("--measure", type=int, default=1000, help="steps between measurements")
    args = ap.parse_args()
    {"paths": paths, "train": run}[args.what](args)


if __name__ == "__main__":
    main()
