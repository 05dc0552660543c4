"""Measures exported models on pairs that were never trained on, and draws their sample sheet and loss curve.

`loss`: mean square of v at fixed noise, with the right words and with another pair's. `colours`: ten held-out cut-outs
under ten colour words, the share painted in the right hue. `distance`: Frechet distance between held-out pictures and
the paintings of their edges and captions. `scenes`: looks painted over held-out scenes. `curve`: the log of a training.
"""

import argparse
import csv
import json
import re
import time

import cv2
import numpy as np
import torch

import data
import train
from sample import Sampler, sheet

HUES = {"red": 0, "orange": 28, "yellow": 52, "green": 120, "turquoise": 176, "blue": 222, "purple": 278, "pink": 332}
COLOURS = list(HUES) + ["black", "white"]
SCENES = {
    "snow": "a snowy winter day",
    "night": "a city at night, dark blue sky, street lights",
    "desert": "a golden sand desert with dunes",
    "sunset": "a sunset, orange and pink sky",
    "grass": "a green meadow",
    "sea": "the blue ocean, sea waves",
    "autumn": "an autumn forest, red and orange leaves",
    "forest": "a green forest",
    "beach": "a sandy beach",
    "spring": "cherry blossoms",
    "fog": "fog",
    "storm": "storm",
    "lava": "lava",
    "mars": "the surface of mars",
    "space": "outer space",
    "underwater": "underwater",
    "neon": "cyberpunk city",
    "ice": "ice",
    "mountain": "mountains",
    "rain": "rain",
    "sunny": "a sunny day",
    "black and white": "black and white photo",
    "sepia": "an old sepia photo",
    "sketch": "a pencil sketch",
}


def hue_is(rgb, word):
    """Whether a mean colour (0..1) would be called by the word: bounds halfway to the neighbours, greys by lightness."""
    hue, saturation, value = cv2.cvtColor(np.float32(rgb)[None, None], cv2.COLOR_RGB2HSV)[0, 0]
    spread = max(rgb) - min(rgb)
    if word == "black":
        return value < 0.33 and spread < 0.15
    if word == "white":
        return min(rgb) > 0.6 and spread < 0.15
    near = min(HUES, key=lambda k: abs((hue - HUES[k] + 180) % 360 - 180))
    return near == word and spread > 0.15 and saturation > 0.25


def losses(args):
    held = train.HeldOut(args.held, args.text)
    for path in args.weights:
        nets, about = train.exported(path, "unet.", "controlnet.")
        both = torch.nn.ModuleDict({"unet": train.model.pocket_unet(), "controlnet": train.model.pocket_controlnet()})
        both.load_state_dict(nets)
        scale = float(about["vae_scaling_factor"])
        right, other = held(both.eval(), scale), held(both, scale, True)
        print(json.dumps({"weights": path, "held": round(right, 4), "other_words": round(other, 4)}), flush=True)


def objects(sources, side, count, seed):
    """Cut-outs [side, side, 4] on black, in the middle, those that fill most first."""
    rng = np.random.default_rng(seed)
    out = []
    for i in rng.permutation(len(sources.objects)):
        im = sources.objects[i][0].astype(np.float32) / 255
        h, w = im.shape[:2]
        if not 0.45 < h / w < 1.6 or (im[:, :, 3] > 0.5).mean() < 0.5:
            continue
        k = 0.92 * side / max(h, w)
        im[:, :, :3] *= im[:, :, 3:]
        im = cv2.resize(im, (round(w * k), round(h * k)), interpolation=cv2.INTER_AREA)
        full = np.zeros((side, side, 4), np.float32)
        y, x = (side - im.shape[0]) // 2, (side - im.shape[1]) // 2
        full[y : y + im.shape[0], x : x + im.shape[1]] = im
        if cv2.Canny((full[:, :, :3] * 255).astype(np.uint8), 100, 200).mean() > 15:
            out.append(full)
        if len(out) == count:
            break
    return out


def colours(args):
    cuts = objects(data.Sources(args.photos, args.captions, args.debian, args.cache, True), args.side, 10, args.seed)
    sampler, rows, right, wrong = Sampler(args.weights, args.jar), [], 0, []
    for i, cut in enumerate(cuts):
        hint = cv2.Canny((cut[:, :, :3] * 255).astype(np.uint8), 100, 200)
        made = sampler(["a %s object" % c for c in COLOURS], [hint] * len(COLOURS), args.steps, args.guidance)
        rows.append([cut[:, :, :3]] + list(made))
        for word, picture in zip(COLOURS, made):
            rgb = picture[cut[:, :, 3] > 0.5].mean(0)
            right += hue_is(rgb, word)
            wrong += [] if hue_is(rgb, word) else ["%d %s %s" % (i, word, np.round(rgb * 255).astype(int).tolist())]
    sheet(rows, args.out)
    print(json.dumps({"right": int(right), "of": len(cuts) * len(COLOURS), "wrong": wrong}))


def scenes(args):
    sources = data.Sources(args.photos, args.captions, args.debian, args.cache, True)
    painter, sampler, rows = data.Painter(sources, args.side, args.seed), Sampler(args.weights, args.jar), []
    paths = sources.scenes["street"] + sources.scenes["buildings"]
    for _ in range(args.rows):
        base = painter.photo(paths, 0.9)
        hint = cv2.Canny((base * 255).astype(np.uint8), 100, 200)
        noise = sampler.scene_noise(base, hint, args.steps)
        rows.append([base] + list(sampler(list(SCENES.values()), [hint] * len(SCENES), args.steps, args.guidance, noise=noise, scene=True)))
    folded = [row[:1] + row[k : k + 8] for k in range(1, len(SCENES) + 1, 8) for row in rows]
    sheet(folded, args.out)


def frechet(a, b):
    """Between two sets of features [n, d], each taken as a normal distribution."""
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values = np.linalg.eigvals(ca @ cb).real.clip(0)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * np.sqrt(values).sum())


def features(pictures):
    """Colour and roughness in nine fields: 54 numbers a picture [h, w, 3] in 0..1."""
    out = []
    for p in pictures:
        small = cv2.resize(p, (48, 48), interpolation=cv2.INTER_AREA)
        lab = cv2.cvtColor(np.float32(small), cv2.COLOR_RGB2LAB) / 25
        fields = lab.reshape(3, 16, 3, 16, 3).transpose(0, 2, 1, 3, 4).reshape(9, 256, 3)
        out.append(np.concatenate([fields.mean(1).ravel(), fields.std(1).ravel()]))
    return np.stack(out)


def distance(args):
    shard, sampler, made = np.load(args.held), Sampler(args.weights, args.jar), []
    captions, half = [str(c) for c in shard["captions"]], args.count
    start = time.time()
    for i in range(0, half, 32):
        at = range(i, min(i + 32, half))
        hints = [np.unpackbits(shard["edges"][j], axis=1) * 255 for j in at]
        made += list(sampler([captions[j] for j in at], hints, args.steps, args.guidance, seed=i, bf16=True))
    real = features(shard["pictures"][: 2 * half] / np.float32(255))
    print(
        json.dumps(
            {
                "painted": round(frechet(real[:half], features(made)), 3),
                "floor, other pictures": round(frechet(real[:half], real[half:]), 3),
                "pictures": half,
                "seconds": round(time.time() - start),
            }
        )
    )


def curve(args):
    """The logged losses over the pictures seen, as a PNG of 720x400."""
    with open(args.log, encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    names = {"train": (190, 190, 190), "held": (200, 60, 20), "held_other_words": (30, 120, 230)}
    points = {k: [(int(r["seen"]), float(r[k])) for r in lines if r[k]] for k in names}
    everything = [p for v in points.values() for p in v]
    x0, x1 = min(p[0] for p in everything), max(p[0] for p in everything)
    y0, y1 = min(p[1] for p in everything) * 0.97, max(p[1] for p in everything) * 1.03
    image = np.full((400, 720, 3), 255, np.uint8)
    at = lambda p: (int(60 + 640 * (p[0] - x0) / (x1 - x0 + 1)), int(360 - 340 * (p[1] - y0) / (y1 - y0)))
    write = lambda text, where, c=(0, 0, 0): cv2.putText(image, text, where, 0, 0.4, c, 1, cv2.LINE_AA)
    for k in range(6):
        y, x = y0 + (y1 - y0) * k / 5, x0 + (x1 - x0) * k // 5
        cv2.line(image, at((x0, y)), at((x1, y)), (230, 230, 230), 1)
        write("%.2f" % y, (15, at((x0, y))[1] + 4))
        write("%dk" % (x // 1000), (at((x, y0))[0] - 12, 378))
    for i, (name, colour) in enumerate(names.items()):
        cv2.polylines(image, [np.array([at(p) for p in points[name]], np.int32)], False, colour, 1, cv2.LINE_AA)
        write(re.sub("_", " ", name), (560, 40 + 18 * i), colour)
    write("pictures seen", (330, 395))
    cv2.imwrite(args.out, image)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    sub = ap.add_subparsers(dest="what", required=True)
    p = sub.add_parser("loss")
    p.add_argument("--held", nargs="+", required=True, help="prepared shards")
    p.add_argument("--text", required=True)
    p.add_argument("weights", nargs="+")
    for name in ("colours", "scenes"):
        p = sub.add_parser(name)
        p.add_argument("--photos", required=True)
        p.add_argument("--captions", required=True)
        p.add_argument("--debian", default="/usr/share")
        p.add_argument("--cache")
        p.add_argument("--side", type=int, default=48)
        p.add_argument("--rows", type=int, default=2)
        p.add_argument("--seed", type=int, default=11)
    p = sub.add_parser("distance")
    p.add_argument("--held", required=True, help="a shard of pictures")
    p.add_argument("--count", type=int, default=256)
    for name in ("colours", "scenes", "distance"):
        p = sub.choices[name]
        p.add_argument("--weights", required=True)
        p.add_argument("--jar", required=True)
        p.add_argument("--guidance", type=float, default=4.0)
        p.add_argument("--steps", type=int, default=12)
    p = sub.add_parser("curve")
    p.add_argument("--log", required=True)
    for name in ("colours", "scenes", "curve"):
        sub.choices[name].add_argument("--out", required=True)
    args = ap.parse_args()
    {"loss": losses, "colours": colours, "scenes": scenes, "distance": distance, "curve": curve}[args.what](args)


if __name__ == "__main__":
    main()
