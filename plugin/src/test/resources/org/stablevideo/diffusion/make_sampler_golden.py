"""What diffusers' schedulers do with a network that is a formula: python3 make_sampler_golden.py > samplers.json. Needs torch and diffusers."""
import json
import sys

import diffusers
import numpy as np
import torch

BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000)
START = torch.tensor([0.7, -1.3, 0.01, 2.5, -0.4])
ALPHAS = torch.from_numpy(np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2)).double()


def network(x, t):
    return torch.sin(1.3 * x) * (0.4 + t / 2000) + 0.3 * x


def fresh(step, n):
    """The noise of a step, the same in the test."""
    return torch.tensor([((step * 7 + i * 13) % 11 - 5) / 4 for i in range(n)], dtype=torch.float32)


def run(scheduler, steps, velocity, **kind):
    module = sys.modules[type(scheduler).__module__]
    state = dict(step=0)
    module.randn_tensor = lambda shape, **_: fresh(state["step"], 5)
    if "timesteps" in kind:
        scheduler.set_timesteps(timesteps=kind["timesteps"])
    else:
        scheduler.set_timesteps(steps)
    times = scheduler.timesteps.tolist()
    ancestral = isinstance(scheduler, diffusers.EulerAncestralDiscreteScheduler)
    x = START.clone()
    if ancestral:
        x = x / ALPHAS[int(times[0])].sqrt().float()
    for i, t in enumerate(scheduler.timesteps):
        state["step"] = steps - 1 - i
        seen = scheduler.scale_model_input(x, t) if ancestral else x
        x = scheduler.step(network(seen, float(t)), t, x).prev_sample
    return dict(steps=steps, velocity=velocity, timesteps=[int(t) for t in times], answer=[float("%.8g" % v) for v in x.tolist()])


answers = []
for velocity in (False, True):
    common = dict(BETAS, prediction_type="v_prediction" if velocity else "epsilon")
    for name, steps in (("ddim", 20), ("ddim-trailing", 8), ("euler-a", 10), ("euler-a", 20), ("dpm++2m", 20), ("dpm++2m", 8), ("lcm", 4), ("lcm", 8)):
        leading = dict(timestep_spacing="leading", steps_offset=1)
        kind = {}
        if name.startswith("ddim"):
            spacing = dict(timestep_spacing="trailing") if name.endswith("trailing") else leading
            scheduler = diffusers.DDIMScheduler(**common, clip_sample=False, set_alpha_to_one=False, **spacing)
        elif name == "euler-a":
            scheduler = diffusers.EulerAncestralDiscreteScheduler(**common, **leading)
        elif name == "dpm++2m":
            scheduler = diffusers.DPMSolverMultistepScheduler(**common)
            kind = dict(timesteps=[i * 1000 // steps + 1 for i in range(steps)][::-1])
        else:
            scheduler = diffusers.LCMScheduler(**common, clip_sample=False)
        answers.append(dict(name=name, **run(scheduler, steps, velocity, **kind)))
json.dump(answers, sys.stdout, indent=1)
