"""What transformers' networks for depth answer, with weights that are a formula (FormulaWeights.java).

python3 make_depth_golden.py anything > depth.json    Depth Anything V2
python3 make_depth_golden.py hybrid > hybrid.json     DPT-Hybrid

The true sizes: full_size.py.
Needs torch and transformers.
"""
import json
import pathlib
import sys

import torch
from transformers import BitConfig, DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTConfig, DPTForDepthEstimation

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from formula import formula, weights  # noqa: E402


def anything():
    backbone = Dinov2Config(hidden_size=128, num_hidden_layers=4, num_attention_heads=2, image_size=70, patch_size=14,
                            out_features=["stage1", "stage2", "stage3", "stage4"], apply_layernorm=True, reshape_hidden_states=False)
    return DepthAnythingForDepthEstimation(DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=128, neck_hidden_sizes=[16, 24, 32, 40], fusion_hidden_size=16, head_hidden_size=8,
        patch_size=14)), 42, 70


def hybrid():
    backbone = BitConfig(global_padding="same", layer_type="bottleneck", depths=[1, 1, 2], hidden_sizes=[128, 256, 512], embedding_dynamic_padding=True,
                         out_features=["stage1", "stage2", "stage3"])
    return DPTForDepthEstimation(DPTConfig(
        is_hybrid=True, backbone_config=backbone, hidden_size=128, num_hidden_layers=4, num_attention_heads=2, intermediate_size=256, image_size=64,
        patch_size=16, backbone_out_indices=[0, 1, 2, 3], backbone_featmap_shape=[1, 512, 4, 4], neck_hidden_sizes=[128, 256, 32, 40],
        reassemble_factors=[1, 1, 1, 0.5], neck_ignore_stages=[0, 1], fusion_hidden_size=16, readout_type="project")), 64, 64


@torch.no_grad()
def main():
    net, height, width = anything() if sys.argv[1] == "anything" else hybrid()
    net.eval()
    shapes = {}
    for name, p in net.state_dict().items():
        shape = list(p.shape)
        p.copy_(torch.from_numpy(weights(name, shape).reshape(shape)))
        shapes[name] = shape
    x = torch.from_numpy(formula("picture", 3 * height * width).reshape(1, 3, height, width))
    answer = net(x).predicted_depth
    json.dump(dict(height=height, width=width, shapes=shapes, answer=[float("%.8g" % v) for v in answer.flatten().tolist()]), sys.stdout,
              separators=(",", ":"))


main()
