"""What scikit-image, SciPy and OpenCV say of three small frames and an edit of them.

python3 make_goldens.py        writes source-N.png, edited-N.png, mask-N.png and goldens.json beside itself

Needs numpy, scipy, scikit-image and opencv-python-headless 4.9 (the version of the Java one: DIS changed a little since). The formulas are written here
a second time, from their papers.
"""
import json
import os

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

HEIGHT, WIDTH, FRAMES = 80, 112, 3
here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(5)


def texture(height, width):
    rough = gaussian_filter(rng.normal(size=(height, width, 3)), (2.2, 2.2, 0.4))
    return np.clip(128 + rough * 45 / rough.std(), 0, 255)


ground = texture(HEIGHT + 40, WIDTH + 40)
thing = texture(60, 60) * 0.7 + 50


def shifted(image, dx, dy, height, width):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([map_coordinates(image[..., k], [y + dy, x + dx], order=1, mode="nearest") for k in range(3)], -1)


def scene(t):
    frame = shifted(ground, 3 + 1.75 * t, 2 + 0.5 * t, HEIGHT, WIDTH)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    cx, cy = 40 + 2.5 * t, 42 - 1.25 * t
    mask = np.clip(21.5 - np.hypot(x - cx, y - cy), 0, 1)
    front = shifted(thing, 30 - cx, 30 - cy, HEIGHT, WIDTH)
    frame = mask[..., None] * front + (1 - mask[..., None]) * frame
    return np.round(frame).astype(np.uint8), np.round(255 * mask).astype(np.uint8)


source, masks = zip(*[scene(t) for t in range(FRAMES)])
edited = []
for t in range(FRAMES):
    tint = np.array([1.15, 0.75, 0.8]) * (1 + 0.06 * (t % 2))
    m = (masks[t] / 255.0)[..., None]
    noise = rng.normal(scale=2, size=source[t].shape)
    edited.append(np.clip(source[t] * (1 - m) + source[t] * tint * m + 12 * m + noise, 0, 255).round().astype(np.uint8))
edited = tuple(edited)

for t in range(FRAMES):
    for name, frame in (("source", source[t]), ("edited", edited[t])):
        cv2.imwrite(os.path.join(here, f"{name}-{t}.png"), frame[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
    cv2.imwrite(os.path.join(here, f"mask-{t}.png"), masks[t], [cv2.IMWRITE_PNG_COMPRESSION, 9])

inside = [m >= 128 for m in masks]
gray = lambda rgb: cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
farneback = lambda a, b: cv2.calcOpticalFlowFarneback(gray(a), gray(b), None, 0.5, 3, 15, 3, 5, 1.2, 0)
dis = lambda a, b: cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(gray(a), gray(b), None)
grid_y, grid_x = np.mgrid[0:HEIGHT, 0:WIDTH]
cv2.setNumThreads(1)


def carried(image, flow):
    at = [grid_y + flow[..., 1], grid_x + flow[..., 0]]
    return np.stack([map_coordinates(image[..., k].astype(float), at, order=1, mode="nearest") for k in range(image.shape[2])], -1)


def within(flow):
    x, y = grid_x + flow[..., 0], grid_y + flow[..., 1]
    return (x >= 0) & (y >= 0) & (x <= WIDTH - 1) & (y <= HEIGHT - 1)


def mean(values, where, thing):
    return {"whole": float(values[where].mean()), "object": float(values[where & thing].mean())}


pairs = []
for t in range(FRAMES - 1):
    forward, backward = dis(source[t], source[t + 1]), dis(source[t + 1], source[t])
    back = carried(backward, forward)
    apart = ((forward + back) ** 2).sum(-1)
    visible = within(forward) & (apart <= 0.01 * ((forward**2).sum(-1) + (back**2).sum(-1)) + 0.5)
    error = lambda clip: ((clip[t] / 255.0 - carried(clip[t + 1], forward) / 255.0) ** 2).mean(-1)
    distance = np.linalg.norm(farneback(edited[t], edited[t + 1]) - farneback(source[t], source[t + 1]), axis=-1)
    pixel = ((edited[t + 1].astype(float) - carried(edited[t], backward)) ** 2).mean(-1)
    pairs.append({
        "flow": mean(distance, np.ones_like(visible), inside[t]),
        "warp": mean(error(edited), visible, inside[t]),
        "sourceWarp": mean(error(source), visible, inside[t]),
        "pixelMse": mean(pixel, within(backward), inside[t + 1]),
        "visible": float(visible.mean()),
    })
frames = []
for t in range(FRAMES):
    other = np.roll(masks[t], 3, axis=1)
    both, either = (inside[t] & (other >= 128)).sum(), (inside[t] | (other >= 128)).sum()
    frames.append({
        "psnr": float(peak_signal_noise_ratio(source[t], edited[t], data_range=255)),
        "ssim": float(structural_similarity(source[t], edited[t], data_range=255, channel_axis=2, gaussian_weights=True, sigma=1.5,
                                            use_sample_covariance=False)),
        "iouWithShifted3": float(both / either),
    })
with open(os.path.join(here, "goldens.json"), "w") as out:
    json.dump({"frames": frames, "pairs": pairs}, out, indent=1)
    out.write("\n")
