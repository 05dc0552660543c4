"""What the product makes of real clips, for a person and for figures: `blind`, `score` and `edges`.

`blind` edits the background of clips to the 24 scenes of `measure.py` and writes one frame each under a neutral name, in random order, for somebody
who does not know the key to name; `score` compares the names with the key. `presets` makes a sheet of presets on a clip. `edges` renders presets and tells how far the edges of the source are those of
the edit, by Canny at the product's thresholds.
"""

import argparse
import json
import os
import subprocess
import tempfile

import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
LOW, HIGH = 100, 200


def command(args):
    return os.path.join(args.product, "packaging", "stablevideo")


def frame(path, number):
    clip = cv2.VideoCapture(path)
    for _ in range(number + 1):
        ok, picture = clip.read()
        if not ok:
            raise SystemExit("no frame %d in %s" % (number, path))
    return picture


def edited(args, clip, number, *options):
    """One frame of a clip as the product edits it: BGR, the clip's size."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "edit.mkv")
        lossless = ["--consumer", "vcodec=ffv1", "--consumer", "pix_fmt=yuv444p"]
        only = ["--first", str(number), "--last", str(number)]
        for work in (["edit", *options, clip], ["render", *options, *lossless, *only, clip, out]):
            done = subprocess.run([command(args), *work], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if done.returncode:
                raise SystemExit(done.stderr.replace("\r", "\n").strip().splitlines()[-1])
        return frame(out, 0)


def blind(args):
    from measure import SCENES

    rng = np.random.default_rng(args.seed)
    os.makedirs(args.out, exist_ok=True)
    names = sorted(SCENES)
    with open(os.path.join(args.out, "names.txt"), "w", encoding="utf-8") as file:
        file.write("".join(name + "\n" for name in names))
    order, key = rng.permutation(names), []
    for i, name in enumerate(order):
        clip = args.clips[i % len(args.clips)]
        picture = edited(args, clip, args.frame, "--background", SCENES[name], "--model", "pocket")
        size = (args.width, round(args.width * picture.shape[0] / picture.shape[1]))
        cv2.imwrite(os.path.join(args.out, "%02d.png" % (i + 1)), cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        key.append("%02d %s\n" % (i + 1, name))
    with open(args.key, "w", encoding="utf-8") as file:
        file.writelines(key)


def answers(path):
    """Lines such as `07 sunset`, `07.png: sunset`."""
    out = {}
    for line in open(path, encoding="utf-8"):
        words = line.replace(":", " ").replace(".png", " ").split()
        if len(words) > 1 and words[0].isdigit():
            out[int(words[0])] = " ".join(words[1:]).lower()
    return out


def score(args):
    key, said = answers(args.key), answers(args.answers)
    wrong = ["%02d %s: %s" % (i, name, said.get(i, "nothing")) for i, name in key.items() if said.get(i) != name]
    print(json.dumps({"right": len(key) - len(wrong), "of": len(key), "wrong": wrong}))


def kept(source, edit, slack):
    """Intersection over union of two edge maps; an edge is shared where the other has one within slack pixels."""
    a, b = (cv2.Canny(p, LOW, HIGH) > 0 for p in (source, edit))
    kernel = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
    near_a, near_b = (cv2.dilate(m.astype(np.uint8), kernel) > 0 for m in (a, b))
    shared = ((a & near_b).sum() + (b & near_a).sum()) / 2
    found = (a & near_b).sum() / max(1, a.sum())
    union = a.sum() + b.sum() - shared
    return shared / max(1, union), found, b.sum() / max(1, a.sum())


def edges(args):
    print("| clip | preset | size | IoU | within a pixel | of the source's edges found | edges of the edit / of the source |")
    print("|---|---|---|---|---|---|---|")
    rows = []
    for clip in args.clips:
        source = frame(clip, args.frame)
        for preset in args.presets:
            picture = edited(args, clip, args.frame, "--preset", preset, "--model", "pocket")
            if args.out:
                os.makedirs(args.out, exist_ok=True)
                cv2.imwrite(os.path.join(args.out, "%s-%s.png" % (name_of(clip), preset)), picture)
            for side in args.sides or [min(source.shape[:2])]:
                size = [round(s * side / min(source.shape[:2]) / 16) * 16 for s in source.shape[1::-1]]
                small = [p if side == min(p.shape[:2]) else cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (source, picture)]
                exact, (near, found, ratio) = kept(*small, 0)[0], kept(*small, 1)
                rows.append((side, exact, near, found, ratio))
                print("| %s | %s | %d | %.2f | %.2f | %.2f | %.2f |" % (name_of(clip), preset, *rows[-1]), flush=True)
    for side in sorted({r[0] for r in rows}):
        mean = np.mean([r[1:] for r in rows if r[0] == side], 0)
        print("| all | all | %d | %.2f | %.2f | %.2f | %.2f |" % (side, *mean))


def presets(args):
    """Two presets a row, two frames each."""
    cells = []
    for preset in args.presets:
        pair = [edited(args, args.clip, number, "--preset", preset, "--model", "pocket") for number in args.frames]
        size = (args.width, round(args.width * pair[0].shape[0] / pair[0].shape[1]))
        cell = np.hstack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in pair])
        cells.append(cv2.copyMakeBorder(cell, 4, 8, 4, 4, cv2.BORDER_CONSTANT, value=(255, 255, 255)))
    if len(cells) % 2:
        cells.append(np.full_like(cells[0], 255))
    cv2.imwrite(args.out, np.vstack([np.hstack(cells[i : i + 2]) for i in range(0, len(cells), 2)]), [cv2.IMWRITE_JPEG_QUALITY, 88])


def name_of(clip):
    name = os.path.splitext(os.path.basename(clip))[0]
    return os.path.basename(os.path.dirname(clip)) if name == "clip" else name


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    sub = ap.add_subparsers(dest="what", required=True)
    p = sub.add_parser("blind")
    p.add_argument("--out", required=True, help="folder for NN.png and names.txt")
    p.add_argument("--key", required=True, help="file for what they are; keep it from whoever names them")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--width", type=int, default=480)
    p = sub.add_parser("score")
    p.add_argument("--key", required=True)
    p.add_argument("--answers", required=True, help="lines such as: 07 sunset")
    p = sub.add_parser("edges")
    p.add_argument("--presets", nargs="+", required=True)
    p.add_argument("--sides", type=int, nargs="*", help="short sides at which edges are taken; the clip's without")
    p.add_argument("--out", help="folder for the edited frames")
    p = sub.add_parser("presets")
    p.add_argument("--presets", nargs="+", required=True)
    p.add_argument("--frames", type=int, nargs="+", default=[8, 45])
    p.add_argument("--width", type=int, default=280)
    p.add_argument("--out", required=True)
    p.add_argument("--product", default=os.path.join(HERE, "..", ".."), help="repository, built")
    p.add_argument("clip")
    for name in ("blind", "edges"):
        p = sub.choices[name]
        p.add_argument("--frame", type=int, default=20)
        p.add_argument("--product", default=os.path.join(HERE, "..", ".."), help="repository, built")
        p.add_argument("clips", nargs="+")
    args = ap.parse_args()
    {"blind": blind, "score": score, "edges": edges, "presets": presets}[args.what](args)


if __name__ == "__main__":
    main()
