"""What the PyPI package lpips and transformers' CLIP say of the frames beside this file, with weights that are a formula (FormulaWeights.java).

python3 make_critics.py > critics.json

Needs torch, lpips, transformers and Pillow.
"""
import json
import os
import pathlib
import sys
import warnings

import lpips
import numpy as np
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from formula import formula, weights  # noqa: E402

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
FRAMES = 3


def fill(net):
    shapes = {}
    for name, p in net.state_dict().items():
        if "position_ids" in name or "lins." in name or name.startswith("scaling_layer"):
            continue
        shape = list(p.shape)
        p.copy_(torch.from_numpy(weights(name, shape).reshape(shape)))
        shapes[name] = shape
    return shapes


def picture(name):
    return Image.open(os.path.join(here, name)).convert("RGB")


def tensor(image):
    return torch.from_numpy(np.asarray(image).astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]


def cosine(a, b):
    return float(torch.nn.functional.cosine_similarity(a, b))


@torch.no_grad()
def main():
    source = [picture(f"source-{t}.png") for t in range(FRAMES)]
    edited = [picture(f"edited-{t}.png") for t in range(FRAMES)]
    eye = lpips.LPIPS(net="alex", pretrained=False, pnet_rand=True, verbose=False).eval()
    out = {"lpipsShapes": fill(eye)}
    out["lpipsP"] = [float(eye(tensor(edited[t]), tensor(source[t]))) for t in range(FRAMES)]
    out["lpipsT"] = [float(eye(tensor(edited[t]), tensor(edited[t + 1]))) for t in range(FRAMES - 1)]

    layers = dict(num_hidden_layers=2, num_attention_heads=2, hidden_size=128, intermediate_size=256, hidden_act="quick_gelu", projection_dim=48)
    clip = CLIPModel(CLIPConfig(
        text_config=dict(layers, vocab_size=49408, max_position_embeddings=77, bos_token_id=49406, eos_token_id=49407),
        vision_config=dict(layers, image_size=64, patch_size=16), projection_dim=48)).eval()
    # the table of tokens is too large for a formula in every test run: only the rows that are used are filled
    table = clip.text_model.embeddings.token_embedding.weight
    table.zero_()
    clip.logit_scale.zero_()
    shapes = {}
    for name, p in clip.state_dict().items():
        if "position_ids" in name or name == "logit_scale":
            continue
        shapes[name] = list(p.shape)
        if "token_embedding" not in name:
            p.copy_(torch.from_numpy(weights(name, list(p.shape)).reshape(p.shape)))
    ids = [49406, 320, 736, 1615, 49407]  # a red car
    for i in ids:
        table[i] = torch.from_numpy(formula(f"token {i}", 128))
    processor = CLIPImageProcessor(size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64})

    def seen(image):
        return clip.visual_projection(clip.vision_model(**processor(image, return_tensors="pt")).pooler_output)

    words = clip.text_projection(clip.text_model(input_ids=torch.tensor([ids])).pooler_output)
    faces = [seen(image) for image in edited]
    out["clipShapes"] = shapes
    out["tokens"] = ids
    out["clipScore"] = [cosine(face, words) for face in faces]
    out["clipNext"] = [cosine(faces[t], faces[t + 1]) for t in range(FRAMES - 1)]
    pairs = [cosine(faces[i], faces[j]) for i in range(FRAMES) for j in range(i)]
    out["clipAll"] = sum(pairs) / len(pairs)
    json.dump(out, sys.stdout, separators=(",", ":"))


main()
