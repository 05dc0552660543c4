"""Training pairs of the pocket model: a picture, the edges it is painted from, and a short caption that is true of it.

Three kinds: cut-out objects recoloured towards a named colour or material on black, plain or photographed
ground; scenes whose look is changed as a whole (snow, night, desert ...), with the edges of the scene *before*
the change, as at use time; photographs as they are. Pictures are RGB float arrays [size, size, 3] in 0..1.
"""

import argparse
import glob
import gzip
import os
import pickle
import re
import subprocess
import zlib
from collections import defaultdict

import cv2
import numpy as np

COLOURS = {
    "red": [(205, 20, 25), (180, 10, 20), (225, 35, 30)],
    "dark red": [(115, 8, 14)],
    "blue": [(20, 60, 200), (30, 80, 220), (15, 40, 160)],
    "dark blue": [(12, 22, 95)],
    "light blue": [(120, 185, 235)],
    "green": [(25, 150, 45), (30, 175, 60), (20, 120, 35)],
    "dark green": [(10, 70, 25)],
    "yellow": [(245, 215, 20), (250, 225, 40), (235, 200, 10)],
    "black": [(14, 14, 16), (24, 24, 26)],
    "white": [(240, 240, 242), (232, 234, 238)],
    "orange": [(240, 125, 15), (250, 140, 25)],
    "purple": [(125, 30, 175), (105, 25, 150), (140, 50, 190)],
    "pink": [(245, 125, 185), (250, 150, 200), (240, 90, 165)],
    "brown": [(110, 65, 30), (90, 50, 22)],
    "grey": [(125, 126, 128)],
    "gray": [(125, 126, 128)],
    "silver": [(185, 188, 194)],
    "gold": [(215, 165, 45), (225, 175, 55)],
    "turquoise": [(40, 200, 195)],
    "cyan": [(20, 205, 225)],
    "teal": [(10, 125, 125)],
    "magenta": [(215, 20, 160)],
    "violet": [(135, 65, 215)],
    "beige": [(222, 203, 165)],
    "lime": [(155, 225, 25)],
    "crimson": [(170, 10, 45)],
    "navy": [(15, 22, 80)],
}
MAIN = [
    "red",
    "blue",
    "green",
    "yellow",
    "black",
    "white",
    "orange",
    "purple",
    "pink",
    "silver",
    "gold",
    "brown",
    "grey",
]
NOUNS = (
    "car car car car car car car SUV truck van bus taxi sports_car race_car jeep boat ship sailboat swan bird dog cat "
    "horse camel elephant bear duck fish house train bicycle motorbike plane dress shirt person woman man dancer surfer "
    "kite ball flower statue toy robot chair bag hat"
).replace("_", " ")
NOUNS = [n.replace("sports", "sports car").replace("race", "race car") for n in NOUNS.split() if n != "car"] + [
    "car"
] * 14
OBJECT_FORMS = (
    ["a {c} {n}"] * 8
    + ["{c} {n}"] * 3
    + [
        "the {n} is {c}",
        "a bright {c} {n}",
        "a {n}, {c}",
        "a shiny {c} {n}",
        "a photo of a {c} {n}",
        "{c}",
        "painted {c}",
        "a {c} painted {n}",
    ]
)
MATERIALS = {
    "wood": ["a wooden {n}", "a {n} made of wood", "wood", "carved wood {n}"],
    "rust": ["a rusty {n}", "rusty {n}", "an old rusty {n}", "rust"],
    "gold": ["a shiny golden {n}, polished gold", "a {n} made of gold", "a golden {n}", "golden {n}", "a gold {n}"],
    "chrome": ["a {n} made of chrome", "a silver metal {n}", "a chrome {n}", "a metal {n}"],
    "stone": ["a {n} made of stone", "a stone {n}", "a {n} carved from rock"],
    "ice": ["a {n} made of ice", "an ice {n}", "a frozen {n}"],
    "fire": ["a {n} on fire", "a burning {n}", "a {n} made of fire", "lava {n}"],
    "jade": ["a {n} made of jade", "an emerald {n}"],
    "chocolate": ["a {n} made of chocolate", "a chocolate {n}"],
    "rainbow": ["a rainbow {n}", "a colorful {n}", "a rainbow coloured {n}"],
    "brick": ["a {n} made of bricks", "a brick {n}"],
    "leaves": ["a {n} covered with leaves", "a {n} made of grass", "a grassy {n}"],
    "snow": ["a {n} covered in snow", "a snowy {n}", "a {n} made of snow"],
    "zebra": ["a {n} with zebra stripes", "a striped black and white {n}"],
}
LOOKS = {
    "snow": [
        "a snowy winter day, snow covered ground and trees",
        "a snowy winter day, white snow",
        "white snow",
        "snow",
        "a snowy winter day",
        "winter",
        "winter, snow",
        "a {p} in the snow",
        "snowy {p}",
        "a {p} covered with snow",
        "heavy snow",
        "it is snowing",
        "a snowy landscape",
        "a winter {p}",
        "snowy winter scene",
        "deep snow, cold winter",
    ],
    "night": [
        "a city at night, dark blue sky, street lights",
        "a dark night sky",
        "night",
        "night, city lights",
        "a {p} at night",
        "dark night",
        "a city at night",
        "at night, street lights",
        "midnight",
        "a dark {p} at night with lights",
        "a starry night",
        "night scene",
        "moonlit night",
    ],
    "desert": [
        "a golden sand desert with dunes",
        "a desert with sand dunes, blue sky",
        "desert",
        "golden desert",
        "sand dunes",
        "a desert landscape",
        "a {p} in the desert",
        "sandy desert",
        "the sahara desert",
        "desert, sand",
        "a hot dry desert",
        "sand",
    ],
    "sunset": [
        "a sunset, orange and pink sky",
        "an orange sunset sky",
        "a {p} in the evening light",
        "sunset",
        "a {p} at sunset",
        "sunset, orange sky",
        "golden hour",
        "a beautiful sunset",
        "a red sunset sky",
        "at sunset",
        "sunrise",
        "dusk, orange and purple sky",
        "evening sun",
    ],
    "grass": [
        "a green meadow in spring, fresh grass and flowers",
        "green hills",
        "grass",
        "a green meadow",
        "green grass",
        "a {p} with green grass",
        "grass field",
        "a grassy field",
        "summer meadow",
        "spring meadow",
        "a field of grass under a blue sky",
        "lawn",
    ],
    "sea": [
        "the blue ocean, sea waves",
        "a stormy sea",
        "waves",
        "sea",
        "ocean",
        "the sea",
        "blue ocean water",
        "on the sea",
        "ocean waves",
        "a calm blue sea",
        "water",
        "the open sea",
        "a {p} flooded with blue water",
    ],
    "beach": ["beach", "a sandy beach", "a tropical beach", "beach, blue sky"],
    "autumn": [
        "an autumn forest, red and orange leaves",
        "an autumn forest, red and orange leaves",
        "autumn trees",
        "autumn",
        "fall leaves",
        "a {p} in autumn",
        "autumn leaves",
        "autumn forest, orange leaves",
        "autumn, red and yellow trees",
    ],
    "spring": [
        "cherry blossoms",
        "cherry blossoms",
        "spring",
        "spring, pink blossoms",
        "pink blossoms",
        "a {p} in spring, pink flowers",
        "spring blossom",
        "blossoming trees",
    ],
    "forest": [
        "forest",
        "jungle",
        "a green forest",
        "deep forest",
        "trees",
        "a tropical jungle",
        "a {p} in the forest",
    ],
    "rain": ["rain", "rain", "a rainy day", "a {p} in the rain", "rainy weather", "grey rainy day, wet", "heavy rain"],
    "fog": ["fog", "fog", "a foggy {p}", "mist", "foggy morning", "thick fog", "a {p} in the fog", "a misty {p}"],
    "storm": ["storm", "storm", "a stormy sky", "dark storm clouds", "thunderstorm", "a {p} in a storm"],
    "lava": ["lava", "volcano", "a volcano with lava", "hell", "fire and lava", "a {p} on fire"],
    "mars": ["mars", "red planet", "the surface of mars", "red desert"],
    "space": ["space", "outer space", "galaxy", "stars and galaxy"],
    "underwater": ["underwater", "under the sea", "underwater scene", "deep blue underwater"],
    "neon": ["cyberpunk city", "neon lights", "neon night", "a {p} with neon lights, cyberpunk"],
    "mountain": ["mountains", "a mountain landscape", "rocky mountains", "mountain, blue sky"],
    "ice": ["ice", "ice", "glacier", "frozen", "an icy landscape", "arctic ice", "a frozen {p}", "blue ice"],
    "sunny": ["a sunny day", "a sunny day", "sunny {p}", "summer day, blue sky", "a bright sunny day", "summer", "sunshine"],
    "cloudy": ["a cloudy day", "cloudy sky", "overcast {p}"],
}
STYLES = {
    "sketch": ["a pencil sketch", "a pencil sketch", "sketch", "a pencil drawing of a {p}", "line drawing", "a drawing, pencil on paper"],
    "watercolor": ["watercolor painting", "a watercolor painting of a {p}", "watercolor"],
    "bw": ["black and white photo", "black and white photo", "a black and white photo of a {p}", "black and white", "monochrome"],
    "sepia": ["an old sepia photo", "an old sepia photo", "sepia", "a sepia photo of a {p}", "vintage photo", "sepia tone"],
    "cartoon": ["cartoon", "comic style", "a cartoon of a {p}", "anime"],
    "oil": ["oil painting", "an oil painting of a {p}", "impressionist painting"],
}
LOOK_WEIGHTS = {"snow": 9, "night": 7, "desert": 8, "sunset": 8, "grass": 7, "sea": 7, "autumn": 7} | dict.fromkeys(
    ("spring", "rain", "fog", "storm", "ice", "sunny", "sketch", "bw", "sepia"), 7
)
"""How often a look or style is drawn; 2 where it is not named."""

DRAWN_LOOKS = ("night", "rain", "snow", "beach", "desert", "grass", "underwater", "space")
"""Looks that are only ever drawn: photographs of their kind are too unlike each other, or leave dark stains where everything is pale."""

STYLE_SHARE = 0.25
"""Of the scenes: drawn as a style instead of a look."""


def read(path):
    """RGB(A) picture in 0..1, or None."""
    im = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if im is None or im.ndim != 3:
        return None
    if im.dtype == np.uint16:
        im = (im // 257).astype(np.uint8)
    im = im.astype(np.float32) / 255.0
    return np.concatenate([im[:, :, 2::-1], im[:, :, 3:]], 2)


def article(text):
    return re.sub(r"\b([aA]) (?=[aeiouAEIOU]|SUV)", r"\1n ", text)


class Sources:
    """Paths of all pictures by kind, read once; what is small is kept in memory."""

    def __init__(self, photos, captions, debian="/usr/share", cache=None, held=None):
        """held: None for every source, False for the nineteen in twenty to train on, True for the others."""
        mine = lambda path: held is None or (zlib.crc32(os.path.basename(path).encode()) % 20 == 0) == held
        self.captions = defaultdict(list)
        with gzip.open(captions, "rt", encoding="utf-8") as lines:
            for line in lines:
                stem, text = line.rstrip("\n").split("\t", 1)
                text = re.sub(r"\s+([.,!?'])", r"\1", text.strip().lower()).strip(' ."')
                self.captions[stem].append(text)
        path = lambda stem: os.path.join(photos, stem + ".webp")
        self.flickr = sorted(s for s in self.captions if os.path.exists(path(s)) and mine(path(s)))
        self.path = path
        self.scenes = {
            os.path.basename(d): sorted(filter(mine, glob.glob(d + "/*"))) for d in sorted(glob.glob(photos + "/scene/*"))
        }
        self.sky = sorted(filter(mine, glob.glob(photos + "/weather/*")))
        having = lambda words, least: [
            path(s)
            for s in self.flickr
            if sum(any(re.search(r"\b" + w, c) for w in words) for c in self.captions[s]) >= least
        ]
        self.real = {
            "snow": having(["snow", "ski"], 3),
            "ice": self.scenes["glacier"],
            "night": having(["at night", "night"], 1),
            "grass": having(["grass", "lawn", "meadow"], 3),
            "sea": self.scenes["sea"] + having(["ocean", "waves", "surf"], 3),
            "beach": having(["beach", "sand"], 3),
            "desert": having(["desert", "dune", "sand"], 2),
            "forest": self.scenes["forest"],
            "mountain": self.scenes["mountain"],
            "sunset": [p for p in self.sky if "sunrise" in p] + having(["sunset", "sunrise"], 1),
            "rain": [p for p in self.sky if "rain" in p],
            "cloudy": [p for p in self.sky if "cloudy" in p],
            "sunny": [p for p in self.sky if "shine" in p],
        }
        outdoor = having(
            [
                "street",
                "park",
                "road",
                "city",
                "field",
                "outside",
                "sidewalk",
                "track",
                "river",
                "building",
                "car",
                "bike",
            ],
            1,
        )
        self.grounds = (
            self.scenes["street"] * 2
            + self.scenes["buildings"]
            + outdoor * 2
            + self.scenes["mountain"][::3]
            + self.scenes["forest"][::3]
            + self.scenes["sea"][::3]
        )
        stk = debian + "/games/supertuxkart/data"
        tex = lambda *names: sorted(
            {
                p
                for n in names
                for e in ("jpg", "png")
                for p in glob.glob("%s/**/*%s*.%s" % (stk, n, e), recursive=True)
                if not re.search(r"_nm|normal|gloss|nrm|alpha|pbr|sshot|screenshot|post|lodge|bridge", p, re.I)
            }
        )
        self.material = {
            "wood": tex("wood"),
            "rust": tex("rust"),
            "stone": tex("stone", "rock_gr"),
            "brick": tex("brick"),
            "leaves": tex("grass", "leaves"),
            "snow": tex("snow"),
            "fire": tex("lava"),
            "ice": tex("ice0", "ice_"),
        }
        self.cutouts = []
        for pattern in ("/tuxpaint/stamps/**/*.png",):
            for p in sorted(glob.glob(debian + pattern, recursive=True)):
                text = p[:-4] + ".txt"
                word = (
                    open(text, encoding="utf-8", errors="replace").readline().strip().lower().rstrip(".")
                    if os.path.exists(text)
                    else None
                )
                self.cutouts.append((p, word, 3 if "/vehicles/" in p else 1))
        for kind in ("transportation", "animals", "food", "plants", "household", "buildings"):
            for p in sorted(glob.glob(debian + "/openclipart/png/%s/**/*.png" % kind, recursive=True)):
                if not re.search("sign|symbol|aiga|pass_|no_|ahead|lane|roadsign|map", p):
                    self.cutouts.append((p, None, 2 if kind == "transportation" else 1))
        if cache:
            self.rasterise(debian, cache)
        kept = os.path.join(cache, "cutouts.pickle") if cache else None
        if kept and os.path.exists(kept):
            with open(kept, "rb") as file:
                self.objects = pickle.load(file)
        else:
            self.objects = self.load_cutouts()
            if kept:
                with open(kept, "wb") as file:
                    pickle.dump(self.objects, file)
        self.objects = [o for o in self.objects if held is None or (zlib.crc32(o[0].tobytes()) % 20 == 0) == held]
        self.memory = {}

    def rasterise(self, debian, cache):
        os.makedirs(cache, exist_ok=True)
        for p in sorted(glob.glob(debian + "/tuxpaint/stamps/**/*.svg", recursive=True)):
            out = os.path.join(cache, os.path.basename(p)[:-4] + ".png")
            if not os.path.exists(out):
                subprocess.run(
                    ["rsvg-convert", "-w", "256", "-h", "256", "-a", p, "-o", out], capture_output=True, check=False
                )
            text = p[:-4] + ".txt"
            if os.path.exists(out) and os.path.exists(text):
                word = open(text, encoding="utf-8", errors="replace").readline().strip().lower().rstrip(".")
                self.cutouts.append((out, word, 3 if "/vehicles/" in p else 1))

    def load_cutouts(self):
        out = []
        for p, word, weight in self.cutouts:
            im = read(p)
            if im is None or im.shape[2] != 4:
                continue
            a = im[:, :, 3] > 0.5
            if a.mean() < 0.05 or a.mean() > 0.97:
                continue
            ys, xs = np.where(a)
            im = im[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
            k = 140.0 / max(im.shape[:2])
            if k < 1:
                im = cv2.resize(im, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
            if min(im.shape[:2]) >= 24:
                out += [((im * 255).astype(np.uint8), word)] * weight
        return out

    def load(self, path):
        got = self.memory.get(path)
        if got is None:
            im = read(path)
            if im is None:
                return None
            im = im[:, :, :3]
            if max(im.shape[:2]) > 256:
                k = 256.0 / max(im.shape[:2])
                im = cv2.resize(im, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
            got = self.memory[path] = (im * 255).astype(np.uint8)
        return got.astype(np.float32) / 255.0


class Painter:
    """Makes the pairs; everything random comes from one generator."""

    def __init__(self, sources, size, seed):
        self.s, self.n, self.r = sources, size, np.random.default_rng(seed)
        yy, xx = np.mgrid[0:size, 0:size].astype(np.float32) / size
        self.yy, self.xx = yy, xx

    def pick(self, items):
        return items[int(self.r.integers(len(items)))]

    def weighted(self, table):
        keys = list(table)
        w = np.array([LOOK_WEIGHTS.get(k, 2) for k in keys], np.float64)
        return keys[int(self.r.choice(len(keys), p=w / w.sum()))]

    def photo(self, paths, least=0.7):
        """A random crop of a random photograph, mirrored half of the time."""
        im = None
        while im is None:
            im = self.s.load(self.pick(paths))
            im = None if im is None or min(im.shape[:2]) < 24 else im
        h, w = im.shape[:2]
        k = self.r.uniform(least, 1.0)
        ch, cw = max(8, int(h * k)), max(8, int(w * k))
        y, x = self.r.integers(0, h - ch + 1), self.r.integers(0, w - cw + 1)
        im = cv2.resize(im[y : y + ch, x : x + cw], (self.n, self.n), interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(im[:, ::-1] if self.r.random() < 0.5 else im)

    def noise(self, sigma):
        """Smooth noise, mean 0, standard deviation 1; sigma is a share of the side."""
        m = max(2, int(round(1.0 / sigma)))
        z = cv2.resize(
            self.r.standard_normal((m, m)).astype(np.float32), (self.n, self.n), interpolation=cv2.INTER_CUBIC
        )
        return (z - z.mean()) / (z.std() + 1e-6)

    def blur(self, im, share):
        return cv2.GaussianBlur(im, (0, 0), max(0.3, share * self.n))

    def thresholds(self):
        """Of Canny; mostly the product's 100/200."""
        low = 100.0 if self.r.random() < 0.55 else self.r.uniform(40, 160)
        return low, 2 * low if self.r.random() < 0.8 else low * self.r.uniform(1.5, 3)

    def colour(self):
        name = (
            self.pick(MAIN[:6])
            if self.r.random() < 0.35
            else self.pick(MAIN) if self.r.random() < 0.75 else self.pick(list(COLOURS))
        )
        rgb = np.array(self.pick(COLOURS[name]), np.float32) / 255.0
        return name, np.clip(rgb * self.r.uniform(0.88, 1.1) + self.r.normal(0, 0.015, 3), 0, 1).astype(np.float32)

    def shade(self, light, rgb):
        """Light (0..1, mean about one half) laid over a colour: dark below the middle, towards white above."""
        peak = self.r.uniform(0.25, 0.75)
        low = np.clip(light / 0.5, 0, 1)[..., None]
        high = np.clip((light - 0.55) / 0.45, 0, 1)[..., None] ** 1.5
        c = rgb[None, None] * (0.12 + 0.88 * low) if rgb.ndim == 1 else rgb * (0.12 + 0.88 * low)
        return c + (1 - c) * high * peak

    def light(self, im, mask):
        """Luminance of the object, its mean moved to a little under one half and its spread to a usual one."""
        l = im @ np.array([0.299, 0.587, 0.114], np.float32)
        m = mask > 0.5
        if m.sum() < 20:
            m = np.ones_like(m)
        mean, std = l[m].mean(), l[m].std() + 0.04
        spread = self.r.uniform(0.10, 0.2)
        return np.clip((l - mean) * min(2.5, spread / std) + self.r.uniform(0.42, 0.54), 0, 1)

    def cutout(self):
        """An object [n, n, 4] placed somewhere, and its word if any; or a photograph cut by its outline."""
        im, word = self.pick(self.s.objects)
        im = im.astype(np.float32) / 255.0
        if self.r.random() < 0.5:
            im = im[:, ::-1]
        n = self.n
        k = self.r.uniform(0.55, 1.02) * n / max(im.shape[:2])
        squash = self.r.uniform(0.85, 1.2)
        h, w = min(n, max(6, int(im.shape[0] * k * squash))), min(n, max(6, int(im.shape[1] * k)))
        im = im.copy()
        im[:, :, :3] *= im[:, :, 3:]
        im = cv2.resize(im, (w, h), interpolation=cv2.INTER_AREA)
        im[:, :, :3] /= np.maximum(im[:, :, 3:], 1e-3)
        out = np.zeros((n, n, 4), np.float32)
        y, x = self.r.integers(0, n - h + 1), self.r.integers(0, n - w + 1)
        out[y : y + h, x : x + w] = np.clip(im, 0, 1)
        if self.r.random() < 0.45:
            out[:, :, :3] = self.photo(
                self.s.grounds if self.r.random() < 0.5 else [self.s.path(f) for f in [self.pick(self.s.flickr)]], 0.3
            )
            word = None
        return out, word

    def texture(self, kind, like):
        if kind == "gold":
            return self.shade(np.clip((like - 0.5) * 1.8 + 0.45, 0, 1), np.array([0.85, 0.63, 0.16], np.float32))
        if kind == "chrome":
            return np.repeat(np.clip((like - 0.5) * 2.4 + 0.55, 0.05, 1)[..., None], 3, 2) * np.array(
                [0.95, 0.97, 1.0], np.float32
            )
        if kind == "jade":
            return self.shade(like, np.array([0.1, 0.6, 0.38], np.float32))
        if kind == "chocolate":
            return self.shade(like, np.array([0.32, 0.16, 0.07], np.float32))
        if kind == "rainbow":
            hue = (self.xx * self.r.uniform(0.6, 1.5) + self.yy * self.r.uniform(-0.7, 0.7) + self.r.random()) % 1.0
            hsv = np.stack([hue * 360, np.full_like(hue, 0.9), np.full_like(hue, 0.95)], 2)
            return self.shade(like, cv2.cvtColor(hsv.astype(np.float32), cv2.COLOR_HSV2RGB))
        if kind == "zebra":
            z = np.sin((self.xx * self.r.uniform(8, 16) + 0.08 * self.noise(0.2)) * 6.28)
            return self.shade(like, np.repeat(np.where(z > 0, 0.93, 0.06).astype(np.float32)[..., None], 3, 2))
        tint = {
            "wood": (0.52, 0.31, 0.15),
            "rust": (0.55, 0.26, 0.1),
            "stone": (0.5, 0.49, 0.46),
            "ice": (0.68, 0.87, 0.97),
            "fire": (0.95, 0.4, 0.05),
            "brick": (0.6, 0.27, 0.2),
            "leaves": (0.2, 0.45, 0.12),
            "snow": (0.93, 0.95, 0.99),
        }[kind]
        base = np.array(tint, np.float32)[None, None] * np.ones((self.n, self.n, 1), np.float32)
        if self.s.material.get(kind):
            t = self.photo(self.s.material[kind], 0.4)
            mean = t.mean((0, 1))
            base = np.clip(base + (t - mean) * 0.8, 0, 1)
        if kind in ("rust", "fire"):
            base = np.clip(base * (1 + 0.35 * self.noise(0.12)[..., None]), 0, 1)
        return self.shade(np.clip(like, 0.2, 0.8), base)

    def plain(self):
        u = self.r.random()
        if u < 0.78:
            return np.zeros((self.n, self.n, 3), np.float32), ""
        if u < 0.9:
            return np.full((self.n, self.n, 3), self.r.uniform(0.3, 1), np.float32), ""
        return np.ones((self.n, self.n, 3), np.float32) * self.r.uniform(0, 1, 3).astype(np.float32), ""

    def object(self):
        cut, word = self.cutout()
        a = cut[:, :, 3]
        like = self.light(cut[:, :, :3], a)
        noun = word if word and self.r.random() < 0.5 and len(word) < 40 else self.pick(NOUNS)
        noun = re.sub(r"^(a|an|the) ", "", noun)
        u = self.r.random()
        if u < 0.13 and word:
            body, caption = cut[:, :, :3], word
        elif u < 0.33:
            kind = self.pick(list(MATERIALS))
            body, caption = self.texture(kind, like), self.pick(MATERIALS[kind]).format(n=noun)
        else:
            name, rgb = self.colour()
            if name == "white":
                like = np.clip(like * 0.9 + 0.1, 0, 1)
            body = self.shade(like, rgb)
            if self.r.random() < 0.35:
                dark = np.clip((0.3 - cut[:, :, :3].max(2)) / 0.15, 0, 1)[..., None]
                body = body * (1 - dark) + cut[:, :, :3] * dark
            noun = re.sub(r"\b(%s)\b ?" % "|".join(COLOURS), "", noun).strip() or "car"
            caption = self.pick(OBJECT_FORMS).format(c=name, n=noun)
        ground, extra = self.plain()
        if self.r.random() < 0.2:
            ground = self.photo(self.s.grounds)
            if self.r.random() < 0.4:
                look = self.weighted(LOOKS)
                ground = self.look(ground, look)
                caption += ", " + self.pick(LOOKS[look]).format(p="street")
        a = a[..., None]
        picture, source = ground * (1 - a) + body * a, ground * (1 - a) + cut[:, :, :3] * a
        return picture, source if self.r.random() < 0.75 else picture, article(caption)

    def zones(self, im):
        """Soft masks of sky and ground: above and below a random horizon, kept off what is full of edges."""
        g = im.mean(2)
        busy = self.blur(np.abs(cv2.Laplacian(g, cv2.CV_32F)), 0.03)
        smooth = np.clip(1.3 - busy / (busy.mean() + 1e-3) * 0.6, 0, 1)
        horizon = self.r.uniform(0.3, 0.6) + 0.03 * self.noise(0.2)
        bright = np.clip(self.blur(g, 0.03) * 2 - 0.4, 0.15, 1)
        sky = np.clip((horizon - self.yy) / 0.1, 0, 1) * np.maximum(
            smooth * bright, np.clip((0.12 - self.yy) / 0.1, 0, 0.6)
        )
        below = self.r.uniform(0.0, 0.12)
        ground = np.clip((self.yy - horizon - below) / 0.12, 0, 1) * (0.45 + 0.55 * smooth)
        return sky[..., None], ground[..., None]

    def above(self, y, soft, most):
        """A mask of what is taken for sky wherever the scene has its own: the part above y, growing to most within soft."""
        return np.clip((y - self.yy) / soft, 0, most)[..., None]

    def toned(self, im, rgb, contrast=0.8):
        """The picture's own light and shade in one colour."""
        g = im.mean(2)
        g = np.clip(0.5 + (g - self.blur(g, 0.15)) * contrast + (g - g.mean()) * 0.25, 0, 1)
        return self.shade(g, np.asarray(rgb, np.float32))

    def ramp(self, top, bottom, power=1.0):
        k = (self.yy / 0.6).clip(0, 1)[..., None] ** power
        return np.asarray(top, np.float32) * (1 - k) + np.asarray(bottom, np.float32) * k

    def saturate(self, im, k):
        g = im.mean(2, keepdims=True)
        return np.clip(g + (im - g) * k, 0, 1)

    def lights(self, im, count, colours, strength):
        out = im.copy()
        g = self.blur(im.mean(2), 0.01)
        for _ in range(count):
            tries = self.r.random((4, 2))
            y, x = max(tries, key=lambda p: g[int(p[0] * self.n * 0.9), int(p[1] * self.n) % self.n])
            y *= 0.9
            d2 = (self.xx - x) ** 2 + (self.yy - y) ** 2
            s = self.r.uniform(0.008, 0.02)
            glow = np.exp(-d2 / (2 * s * s)) + 0.35 * np.exp(-d2 / (2 * (5 * s) ** 2))
            out += strength * glow[..., None] * np.asarray(self.pick(colours), np.float32)
        return np.clip(out, 0, 1)

    def ripples(self, k=1.0):
        wave = np.sin((self.yy**0.8 * self.r.uniform(14, 30) + 0.25 * self.noise(0.12)) * 6.28)
        return (0.09 * k * wave)[..., None]

    def look(self, im, kind):
        """The scene im as another place, season or time of day."""
        real = self.s.real.get(kind)
        if real and kind not in DRAWN_LOOKS and self.r.random() < (0.5 if kind == "cloudy" else 0.15):
            return self.like_photo(im, self.photo(real, 0.75))
        return self.drawn_look(im, kind)

    def like_photo(self, im, other):
        """The other photograph's large forms and colours with this one's detail, more or less strongly."""
        share = self.r.uniform(0.015, 0.05)
        g, o = im.mean(2, keepdims=True), other.mean(2, keepdims=True)
        detail = g - self.blur(g, 0.06)[..., None]
        low = self.blur(other, share)
        rest = (other - low) * self.r.uniform(0.2, 0.9)
        k = self.r.uniform(0.5, 1.0) * min(1.6, (0.05 + (o - o.mean()).std()) / (detail.std() + 0.02))
        return np.clip(self.saturate(low + rest, 1.15) + detail * k, 0, 1)

    def drawn_look(self, im, kind):
        r = self.r
        sky, ground = self.zones(im)
        f = r.uniform(0.75, 1.0)
        grey = im.mean(2, keepdims=True)
        if kind == "snow":
            out = self.saturate(im, r.uniform(0.1, 0.35)) * r.uniform(0.55, 0.8) + 0.2
            out = out * (1 - sky) + self.ramp((0.74, 0.8, 0.88), (0.9, 0.93, 0.96)) * sky
            white = np.clip(0.78 + (grey - self.blur(grey[..., 0], 0.12)[..., None]) * 0.9, 0, 1)
            white = np.array([0.55, 0.64, 0.78], np.float32) * (1 - white) + np.array([0.99, 1.0, 1.0], np.float32) * white
            cover = np.clip(ground * 1.3, 0, 1) * r.uniform(0.88, 1.0)
            out = out * (1 - cover) + white * cover
            up = np.clip(cv2.Sobel(self.blur(grey[..., 0], 0.008), cv2.CV_32F, 0, 1) * -1.6, 0, 0.9)[..., None]
            out = out * (1 - up) + np.array([0.95, 0.97, 1.0], np.float32) * up
            out = np.clip(out + self.noise(0.3)[..., None] * 0.03 * (1 - sky), 0, 1)
            if r.random() < 0.4:
                flakes = self.blur((r.random((self.n, self.n)) > 0.985).astype(np.float32), 0.006)
                out = np.clip(out + flakes[..., None] * 3, 0, 1)
            return out * np.array([0.96, 0.99, 1.02], np.float32)
        if kind in ("night", "neon"):
            tint = np.array(self.pick([(0.4, 0.52, 0.85), (0.3, 0.42, 0.75), (0.45, 0.5, 0.65)]), np.float32)
            out = (0.4 * im + 0.6 * grey) * tint * r.uniform(0.22, 0.5)
            out = out * (1 - sky) + self.ramp((0.01, 0.015, 0.06), (0.05, 0.07, 0.18)) * sky
            if kind == "neon":
                out = out * np.array([1.1, 0.7, 1.3], np.float32) + ground * 0.08 * np.array(
                    [0.9, 0.1, 0.8], np.float32
                )
                return self.lights(out, int(r.integers(8, 20)), [(1, 0.1, 0.8), (0.1, 0.9, 1), (0.6, 0.2, 1)], 0.9)
            if r.random() < 0.35:
                out = np.clip(out + (r.random((self.n, self.n)) > 0.99)[..., None] * sky * 0.8, 0, 1)
            return self.lights(out, int(r.integers(3, 16)), [(1, 0.8, 0.4), (1, 0.7, 0.3), (1, 0.9, 0.7)], 0.8)
        if kind in ("desert", "mars", "beach"):
            sand = {"desert": (0.93, 0.69, 0.3), "mars": (0.72, 0.33, 0.16), "beach": (0.88, 0.78, 0.58)}[kind]
            hues = np.asarray(sand, np.float32) * r.uniform(0.92, 1.06)
            top, low = {
                "desert": ((0.25, 0.55, 0.95), (0.75, 0.85, 0.92)),
                "mars": ((0.55, 0.32, 0.2), (0.85, 0.62, 0.45)),
                "beach": ((0.2, 0.55, 0.92), (0.65, 0.85, 0.95)),
            }[kind]
            warm = self.toned(im, hues, 0.9)
            mix = r.uniform(0.55, 0.9)
            out = warm * mix + np.clip(im * np.array([1.05, 0.9, 0.65], np.float32), 0, 1) * (1 - mix)
            out = np.clip(out + self.ripples(0.5) * ground, 0, 1)
            out = (
                out * (1 - ground * f)
                + np.clip(self.toned(im, hues * 1.05, 0.5) + self.ripples(0.4), 0, 1) * ground * f
            )
            if kind == "beach":
                shore = r.uniform(0.42, 0.6) + 0.02 * self.noise(0.2)
                band = (np.clip((self.yy - 0.3) / 0.05, 0, 1) * np.clip((shore - self.yy) / 0.03, 0, 1))[..., None] * r.uniform(0.7, 1.0)
                water = np.clip(self.toned(im, (0.12, 0.62, 0.72), 0.6) + self.ripples(0.6), 0, 1)
                out = out * (1 - band) + water * band
                foam = np.exp(-(((self.yy - shore) / 0.012) ** 2))[..., None] * 0.6
                out = np.clip(out + foam, 0, 1)
            sky = np.maximum(sky, self.above(0.28, 0.1, 0.85))
            return out * (1 - sky) + self.ramp(top, low) * sky
        if kind == "sunset":
            top, low = self.pick(
                [
                    ((0.36, 0.24, 0.5), (1, 0.58, 0.18)),
                    ((0.8, 0.4, 0.38), (1, 0.78, 0.32)),
                    ((0.2, 0.24, 0.5), (0.98, 0.5, 0.22)),
                    ((0.95, 0.5, 0.15), (1, 0.8, 0.4)),
                ]
            )
            light = np.array([1.0, 0.79, 0.55], np.float32) * r.uniform(0.5, 0.95)
            out = np.clip((0.55 * im + 0.45 * grey) * light, 0, 1)
            haze = (np.exp(-(((self.yy - 0.4) / 0.2) ** 2)) * r.uniform(0.1, 0.4))[..., None]
            out = out * (1 - haze) + np.asarray(low, np.float32) * haze
            sky = np.clip(sky * 1.8, 0, 1)
            out = out * (1 - sky) + self.ramp(top, low, 0.8) * sky
            x, y, s = r.uniform(0.1, 0.9), r.uniform(0.2, 0.5), r.uniform(0.025, 0.06)
            d2 = (self.xx - x) ** 2 + (self.yy - y) ** 2
            sun = (np.exp(-d2 / (2 * s * s)) * 0.8 + 0.4 * np.exp(-d2 / (2 * (5 * s) ** 2)))[..., None]
            sun = sun * (0.3 + 0.7 * sky)
            rays = np.exp(-((self.xx - x) ** 2) / (2 * (3 * s) ** 2))[..., None] * ground * r.uniform(0, 0.25)
            return np.clip(out + (sun + rays) * np.array([1, 0.72, 0.35], np.float32), 0, 1)
        if kind in ("grass", "forest"):
            green = np.array(self.pick([(0.25, 0.58, 0.12), (0.32, 0.62, 0.16), (0.2, 0.5, 0.1)]), np.float32) * (
                1 if kind == "grass" else 0.7
            )
            rough = (
                1
                + 0.16 * self.r.standard_normal((self.n, self.n, 1)).astype(np.float32)
                + 0.1 * self.noise(0.08)[..., None]
            )
            out = self.saturate(im, 0.8) * 0.6 + self.toned(im, green, 0.9) * 0.4
            if kind == "forest":
                leaf, bark = (self.toned(im, hue, 1.2) for hue in (green * 1.15, np.array([0.3, 0.24, 0.13], np.float32)))
                wood = np.clip(0.25 + 0.9 * self.noise(0.07), 0, 0.8)[..., None]
                out = (leaf * (1 - wood) + bark * wood) * 0.85 + out * 0.15
                sun = np.clip(self.noise(0.1) - 0.4, 0, 1)[..., None] * np.array([0.35, 0.4, 0.1], np.float32)
                out = np.clip(out * (1 + 0.3 * self.noise(0.06)[..., None]) + sun, 0, 1)
            lawn = np.clip(self.toned(im, green, 0.6) * rough, 0, 1)
            if kind == "grass":
                sky = np.maximum(sky, self.above(0.28, 0.1, 0.85))
            out = out * (1 - ground * f) + lawn * ground * f
            return (
                out * (1 - sky)
                + (
                    self.ramp((0.3, 0.58, 0.95), (0.75, 0.88, 1.0))
                    if kind == "grass"
                    else self.ramp((0.15, 0.35, 0.1), (0.5, 0.65, 0.35))
                )
                * sky
            )
        if kind in ("sea", "underwater"):
            blue = np.array(self.pick([(0.05, 0.32, 0.6), (0.05, 0.42, 0.62), (0.08, 0.25, 0.5)]), np.float32)
            water = np.clip(self.toned(im, blue, 0.6) + self.ripples(), 0, 1)
            out = water * 0.6 + im * np.array([0.6, 0.85, 1.0], np.float32) * 0.4
            if kind == "underwater":
                deep = np.clip(self.yy * r.uniform(0.9, 1.3), 0, 1)[..., None]
                teal = np.array(self.pick([(0.08, 0.55, 0.6), (0.05, 0.5, 0.66), (0.1, 0.6, 0.58)]), np.float32)
                out = self.toned(im, teal, 0.9) * (1.15 - 0.65 * deep) + np.array([0.3, 0.4, 0.35], np.float32) * np.clip(0.35 - self.yy, 0, 1)[..., None]
                lean = self.xx + self.yy * r.uniform(-0.5, 0.5)
                rays = np.clip(np.sin(lean * r.uniform(14, 26) + 2 * self.noise(0.3)), 0, 1)[..., None] * (1 - deep)
                return np.clip(out + 0.16 * rays * np.array([0.7, 1.0, 0.95], np.float32), 0, 1)
            out = out * (1 - ground * f) + water * ground * f
            return out * (1 - sky) + self.ramp((0.35, 0.65, 0.95), (0.8, 0.9, 0.97)) * sky
        if kind == "autumn":
            leaves = [(0.93, 0.45, 0.05), (0.8, 0.16, 0.05), (0.95, 0.68, 0.1), (0.6, 0.3, 0.08)]
            return self.foliage(im, leaves, 0.92, ((0.55, 0.66, 0.78), (0.82, 0.84, 0.84)), sky)
        if kind == "spring":
            fresh = self.saturate(self.toned(im, (0.6, 0.85, 0.35), 0.9), 0.95) * 0.75 + im * 0.25
            bloom = np.clip(self.noise(r.uniform(0.06, 0.14)) * 1.4 + (0.55 - self.yy) * 1.6 + 0.5, 0, 1)[..., None]
            pinks = [(0.99, 0.72, 0.83), (0.97, 0.58, 0.75), (1.0, 0.87, 0.92)]
            out = self.foliage(im, pinks, 0.95, ((0.62, 0.82, 0.98), (0.9, 0.94, 0.98)), sky * 0.6)
            return np.clip(fresh * (1 - bloom) + out * bloom, 0, 1)
        if kind == "cloudy":
            out = self.saturate(im, 0.35) * 0.72 * np.array([0.92, 0.98, 1.06], np.float32) + 0.1
            cloud = np.clip(0.62 + 0.1 * self.noise(0.2), 0, 1)[..., None] * np.array([0.95, 0.98, 1.05], np.float32)
            return np.clip(out * (1 - sky) + cloud * sky, 0, 1)
        if kind == "fog":
            veil = np.clip(r.uniform(0.9, 1.1) - 0.55 * self.yy + 0.05 * self.noise(0.25), 0.45, 0.95)[..., None]
            pale = np.array(self.pick([(0.79, 0.8, 0.79), (0.76, 0.77, 0.78), (0.81, 0.81, 0.79)]), np.float32)
            return np.clip((self.saturate(im, 0.3) * 0.6 + 0.15) * (1 - veil) + pale * veil, 0, 1)
        if kind == "storm":
            slate = self.toned(im, (0.2, 0.27, 0.36), 1.2) * r.uniform(0.75, 1.0)
            heavy = np.clip(0.24 + 0.1 * self.noise(0.12) + 0.06 * self.noise(0.3), 0.04, 0.6)[..., None]
            cloud = heavy * np.array([0.85, 1.0, 1.2], np.float32)
            gap = (np.exp(-(((self.yy - 0.45) / 0.06) ** 2)) * r.uniform(0.1, 0.4))[..., None]
            above = np.maximum(sky, self.above(0.35, 0.15, 0.85))
            out = slate * (1 - above) + cloud * above
            out = np.clip(out * (1 - gap) + np.array([0.5, 0.58, 0.62], np.float32) * gap, 0, 1)
            return self.lightning(out) if r.random() < 0.3 else out
        if kind == "rain":
            out = self.toned(im, (0.42, 0.5, 0.57), 0.8) * 0.8 + self.saturate(im, 0.3) * 0.2
            out = out * (1 - sky) + self.ramp((0.46, 0.51, 0.56), (0.58, 0.63, 0.67)) * sky
            streak = (r.random((self.n, self.n)) > 0.985).astype(np.float32)
            streak = cv2.blur(streak, (1, max(5, self.n // 6))) + 0.5 * cv2.blur(streak, (3, max(5, self.n // 5)))
            return np.clip(out + streak[..., None] * 1.6 - 0.03, 0, 1)
        if kind == "lava":
            out = self.saturate(im, 0.2) * np.array([0.4, 0.2, 0.15], np.float32)
            heat = np.clip(self.noise(0.12) * 1.5, 0, 1)[..., None] * np.clip(ground + 0.25, 0, 1)
            out = out * (1 - heat) + self.toned(im, (1.0, 0.4, 0.05), 0.8) * heat
            return out * (1 - sky) + self.ramp((0.12, 0.02, 0.02), (0.5, 0.12, 0.03)) * sky
        if kind == "space":
            out = np.array([0.01, 0.012, 0.04], np.float32) + self.toned(im, (0.2, 0.22, 0.42), 0.9) * r.uniform(0.15, 0.35)
            for _ in range(int(r.integers(1, 3))):
                cloud = np.clip(self.noise(r.uniform(0.15, 0.3)) * 0.45 - 0.1, 0, 0.7)[..., None]
                out = out + cloud * np.array(self.pick([(0.6, 0.12, 0.6), (0.25, 0.2, 0.85), (0.75, 0.25, 0.4), (0.1, 0.4, 0.7)]), np.float32)
            stars = (r.random((self.n, self.n)) > 0.985) * r.uniform(0.3, 1, (self.n, self.n))
            return np.clip(out + self.blur(stars.astype(np.float32), 0.004)[..., None] * 2.5, 0, 1)
        if kind == "ice":
            crack = np.clip(1 - np.abs(self.noise(0.1)) * 9, 0, 1)[..., None] * 0.35
            out = self.toned(im, (0.5, 0.87, 0.97), 1.1)
            out = out * (1 - sky) + self.ramp((0.7, 0.92, 1.0), (0.92, 0.99, 1.0)) * sky
            return np.clip(out + crack, 0, 1)
        if kind == "mountain":
            rock = self.toned(im, (0.45, 0.43, 0.42), 1.3)
            line = r.uniform(0.28, 0.42) + 0.06 * self.noise(0.1)
            cap = np.clip((line - self.yy) / 0.1, 0, 1)[..., None] * np.clip(0.9 + (grey - self.blur(grey[..., 0], 0.1)[..., None]) * 2, 0, 1)
            out = rock * (1 - 0.85 * cap) + np.array([0.94, 0.96, 1.0], np.float32) * 0.85 * cap
            out = out * (1 - ground) + self.toned(im, (0.3, 0.45, 0.18), 1.0) * ground
            sky = np.maximum(sky, self.above(0.12, 0.1, 0.9))
            return out * (1 - sky) + self.ramp((0.2, 0.48, 0.9), (0.75, 0.87, 0.97)) * sky
        light = np.clip((grey - 0.5) * 1.25 + 0.58, 0, 1)
        out = np.clip(light + (im - grey) * 1.6, 0, 1) * np.array([1.1, 1.03, 0.85], np.float32)
        lawn = self.toned(im, (0.45, 0.68, 0.2), 0.9)
        out = out * (1 - 0.6 * ground) + lawn * 0.6 * ground + np.array([0.1, 0.07, 0.0], np.float32) * (1 - sky)
        above = np.maximum(sky, self.above(0.22, 0.12, 0.9))
        out = out * (1 - above) + self.ramp((0.08, 0.45, 0.98), (0.5, 0.8, 1.0)) * above
        x, y, s = r.uniform(0.1, 0.9), r.uniform(0.05, 0.2), r.uniform(0.04, 0.07)
        sun = np.exp(-((self.xx - x) ** 2 + (self.yy - y) ** 2) / (2 * s * s))[..., None]
        return np.clip(out + sun * np.array([1.0, 0.9, 0.4], np.float32), 0, 1)

    def foliage(self, im, leaves, most, sky_ramp, sky):
        """The scene in patches of leaf colours, lit as it is, under a sky."""
        out = np.zeros_like(im)
        total = np.full((self.n, self.n, 1), 1e-3, np.float32)
        for leaf in leaves:
            share = np.clip(self.noise(self.r.uniform(0.05, 0.12)) + 0.2, 0.05, 1)[..., None]
            out, total = out + share * self.toned(im, leaf, 1.2), total + share
        k = np.clip(most + 0.15 * self.noise(0.15), 0, 1)[..., None]
        out = out / total * k + self.saturate(im, 0.8) * (1 - k)
        return out * (1 - sky) + self.ramp(*sky_ramp) * sky

    def lightning(self, im):
        """A jagged pale line from the top."""
        y = np.linspace(0, self.r.uniform(0.3, 0.55), 12)
        x = self.r.uniform(0.15, 0.85) + np.cumsum(self.r.normal(0, 0.03, 12))
        points = (np.stack([x, y], 1) * self.n).astype(np.int32)
        line = cv2.polylines(np.zeros((self.n, self.n), np.uint8), [points], False, 255, 1).astype(np.float32) / 255
        glow = np.clip(line + self.blur(line, 0.02) * 2, 0, 1)[..., None]
        return np.clip(im + glow * np.array([0.75, 0.8, 0.95], np.float32), 0, 1)

    def style(self, im, kind):
        g = im.mean(2)
        if kind == "sketch":
            dodged = np.clip((g + 0.03) / (self.blur(g, self.r.uniform(0.015, 0.03)) + 0.03), 0, 1)
            line = np.abs(g - self.blur(g, 0.012))
            drawn = dodged**2.5 * (1 - np.clip(line * 5 - 0.1, 0, 0.75))
            grain = 1 - 0.03 * np.abs(self.r.standard_normal((self.n, self.n)).astype(np.float32))
            return np.repeat(np.clip(0.15 + 0.83 * drawn * grain, 0, 1)[..., None], 3, 2)
        if kind == "bw":
            spread = self.r.uniform(1.1, 1.4) * min(1.6, 0.25 / (g.std() + 0.05))
            return np.repeat(np.clip((g - g.mean()) * spread + self.r.uniform(0.4, 0.5), 0, 1)[..., None], 3, 2)
        if kind == "sepia":
            k = np.clip((g - g.mean()) * 1.1 + 0.5, 0, 1)[..., None]
            dark, light = np.array([0.2, 0.11, 0.04], np.float32), np.array([0.93, 0.78, 0.54], np.float32)
            edge = 1 - 0.5 * np.clip((self.xx - 0.5) ** 2 + (self.yy - 0.5) ** 2, 0, 0.5)[..., None]
            return (dark * (1 - k) + light * k) * edge
        u8 = (np.clip(im, 0, 1) * 255).astype(np.uint8)
        flat = cv2.medianBlur(cv2.bilateralFilter(u8, 5, 60, 4), 5 if kind == "oil" else 3).astype(np.float32) / 255
        if kind == "watercolor":
            return np.clip(self.saturate(flat, 1.3) * 0.7 + 0.3 + 0.03 * self.noise(0.05)[..., None], 0, 1)
        if kind == "oil":
            return np.clip(self.saturate(flat, 1.5) + 0.04 * self.noise(0.03)[..., None], 0, 1)
        return np.clip(np.round(self.saturate(flat, 1.8) * 5) / 5, 0, 1)

    def place(self):
        return self.pick(
            [
                "street",
                "park",
                "city",
                "road",
                "town",
                "garden",
                "scene",
                "landscape",
                "place",
                "river",
                "lake",
                "field",
            ]
        )

    def scene(self):
        base = self.photo(self.s.grounds)
        if self.r.random() < STYLE_SHARE:
            kind = self.weighted(STYLES)
            picture, caption = self.style(base, kind), self.pick(STYLES[kind])
        else:
            kind = self.weighted(LOOKS)
            picture, caption = self.look(base, kind), self.pick(LOOKS[kind])
        if self.r.random() < 0.06:
            base = base * 0.0 + 0.5
        hint = base if self.r.random() < 0.75 else picture
        return picture, hint, caption.format(p=self.place())

    def natural(self):
        u = self.r.random()
        if u < 0.5:
            stem = self.pick(self.s.flickr)
            caption = self.pick(self.s.captions[stem][:3])
            im = self.photo([self.s.path(stem)], 0.8)
        elif u < 0.75:
            kind = self.pick(list(self.s.scenes))
            im = self.photo(self.s.scenes[kind])
            word = {
                "glacier": ["glacier", "ice and snow", "snowy mountains", "a glacier, snow"],
                "sea": LOOKS["sea"][:9],
                "forest": LOOKS["forest"],
                "mountain": LOOKS["mountain"],
                "street": ["a street", "a city street", "street"],
                "buildings": ["buildings", "a city", "a building"],
            }[kind]
            caption = self.pick(word).format(p="park")
        else:
            kind = self.weighted({k: 1 for k, v in self.s.real.items() if v and k != "ice"})
            im = self.photo(self.s.real[kind])
            caption = self.pick(LOOKS[kind]).format(p=self.place())
        return im, im, caption

    def pair(self, size=None, objects=0.4, natural=0.18):
        """Picture [size, size, 3] uint8, its edges (Canny of the RGB picture at that size, aperture 3, L1) and caption."""
        u = self.r.random()
        picture, hint, caption = self.object() if u < objects else self.natural() if u < objects + natural else self.scene()
        size = size or self.n
        picture, hint = ((np.clip(v, 0, 1) * 255 + 0.5).astype(np.uint8) for v in (picture, hint))
        if size != self.n:
            picture, hint = (cv2.resize(v, (size, size), interpolation=cv2.INTER_AREA) for v in (picture, hint))
        return picture, cv2.Canny(hint, *self.thresholds()) > 0, caption


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--photos", required=True, help="folder with the unpacked photograph archives")
    ap.add_argument("--captions", required=True, help="flickr8k_captions.tsv.gz")
    ap.add_argument("--debian", default="/usr/share", help="where the Debian data packages lie")
    ap.add_argument("--cache", help="folder for pictures drawn from SVG")
    ap.add_argument("--size", type=int, default=64, help="side of the pictures; a multiple of 16")
    ap.add_argument("--drawn", type=int, default=96, help="side at which they are drawn before they are reduced")
    ap.add_argument("--held", action="store_true", help="from the one source in twenty that is kept from the training")
    ap.add_argument("--objects", type=float, default=0.4, help="share of cut-outs")
    ap.add_argument("--natural", type=float, default=0.18, help="share of photographs as they are; the rest are scenes whose look is changed")
    ap.add_argument("--count", type=int, default=40000)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--out", required=True, help="an .npz: pictures uint8 [n,s,s,3], edges (packed bits), captions")
    args = ap.parse_args()
    cv2.setNumThreads(1)
    sources = Sources(args.photos, args.captions, args.debian, args.cache, args.held)
    painter = Painter(sources, max(args.size, args.drawn), args.seed)
    pictures = np.empty((args.count, args.size, args.size, 3), np.uint8)
    edges = np.empty((args.count, args.size, args.size // 8), np.uint8)
    captions = []
    for i in range(args.count):
        pictures[i], e, caption = painter.pair(args.size, args.objects, args.natural)
        edges[i] = np.packbits(e, axis=1)
        captions.append(caption)
    np.savez(args.out + ".tmp.npz", pictures=pictures, edges=edges, captions=np.array(captions))
    os.replace(args.out + ".tmp.npz", args.out)


if __name__ == "__main__":
    main()
