"""What transformers' Depth Anything answers, with weights that are a formula (FormulaWeights.java).

python3 make_depth_golden.py small > depth.json       for every test run
python3 make_depth_golden.py true > true.json         the size of Depth Anything V2 Small

Needs torch and transformers.
"""
import json
import math
import sys
import zlib

import numpy as np
import torch
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config


def formula(name, count):
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(zlib.crc32(name.encode()))
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    x ^= x >> np.uint32(16)
    return (x.astype(np.float64) / 2**31 - 1).astype(np.float32)


def weights(name, shape):
    n = formula(name, math.prod(shape))
    if len(shape) == 1:
        return n * np.float32(0.1) + np.float32(1 if "norm" in name and name.endswith("weight") else 0)
    return n * np.float32(math.sqrt(3.0 / (n.size // shape[0])))


@torch.no_grad()
def main():
    small = sys.argv[1] == "small"
    hidden, layers, neck, fusion, head, image = (128, 4, [16, 24, 32, 40], 16, 8, 70) if small else (384, 12, [48, 96, 192, 384], 64, 32, 518)
    stages = ["stage%d" % (layers * k // 4) for k in (1, 2, 3, 4)]
    backbone = Dinov2Config(hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=hidden // 64, image_size=image, patch_size=14,
                            out_features=stages, apply_layernorm=True, reshape_hidden_states=False)
    net = DepthAnythingForDepthEstimation(DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=hidden, neck_hidden_sizes=neck, fusion_hidden_size=fusion, head_hidden_size=head,
        patch_size=14)).eval()
    shapes = {}
    for name, p in net.state_dict().items():
        shape = list(p.shape)
        p.copy_(torch.from_numpy(weights(name, shape).reshape(shape)))
        shapes[name] = shape
    height, width = (42, 70) if small else (518, 910)
    x = torch.from_numpy(formula("picture", 3 * height * width).reshape(1, 3, height, width))
    answer = net(x).predicted_depth
    values = answer.flatten().tolist()[:: 1 if small else 97]
    json.dump(dict(height=height, width=width, shapes=shapes, answer=[float("%.8g" % v) for v in values]), sys.stdout, separators=(",", ":"))


main()
