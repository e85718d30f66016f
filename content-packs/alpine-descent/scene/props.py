"""What people put on a mountain: gates, nets, banners, an arch, a crowd in winter clothes, a screen, a start gate."""
import math

import numpy as np

import emblem
import materials
from geometry import Solid, add_mesh
from terrain import level

GOLD, DEEP, WHITE, RED = (0.80, 0.44, 0.06), (0.010, 0.035, 0.13), (0.80, 0.82, 0.86), (0.62, 0.035, 0.04)
JACKETS = ((0.55, 0.05, 0.05), (0.03, 0.10, 0.42), (0.70, 0.35, 0.03), (0.05, 0.05, 0.06), (0.65, 0.66, 0.68), (0.05, 0.25, 0.16), (0.35, 0.04, 0.22), (0.02, 0.30, 0.45), (0.11, 0.10, 0.11), (0.03, 0.03, 0.05))
SKINS = ((0.60, 0.36, 0.25), (0.42, 0.23, 0.14), (0.20, 0.10, 0.06), (0.66, 0.42, 0.32))


def gates(ground, places, haze):
    """Giant slalom gates: a panel between two poles. `places`: (x, y, colour)."""
    poles, panels = Solid(), Solid()
    for x, y, colour in places:
        z = level(ground, x, y)
        for side in (-0.42, 0.42):
            poles.tube([(x + side, y, z - 0.2), (x + side, y, z + 1.0), (x + side * 1.02, y, z + 1.95)], 0.022, colour, 8)
        panels.box((x, y, z + 1.12), (0.40, 0.012, 0.34), colour)
        panels.box((x, y - 0.015, z + 1.12), (0.40, 0.004, 0.05), WHITE)
    paint = materials.coloured('gate', haze)
    poles.link('gate-poles', paint, True)
    panels.link('gate-panels', paint)


def net_line(ground, points, haze, colour=(0.75, 0.16, 0.03), tall=2.0, name='net'):
    """A safety net on poles along `points` (x, y)."""
    vertices, faces, poles = [], [], Solid()
    for k, (x, y) in enumerate(points):
        z = level(ground, x, y)
        sag = 0.08 * (k % 2)
        vertices += [(x, y, z + 0.05), (x, y, z + tall - sag)]
        poles.tube([(x, y, z - 0.2), (x, y, z + 1), (x, y, z + tall + 0.15)], 0.02, (0.75, 0.6, 0.1), 6)
        if k:
            faces.append((2 * k - 2, 2 * k, 2 * k + 1, 2 * k - 1))
    add_mesh(name, vertices, faces, materials.net(name, colour, haze))
    poles.link(name + '-poles', materials.coloured(name + '-poles', haze))


def banner_line(ground, points, haze, image, tall=1.0, lift=0.05, repeat_m=3.2, name='banner'):
    """Printed cloth along `points` (x, y), as beside every run."""
    vertices, faces, uvs, walked = [], [], [], 0.0
    for k, (x, y) in enumerate(points):
        if k:
            walked += math.hypot(x - points[k - 1][0], y - points[k - 1][1])
            faces.append((2 * k - 2, 2 * k, 2 * k + 1, 2 * k - 1))
        z = level(ground, x, y) + lift
        vertices += [(x, y, z), (x, y, z + tall)]
        uvs += [(walked / repeat_m, 0), (walked / repeat_m, 1)]
    add_mesh(name, vertices, faces, materials.printed(name, image, 0.65, haze), uvs=uvs)


def flags(ground, places, haze, tall=5.5):
    """Feather flags: a bent pole and a sail of cloth. `places`: (x, y, colour)."""
    cloth, poles = Solid(), Solid()
    for x, y, colour in places:
        z = level(ground, x, y)
        rise = np.linspace(0, 1, 14)
        bend = 0.9 * np.clip(rise - 0.55, 0, 1) ** 2 * 3
        edge = np.stack([x + bend, np.full(14, y), z + tall * rise - bend * 0.5], -1)
        poles.tube(edge, 0.03, (0.7, 0.7, 0.72), 6)
        inner = edge[3:]
        width = 0.75 * np.sqrt(np.clip(np.sin(np.linspace(0.5, math.pi * 0.98, len(inner))), 0, 1)) + 0.02
        wave = 0.12 * np.sin(np.linspace(0, 5, len(inner)) + x)
        outer = inner + np.stack([width, wave, -0.15 * width], -1)
        count = len(inner)
        shade = np.asarray(colour)
        cloth.take(np.concatenate([inner, outer]), [(k, k + 1, count + k + 1, count + k) for k in range(count - 1)], shade)
    cloth.link('flags', materials.coloured('flags', haze))
    poles.link('flag-poles', materials.coloured('flag-poles', haze), True)


def arch(ground, y, haze, half=6.6, tall=6.0, radius=0.85, x0=0.0):
    """An inflatable arch over the line: gold and deep blue, a band of checks, and the emblem on its crown."""
    z = level(ground, x0, y)
    corner = 2.0
    path = [(-half, t) for t in np.linspace(-0.4, tall - corner, 16)]
    path += [(-half + corner * (1 - math.cos(a)), tall - corner + corner * math.sin(a)) for a in np.linspace(0.1, math.pi / 2, 10)]
    path += [(t, tall) for t in np.linspace(-half + corner + 0.3, half - corner - 0.3, 30)]
    path += [(half - corner * (1 - math.cos(a)), tall - corner + corner * math.sin(a)) for a in np.linspace(math.pi / 2, 0.1, 10)]
    path += [(half, t) for t in np.linspace(tall - corner, -0.4, 16)]
    points = np.array([(x0 + x, y, z + h) for x, h in path])
    ribs = radius * (1 - 0.045 * (np.arange(len(points)) % 2))
    shades = []
    for x, h in path:
        shades.append(GOLD if h < 1.2 else DEEP if h < tall - 0.8 else WHITE if abs(x) < 3.4 else GOLD if abs(x) < 3.8 else DEEP)
    solid = Solid()
    for start in range(len(points) - 1):
        solid.tube(points[start:start + 2], (ribs[start] + ribs[start + 1]) / 2, [shades[start], shades[start]], 20)
    solid.link('arch', materials.coloured('arch', haze), True)
    image = emblem.to_blender('arch-print', emblem.arch_print())
    front = y - radius - 0.06
    add_mesh('arch-print', [(x0 - 3.3, front, z + tall - 0.62), (x0 + 3.3, front, z + tall - 0.62), (x0 + 3.3, front, z + tall + 0.62), (x0 - 3.3, front, z + tall + 0.62)],
             [(0, 1, 2, 3)], materials.printed('arch-print', image, 0.6, haze), uvs=[(0, 0), (1, 0), (1, 1), (0, 1)])


def crowd(ground, spots, haze, seed=9, name='crowd', part='near', arms=0.35, coloured=True):
    """People seen from the front or behind, waist up at least. `spots`: (x, y, lift)."""
    rng = np.random.default_rng(seed)
    solid = Solid()
    for x, y, lift in spots:
        z, tall = level(ground, x, y) + lift, rng.uniform(0.92, 1.07)
        jacket = np.array(JACKETS[int(rng.integers(len(JACKETS)))]) * rng.uniform(0.6, 1.1)
        hat = np.array(JACKETS[int(rng.integers(len(JACKETS)))]) * rng.uniform(0.7, 1.2)
        skin = SKINS[int(rng.integers(len(SKINS)))]
        if not coloured:
            jacket, hat, skin = jacket * 0.3, hat * 0.3, np.array(skin) * 0.5
        lean = rng.normal(0, 0.06)
        solid.blob((x, y, z + 0.55 * tall), (0.22, 0.16, 0.56 * tall), jacket * 0.5, 10, 7)
        solid.blob((x, y, z + 1.20 * tall), (0.27, 0.17, 0.38 * tall), jacket, 12, 8, lean)
        solid.blob((x + lean * 0.4, y, z + 1.66 * tall), (0.105, 0.115, 0.135), skin, 12, 8)
        solid.blob((x + lean * 0.4, y + 0.015, z + 1.735 * tall), (0.122, 0.128, 0.105), hat, 12, 8)
        if rng.random() < 0.5:
            solid.blob((x + lean * 0.4, y, z + 1.86 * tall), (0.04, 0.04, 0.04), hat * 1.4, 8, 5)
        for side in (-1, 1):
            if rng.random() < arms:
                reach = rng.uniform(0.1, 0.45)
                hand = (x + side * (0.3 + 0.5 * reach), y - 0.05, z + (2.0 + rng.uniform(-0.15, 0.2)) * tall)
                solid.tube([(x + side * 0.22, y, z + 1.42 * tall), (x + side * (0.34 + 0.3 * reach), y, z + 1.66 * tall), hand], 0.062, jacket, 8)
                solid.blob(hand, (0.07, 0.07, 0.085), jacket * 0.5 + 0.02, 8, 6)
            else:
                solid.tube([(x + side * 0.23, y, z + 1.42 * tall), (x + side * 0.33, y - 0.03, z + 1.1 * tall), (x + side * 0.27, y - 0.16, z + 0.92 * tall)], 0.078, jacket, 8)
    solid.link(name, materials.coloured(name, haze), True, part)


def rows_of_people(xs, ys, rng, jitter=0.16, lift=0.0, step=0.0):
    """Spots for a crowd in rows; each row `step` metres higher than the one before."""
    return [(x + rng.normal(0, jitter), y + rng.normal(0, jitter), lift + k * step) for k, y in enumerate(ys) for x in xs + rng.uniform(-0.3, 0.3)]


def screen_wall(ground, x, y, haze, half_width, half_height, foot, dark):
    """A wall of light on a truss of steel; answers the corners of its face."""
    z = level(ground, x, y) + foot + half_height
    steel, box = Solid(), Solid()
    box.box((x, y + 0.35, z), (half_width + 0.16, 0.28, half_height + 0.16), (0.012, 0.014, 0.02))
    for side in (-1, 1):
        for offset in (-0.22, 0.22):
            steel.tube([(x + side * (half_width + 0.5) + offset, y + 0.3, z - half_height - foot - 0.4), (x + side * (half_width + 0.5) + offset, y + 0.3, z), (x + side * (half_width + 0.5) + offset, y + 0.3, z + half_height + 0.7)], 0.045, (0.5, 0.5, 0.54), 8)
        for k in range(int((2 * half_height + foot) / 0.5)):
            low = z - half_height - foot + k * 0.5
            steel.tube([(x + side * (half_width + 0.28), y + 0.3, low), (x + side * (half_width + 0.5), y + 0.3, low + 0.25), (x + side * (half_width + 0.72), y + 0.3, low + 0.5)], 0.022, (0.5, 0.5, 0.54), 6)
    for lift in (0.35, 0.75):
        steel.tube([(x - half_width - 0.75, y + 0.3, z + half_height + lift), (x, y + 0.3, z + half_height + lift), (x + half_width + 0.75, y + 0.3, z + half_height + lift)], 0.045, (0.5, 0.5, 0.54), 8)
    box.link('screen-box', materials.coloured('screen-box', haze))
    steel.link('truss', materials.coloured('truss', haze), True)
    corners = [(x - half_width, y, z - half_height), (x + half_width, y, z - half_height), (x + half_width, y, z + half_height), (x - half_width, y, z + half_height)]
    add_mesh('screen', corners, [(0, 1, 2, 3)], materials.glow('screen', dark, 1.0))
    frame = Solid()
    for side in (-1, 1):
        frame.box((x + side * (half_width + 0.05), y - 0.02, z), (0.035, 0.03, half_height + 0.09))
        frame.box((x, y - 0.02, z + side * (half_height + 0.05)), (half_width + 0.09, 0.03, 0.035))
    frame.link('screen-frame', materials.glow('screen-frame', (1.0, 0.62, 0.2), 1.6))
    return corners


def start_gate(y, haze, part='gate'):
    """The timber gate of the start hut, seen from inside: posts, lintel and boards."""
    wood, iron = Solid(), Solid()
    brown = (0.055, 0.028, 0.014)
    for side in (-1, 1):
        wood.box((side * 0.98, y, 1.2), (0.085, 0.09, 2.6), brown)
        for k in range(3):
            wood.box((side * (1.19 + 0.21 * k), y + 0.06, 1.2), (0.095, 0.03, 2.6), (0.07 - 0.006 * k, 0.036, 0.018))
        wood.box((side * 0.83, y, 2.68), (0.035, 0.05, 0.30), brown)
        iron.tube([(side * 0.56, y - 0.4, -1), (side * 0.56, y - 0.4, 0.2), (side * 0.56, y - 0.4, 0.66)], 0.032, (0.12, 0.12, 0.13), 10)
    wood.box((0, y, 3.02), (2.0, 0.10, 0.10), brown)
    for k in range(7):
        wood.box((0, y + 0.1 + 0.02 * k, 3.2 + 0.2 * k), (2.2, 0.02, 0.095), (0.05 + 0.004 * (k % 3), 0.026, 0.013))
    wood.link('gate-wood', materials.coloured('gate-wood', haze), part=part)
    iron.link('gate-iron', materials.coloured('gate-iron', haze), True, part)
