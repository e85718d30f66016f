"""Noise for landscapes and paint, as functions of numpy arrays. Every table is fixed, so every mountain is the same again."""
import numpy as np

_TABLE = np.random.default_rng(41).random((512, 512)).astype(np.float32)
_COS, _SIN = 0.8, 0.6


def value(x, y):
    """Smooth value noise 0..1 and its slopes in x and y (Quilez, "More noise", 2008)."""
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - column, y - row
    su, sv = u * u * u * (u * (u * 6 - 15) + 10), v * v * v * (v * (v * 6 - 15) + 10)
    du, dv = 30 * u * u * (u * (u - 2) + 1), 30 * v * v * (v * (v - 2) + 1)
    a, b = _TABLE[column & 511, row & 511], _TABLE[(column + 1) & 511, row & 511]
    c, d = _TABLE[column & 511, (row + 1) & 511], _TABLE[(column + 1) & 511, (row + 1) & 511]
    k1, k2, k4 = b - a, c - a, a - b - c + d
    return a + k1 * su + k2 * sv + k4 * su * sv, du * (k1 + k4 * sv), dv * (k2 + k4 * su)


def fractal(x, y, octaves=6, gain=0.5):
    """Sum of octaves, 0..1, soft everywhere: clouds, haze, uneven snow."""
    total, size, reach = 0.0, 1.0, 0.0
    for _ in range(octaves):
        total, reach = total + size * value(x, y)[0], reach + size
        x, y, size = 2.02 * (_COS * x - _SIN * y) + 3.1, 2.02 * (_SIN * x + _COS * y) + 7.7, size * gain
    return total / reach


def eroded(x, y, octaves=11, gain=0.5, damping=1.0):
    """Octaves that grow weak where the ground is steep already: slopes as water leaves them."""
    total, size, sx, sy = 0.0, 1.0, 0.0, 0.0
    for _ in range(octaves):
        height, dx, dy = value(x, y)
        sx, sy = sx + dx, sy + dy
        total = total + size * height / (1 + damping * (sx * sx + sy * sy))
        x, y, size = 2 * (_COS * x - _SIN * y), 2 * (_SIN * x + _COS * y), size * gain
    return total


def ridged(x, y, octaves=10, gain=0.47):
    """Sharp crests between valleys: rock."""
    total, size, weight = 0.0, 0.5, 1.0
    for _ in range(octaves):
        crest = (1 - np.abs(2 * value(x, y)[0] - 1)) ** 2 * weight
        weight = np.clip(crest * 1.8, 0, 1)
        total, size = total + crest * size, size * gain
        x, y = 2.03 * (_COS * x - _SIN * y) + 7.1, 2.03 * (_SIN * x + _COS * y) + 3.3
    return total


def smooth(edge0, edge1, x):
    """0 before edge0, 1 after edge1 (which may be the lower one), without a corner."""
    t = np.clip((x - edge0) / (edge1 - edge0), 0, 1)
    return t * t * (3 - 2 * t)
