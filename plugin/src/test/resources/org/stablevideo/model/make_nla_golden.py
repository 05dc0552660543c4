"""Networks, losses and first steps of neural layered atlases by PyTorch, with weights that are a formula (FormulaWeights.java).

python3 make_nla_golden.py > nla.json

Needs torch. Written from the paper (Kasten et al. 2021) and the published facts about its code, term by term, not from our text.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn as nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from formula import formula, weights  # noqa: E402

WIDTH, HEIGHT, FRAMES = 30, 50, 7  # portrait
LONG = max(WIDTH, HEIGHT)
SCALE = 0.8
N = 40


def uniform(name, *shape):
    return torch.from_numpy((formula(name, math.prod(shape)).reshape(shape) + 1) / 2)


class Encoding(nn.Module):
    def __init__(self, frequencies):
        super().__init__()
        self.register_buffer("b", torch.tensor([2.0**k * math.pi for k in range(frequencies)]))

    def forward(self, x):
        angles = x[:, None, :] * self.b[None, :, None]
        return torch.cat([torch.sin(angles), torch.cos(angles)], dim=2).flatten(1)


class Net(nn.Module):
    def __init__(self, name, inside, outside, layers, frequencies=0, skips=()):
        super().__init__()
        self.encoding = Encoding(frequencies) if frequencies else nn.Identity()
        inside = inside * 2 * frequencies if frequencies else inside
        self.skips = skips
        self.layers = nn.ModuleList()
        for i in range(layers):
            before = inside if i == 0 else 256 + (inside if i in skips else 0)
            layer = nn.Linear(before, outside if i == layers - 1 else 256)
            for kind in ("weight", "bias"):
                shape = tuple(getattr(layer, kind).shape)
                values = torch.from_numpy(weights(f"{name}.{i}.{kind}", shape).reshape(shape).copy())
                setattr(layer, kind, nn.Parameter(values))
            self.layers.append(layer)

    def forward(self, x):
        x = self.encoding(x)
        given = x.detach().clone()
        for i, layer in enumerate(self.layers):
            if i > 0:
                x = torch.relu(x)
            if i in self.skips:
                x = torch.cat([x, given], dim=1)
            x = layer(x)
        return torch.tanh(x)


class Atlas(nn.Module):
    def __init__(self):
        super().__init__()
        self.foreground = Net("foreground", 3, 2, 6)
        self.background = Net("background", 3, 2, 4)
        self.colour = Net("colour", 2, 3, 8, 10, (4, 7))
        self.opacity = Net("opacity", 3, 1, 8, 5)


def normalised(at):
    return torch.stack([at[:, 0] / (LONG / 2) - 1, at[:, 1] / (LONG / 2) - 1, at[:, 2] / (FRAMES / 2) - 1], dim=1)


def alpha_of(nets, at):
    return 0.5 * (nets.opacity(normalised(at))[:, 0] + 1.0) * 0.99 + 0.001


def shown(nets, at):
    p = normalised(at)
    front = (nets.colour(nets.foreground(p) * 0.5 + 0.5) + 1) * 0.5
    back = (nets.colour(nets.background(p) * 0.5 - 0.5) + 1) * 0.5
    alpha = alpha_of(nets, at)[:, None]
    return front * alpha + back * (1 - alpha), front, alpha


def moved(at, dx, dy):
    return at + torch.tensor([dx, dy, 0.0])


def rigidity(net, at, d):
    here = net(normalised(at)) * LONG / (2 * SCALE * d)
    left = net(normalised(moved(at, -d, 0))) * LONG / (2 * SCALE * d)
    above = net(normalised(moved(at, 0, -d))) * LONG / (2 * SCALE * d)
    jacobian = torch.stack([here - left, here - above], dim=2)
    metric = jacobian.transpose(1, 2) @ jacobian
    inverse = torch.linalg.inv(metric + 0.001 * torch.eye(2))
    return (torch.linalg.matrix_norm(metric) + torch.linalg.matrix_norm(inverse)).mean()


def drift(net, at, there, of, weight):
    return ((net(normalised(there)) - net(normalised(at[of]))).norm(dim=1) * LONG / (2 * SCALE) * weight[of]).mean()


def terms(nets, batch, only_background=False):
    at, seen, mask, ahead, ahead_of, behind, behind_of = batch
    if only_background:
        def look(where):
            return (nets.colour(nets.background(normalised(where)) * 0.5 - 0.5) + 1) * 0.5, None, None
        alpha = torch.zeros(N)
    else:
        def look(where):
            return shown(nets, where)
        alpha = alpha_of(nets, at)
    picture, front, _ = look(at)
    plain = ((picture - seen[:, 0:3]).norm(dim=1) ** 2).mean()
    across = look(moved(at, 1, 0))[0] - picture
    along = look(moved(at, 0, 1))[0] - picture
    edge = ((seen[:, 3:6] - across).norm(dim=1) ** 2 + (seen[:, 6:9] - along).norm(dim=1) ** 2).mean()
    flow_back = 0.5 * drift(nets.background, at, ahead, ahead_of, 1 - alpha) + 0.5 * drift(nets.background, at, behind, behind_of, 1 - alpha)
    near_back, far_back = rigidity(nets.background, at, 1), rigidity(nets.background, at, 100)
    zero = torch.zeros([])
    if only_background:
        return torch.stack([plain, edge, zero, zero, near_back, zero, far_back, zero, flow_back, zero, zero])
    sparse = ((front * (1 - alpha[:, None])).norm(dim=1) ** 2).mean()
    flow_front = 0.5 * drift(nets.foreground, at, ahead, ahead_of, alpha) + 0.5 * drift(nets.foreground, at, behind, behind_of, alpha)
    change = 0.5 * (alpha_of(nets, ahead) - alpha[ahead_of]).abs().mean() + 0.5 * (alpha_of(nets, behind) - alpha[behind_of]).abs().mean()
    boot = torch.mean(-mask * torch.log(alpha) - (1 - mask) * torch.log(1 - alpha))
    return torch.stack([plain, edge, sparse, rigidity(nets.foreground, at, 1), near_back, rigidity(nets.foreground, at, 100), far_back, flow_front,
                        flow_back, change, boot])


def batch_of(number):
    r = uniform(f"at {number}", N, 3)
    at = torch.stack([(r[:, 0] * WIDTH).floor(), (r[:, 1] * HEIGHT).floor(), 1 + (r[:, 2] * (FRAMES - 2)).floor()], dim=1)
    seen = torch.cat([uniform(f"colour {number}", N, 3), 0.2 * uniform(f"steps {number}", N, 6) - 0.1], dim=1)
    mask = uniform(f"mask {number}", N)
    ahead_of = torch.arange(0, N, 2)
    behind_of = torch.arange(1, N, 3)
    ahead = at[ahead_of] + torch.cat([3 * uniform(f"ahead {number}", len(ahead_of), 2), torch.ones(len(ahead_of), 1)], dim=1)
    behind = at[behind_of] - torch.cat([3 * uniform(f"behind {number}", len(behind_of), 2), torch.ones(len(behind_of), 1)], dim=1)
    return at, seen, mask, ahead, ahead_of, behind, behind_of


COUNTS = torch.tensor([5000.0, 1000, 1000, 1, 1, 5, 50, 5, 5, 49, 2000])


def numbers(tensor):
    return [float(f"{v:.8g}") for v in tensor.detach().double().flatten().tolist()]


def main():
    nets = Atlas()
    at = batch_of(0)[0][:6]
    uv = uniform("uv", 6, 2) * 2 - 1
    out = {
        "encoding": numbers(Encoding(3)(torch.tensor([[0.1, -0.3]]))),
        "foreground": numbers(nets.foreground(normalised(at))),
        "background": numbers(nets.background(normalised(at))),
        "opacity": numbers(alpha_of(nets, at)),
        "front": numbers((nets.colour(uv * 0.5 + 0.5) + 1) * 0.5),
        "back": numbers((nets.colour(uv * 0.5 - 0.5) + 1) * 0.5),
        "background_only": numbers(terms(nets, batch_of(0), True)),
    }
    slopes = {}
    for i in range(11):
        nets.zero_grad()
        terms(nets, batch_of(0))[i].backward()
        slopes[i] = [float(f"{sum(float((p.grad ** 2).sum()) for p in net.parameters() if p.grad is not None) ** 0.5:.7g}")
                     for net in (nets.foreground, nets.background, nets.colour, nets.opacity)]
    out["slopes"] = [slopes[i] for i in range(11)]
    steps = []
    adam = torch.optim.Adam(nets.parameters(), lr=1e-4)
    for i in range(4):
        found = terms(nets, batch_of(i))
        steps.append(numbers(found))
        adam.zero_grad()
        (found * COUNTS).sum().backward()
        adam.step()
    out["steps"] = steps
    still = Atlas()
    adam = torch.optim.Adam(list(still.foreground.parameters()) + list(still.background.parameters()), lr=1e-4)
    settled = []
    for i in range(3):
        p = normalised(batch_of(i)[0])
        loss = sum((net(p) - SCALE * p[:, :2]).norm(dim=1).mean() for net in (still.foreground, still.background))
        settled.append(float(f"{loss.item():.8g}"))
        adam.zero_grad()
        loss.backward()
        adam.step()
    out["settled"] = settled
    print(json.dumps(out))


main()
