"""Weights that are a formula of their names, the same as in FormulaWeights.java, so that tests keep only shapes and answers."""
import math
import zlib

import numpy as np


def formula(name, count):
    """Uniform in [-1, 1) from the name and the index alone."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(zlib.crc32(name.encode()))
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    x ^= x >> np.uint32(16)
    return (x.astype(np.float64) / 2**31 - 1).astype(np.float32)


def weights(name, shape):
    """A network's tensor, flat: vectors around 0, or 1 where they scale a norm; the rest with the variance that keeps a layer's."""
    n = formula(name, math.prod(shape))
    if len(shape) == 1:
        return n * np.float32(0.1) + np.float32(1 if "norm" in name and name.endswith("weight") else 0)
    return n * np.float32(math.sqrt(3.0 / (n.size // shape[0])))
