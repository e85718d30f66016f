"""Pines: whorls of drooping, feathered branches about a stem; a handful of them, set down many times."""
import math

import bpy
import numpy as np

import noise
from geometry import add
from terrain import level, steepness


def _mesh(whorls, branches, seed, material):
    """A pine one unit high."""
    rng = np.random.default_rng(seed)
    vertices, faces = [], []

    def triangle(a, b, c):
        faces.append((len(vertices), len(vertices) + 1, len(vertices) + 2))
        vertices.extend((a, b, c))

    def spray(origin, angle, length, droop):
        """A branch: a keel that sinks outwards and twigs feathered to both sides of it."""
        ca, sa = math.cos(angle), math.sin(angle)
        twigs = max(4, int(7 * length / 0.2))
        keel = [np.array([ca * length * t, sa * length * t, 0.10 * length * t - droop * length * t * t]) + origin for t in np.linspace(0, 1, twigs + 1)]
        for k in range(twigs):
            reach = length * (0.42 * (1 - k / twigs) + 0.08) * rng.uniform(0.75, 1.2)
            for side in (-1, 1):
                lean = angle + side * rng.uniform(0.7, 1.0)
                tip = keel[k] + np.array([math.cos(lean) * reach, math.sin(lean) * reach, -0.30 * reach - 0.01])
                triangle(keel[k] + (0, 0, 0.012), keel[k + 1], tip)
        triangle(keel[-2], keel[-1] + np.array([ca, sa, -0.4]) * length * 0.12, keel[-1])

    for whorl in range(whorls):
        t = (whorl + 0.5) / whorls
        height, reach = 0.07 + 0.9 * t ** 0.92, 0.235 * (1 - t) ** 0.8 + 0.014
        count = max(4, int(branches * (1 - 0.55 * t)))
        for branch in range(count):
            angle = 2 * math.pi * (branch + rng.uniform(-0.35, 0.35)) / count + whorl * 0.83
            spray(np.array([0, 0, height + rng.uniform(-0.012, 0.012)]), angle, reach * rng.uniform(0.72, 1.12), 0.35 + 0.3 * (1 - t))
    for side in range(6):
        a, b = 2 * math.pi * side / 6, 2 * math.pi * (side + 1) / 6
        triangle((0.017 * math.cos(a), 0.017 * math.sin(a), -0.06), (0.017 * math.cos(b), 0.017 * math.sin(b), -0.06), (0, 0, 0.97))
    mesh = bpy.data.meshes.new('pine')
    mesh.from_pydata([tuple(v) for v in vertices], [], faces)
    mesh.materials.append(material)
    mesh.update()
    return mesh


class Wood:
    def __init__(self, material, height, seed=5):
        self.height, self.rng = height, np.random.default_rng(seed)
        self.far = [_mesh(11, 9, 3 + k, material) for k in range(4)]
        self.near = [_mesh(24, 15, 30 + k, material) for k in range(4)]

    def plant(self, x, y, tall, close=False, part='near', sunk=0.02):
        kinds = self.near if close else self.far
        wide = tall * self.rng.uniform(0.85, 1.15)
        add('pine', kinds[int(self.rng.integers(len(kinds)))], part, (x, y, level(self.height, x, y) - sunk * tall), (wide, wide, tall),
            (self.rng.normal(0, 0.03), self.rng.normal(0, 0.03), self.rng.uniform(0, 6.3)))

    def grow(self, count, depth_m, spread, allowed, tall=(9, 19), part='near', close_m=90.0):
        """Sows a wood where noise makes one: y in `depth_m`, |x| up to `spread` times y plus 60 m, where `allowed(x, y)`."""
        tries = count * 9
        y = depth_m[0] + (depth_m[1] - depth_m[0]) * self.rng.random(tries) ** 1.5
        x = self.rng.uniform(-1, 1, tries) * (60 + y * spread)
        dense = noise.fractal(x / 150.0 + 8, y / 150.0 + 3, 4)
        fits = allowed(x, y) & (dense > 0.46) & (steepness(self.height, x, y) < 1.2)
        for k in np.where(fits)[0][:count]:
            self.plant(float(x[k]), float(y[k]), self.rng.uniform(*tall), float(y[k]) < close_m, part)
