"""The ground of the mountain world: heights in metres, x to the right, y away from the camera, and the meshes made of them."""
import math

import numpy as np

import noise

#: Metres for one unit of the noise.
UNIT = 300.0


def _warped(u, v):
    return u + 0.55 * (2 * noise.value(u * 0.5 + 9, v * 0.5 + 3)[0] - 1), v + 0.55 * (2 * noise.value(u * 0.5 + 31, v * 0.5 + 17)[0] - 1)


def _massif(u, v, peaks, offset):
    """Rock and snow: cones at the peaks (u, v, height, width), cut by crests and worn."""
    wu, wv = _warped(u, v)
    cones = sum(height * np.exp(-np.hypot(wu - pu, wv - pv) / width) for pu, pv, height, width in peaks)
    crests = noise.ridged(wu * 0.30 + 2 + offset, wv * 0.30 + 5, 11, 0.46)
    worn = noise.eroded(u * 0.55 + 40 + offset, v * 0.55 + 11, 11, 0.5, 1.2)
    return cones * (0.60 + 0.52 * crests) + 0.7 * crests + 0.8 * worn


def piste(peaks, offset=0.0, slope=0.2, half_width_m=20.0, crest_m=520.0, flat_m=0.0):
    """A groomed run that climbs away from the camera between wooded banks, from `flat_m` on, and the massif above its crest."""
    def height(x, y):
        u, v = x / UNIT, y / UNIT
        rise = np.maximum(np.minimum(y, crest_m) - flat_m, 0)
        climb = slope * rise * rise / (rise + 25)
        climb = climb - 0.10 * np.maximum(y - crest_m, 0) * (1 - noise.smooth(crest_m, crest_m + 900, y))
        curve = 14 * np.sin(y / 170.0) * noise.smooth(40, 240, y)
        aside = np.maximum(np.abs(x - curve) - half_width_m, 0)
        bank = (0.16 * aside + 9 * (1 - np.exp(-aside / 26))) * (0.55 + 0.9 * noise.fractal(u * 2.3 + 5, v * 2.3 + offset, 4)) * noise.smooth(-30, 50, y)
        rough = 1.1 * (noise.fractal(x / 23.0, y / 23.0, 4) - 0.5) * noise.smooth(0, 12, aside)
        groomed = 0.10 * (noise.fractal(x / 9.0, y / 15.0, 3) - 0.5)
        far = noise.smooth(crest_m + 100, crest_m + 1900, y)
        return climb + np.minimum(bank, 90) + rough + groomed + far * UNIT * (_massif(u, v, peaks, offset) - 0.35)
    return height


def sea_of_peaks(offset=0.0, ridge_m=210.0, heroes=()):
    """A summit ridge under the camera, running away, and everything else far below and around: peaks without end.
    `heroes`: (u, v, metres, width) of the few that rise above the others."""
    def height(x, y):
        u, v = x / UNIT, y / UNIT
        bend = 16 * np.sin(y / 60.0 + 0.5) * noise.smooth(8, 120, y)
        aside = x - bend
        along = np.hypot(x, np.maximum(y, 0))
        fall = np.where(aside > 0, 0.62, 0.46) * np.abs(aside) * noise.smooth(2.5, 26, np.abs(aside))
        drop = 0.10 * np.maximum(y, 0) + 0.9 * np.maximum(y - ridge_m, 0)
        ridge = -fall - drop + 1.5 * (noise.fractal(x / 17.0 + offset, y / 17.0, 5) - 0.5) * noise.smooth(2, 12, along)
        wind = 0.12 * (noise.fractal(x / 3.4 + y / 9.0, y / 1.3 - x / 7.0, 5, 0.55) - 0.5) + 0.35 * (noise.fractal(x / 8.0, y / 5.0, 3) - 0.5)
        ridge = ridge + wind * noise.smooth(140, 20, along)
        k = 0.10
        wu, wv = _warped(u * 0.5, v * 0.5)
        crests = noise.ridged(wu * 2 * k + 1.7 + offset, wv * 2 * k + 4.2, 11, 0.48)
        worn = noise.eroded(u * 0.25 + 20 + offset, v * 0.25 + 13, 10, 0.5, 1.1)
        tall = sum(rise * np.exp(-np.hypot(u - pu, v - pv) / wide) for pu, pv, rise, wide in heroes)
        sea = -1420 + (1250 + tall) * crests + 230 * worn + 0.55 * tall - 850 * np.exp(-along / 2600)
        return np.maximum(ridge, sea)
    return height


def grid(height, near_m, far_m, half_degrees, rows, columns, back_m=12.0):
    """A fan of quads as fine as the camera at the origin sees them, from `back_m` behind it on: vertices, faces."""
    distance = np.geomspace(near_m, far_m, rows)
    angle = np.radians(np.linspace(-half_degrees, half_degrees, columns))
    d, a = np.meshgrid(distance, angle, indexing='ij')
    x, y = d * np.sin(a), d * np.cos(a) - back_m
    z = height(x, y)
    vertices = np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32)
    at = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)[None]).ravel()
    return vertices, np.stack([at, at + 1, at + columns + 1, at + columns], -1).astype(np.int32)


def level(height, x, y):
    """Height of one point."""
    return float(height(np.array([float(x)]), np.array([float(y)]))[0])


def steepness(height, x, y, step=2.0):
    here = height(x, y)
    return np.hypot(height(x + step, y) - here, height(x, y + step) - here) / step


def cloud_tops(level_m, seed):
    """The upper side of cloud that fills the valleys: billows about `level_m`."""
    def height(x, y):
        large = noise.fractal(x / 1900.0 + seed, y / 1900.0, 3)
        return level_m + 210 * (large - 0.5) + 120 * np.abs(2 * noise.fractal(x / 1100.0, y / 1100.0 + seed, 4, 0.45) - 1)
    return height
