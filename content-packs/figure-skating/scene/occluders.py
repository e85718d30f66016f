"""What stands before the visitor, painted by numbers with alpha: the rink's boards and the interview desk. Opaque from
a few pixels below the upper edge downwards, so that a body may end behind them. Run: python3 occluders.py OUT_FOLDER"""
import os
import sys

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

import emblem

WIDTH = 1200


def ramp(rows, *stops):
    """Colours down the picture: stops are (share, rgb)."""
    at = np.linspace(0, 1, rows)
    return np.stack([np.interp(at, [s for s, _ in stops], [c[k] for _, c in stops]) for k in range(3)], -1)[:, None, :].repeat(WIDTH, 1)


def sheen(rng, rows, size, amount):
    """Uneven sideways gloss, as on metal that mirrors far lamps."""
    line = gaussian_filter(rng.normal(0, 1, WIDTH), size, mode='wrap')
    return (1 + amount * line / line.std())[None, :, None].clip(0.2, 3).repeat(rows, 0)


def led_panel(rows, low, high, accent, cell=5):
    """A lit ribbon seen close: the swell of colours, snowflakes, slanted bars, and its grid of diodes."""
    x = np.arange(WIDTH)[None, :] / WIDTH
    y = np.arange(rows)[:, None]
    swell = (0.5 + 0.5 * np.cos(2 * np.pi * (x - 0.5)))[..., None] ** 1.3
    light = np.asarray(low) * (1 - swell) + np.asarray(high) * swell + np.zeros((rows, 1, 1))
    slant = ((x * WIDTH + y * 0.9) % 84 < 26)[..., None]
    edge = np.clip(np.abs(x - 0.5) * 2 - 0.52, 0, 1)[..., None] * 1.6
    light = light + slant * edge * np.asarray(accent)
    flake = emblem.snowflake(int(rows * 0.72), weight=0.045)
    small = emblem.snowflake(int(rows * 0.42), turn=0, weight=0.05)
    for mask, places, level in ((flake, (0.5,), 1.0), (small, (0.36, 0.64), 0.8), (small, (0.27, 0.73), 0.5)):
        for place in places:
            emblem.paste_light(light, mask * level, int(WIDTH * place - mask.shape[1] / 2), (rows - mask.shape[0]) // 2, (0.8, 0.95, 1.05))
    halo = np.stack([gaussian_filter(light[..., k], 9) for k in range(3)], -1)
    diodes = 0.62 + 0.38 * (np.sin(np.pi * (np.arange(WIDTH) % cell + 0.5) / cell)[None, :] * np.sin(np.pi * (y % cell + 0.5) / cell))
    return light * diodes[..., None] * 0.9 + halo * 0.35


def boards(rng):
    glow, cap, gap, panel, trim, face, kick = 12, 50, 9, 205, 11, 300, 110
    led = led_panel(panel, (0.005, 0.035, 0.3), (0.02, 0.42, 0.85), (0.75, 0.04, 0.5))
    metal = ramp(cap, (0, (.75, .88, 1)), (.07, (.42, .6, .95)), (.2, (.05, .13, .38)), (.7, (.02, .05, .18)), (.93, (.03, .1, .3)), (1, (.2, .5, .8)))
    rail = metal * sheen(rng, cap, 38, 0.28)
    white = ramp(face, (0, (.26, .48, .78)), (.12, (.2, .33, .56)), (.5, (.16, .21, .33)), (1, (.1, .12, .19)))
    white = white * sheen(rng, face, 120, 0.08)
    marks = np.zeros((face, WIDTH), np.float32)
    for _ in range(46):
        x0, y0, length, lean = rng.integers(0, WIDTH), rng.integers(20, face), rng.integers(10, 80), rng.normal(0, 0.5)
        for step in range(length):
            row, column = int(y0 + step * lean), (x0 + step) % WIDTH
            if 0 <= row < face:
                marks[row, column] = max(marks[row, column], rng.uniform(0.1, 0.4))
    white = white * (1 - 0.7 * gaussian_filter(marks, 0.8)[..., None])
    yellow = ramp(kick, (0, (.2, .17, .06)), (.08, (.5, .4, .1)), (.6, (.3, .23, .06)), (1, (.12, .09, .03))) * sheen(rng, kick, 70, 0.12)
    light = np.vstack([
        np.tile(np.array([0.3, 0.7, 1.0]), (glow, WIDTH, 1)), rail, ramp(gap, (0, (.004, .008, .02)), (1, (.01, .03, .08))), led,
        ramp(trim, (0, (.25, .45, .7)), (.4, (.4, .6, .85)), (1, (.06, .1, .18))), white, yellow])
    for x in (0.02, 0.352, 0.684):
        column = int(WIDTH * x)
        top = glow + cap + gap + panel + trim
        light[top:, column:column + 3] *= 0.25
        light[top:, column + 3:column + 5] *= 1.35
        light[glow + cap + gap:top - trim, column:column + 2] *= 0.35
    bloom = np.stack([gaussian_filter(light[..., k], (22, 30)) for k in range(3)], -1)
    return light + 0.16 * bloom, glow


def desk(rng):
    glow, lip, shade, front = 10, 26, 14, 560
    top = ramp(lip, (0, (.9, .96, 1)), (.14, (.5, .68, .9)), (.35, (.16, .25, .45)), (.9, (.06, .1, .22)), (1, (.02, .03, .08))) * sheen(rng, lip, 60, 0.2)
    panel = ramp(front, (0, (.02, .035, .1)), (.25, (.03, .06, .17)), (1, (.008, .014, .045))) * sheen(rng, front, 160, 0.1)
    light = np.vstack([np.tile(np.array([0.4, 0.75, 1.0]), (glow, WIDTH, 1)), top, ramp(shade, (0, (.004, .006, .016)), (1, (.012, .02, .06))), panel])
    start = glow + lip + shade
    lines = np.zeros((len(light), WIDTH), np.float32)
    lines[start + 30:start + 35] = 1
    lines[start + 206:start + 209] = 0.6
    bars = np.zeros_like(lines)
    for column in range(40, WIDTH, 40):
        bars[start + 52:start + 190, column:column + 2] = 1
    flake = emblem.snowflake(128, weight=0.045)
    badge = np.zeros((len(light), WIDTH, 3))
    emblem.paste_light(badge, flake, (WIDTH - 128) // 2, start + 56, (0.85, 0.97, 1.1))
    y, x = np.mgrid[0:len(light), 0:WIDTH]
    disc = np.clip(92 - np.hypot(x - WIDTH / 2, y - start - 120), 0, 1)[..., None]
    light = light + (bars * 0.05)[..., None] * np.array([0.4, 0.8, 1.4])
    light = light * (1 - disc) + disc * np.array([0.012, 0.07, 0.26])
    light = light + lines[..., None] * np.array([0.12, 0.75, 1.2]) * (1 - 0.5 * np.abs(x / WIDTH - 0.5))[..., None] + badge
    for sigma, level in ((4, 0.5), (26, 0.5)):
        source = lines[..., None] * np.array([0.1, 0.6, 1.0]) + 0.5 * badge
        light = light + level * np.stack([gaussian_filter(source[..., k], sigma) for k in range(3)], -1) * (3 if sigma > 10 else 1)
    return light, glow


def save(light, glow, path):
    """`light` is linear; its first `glow` rows fade in from nothing."""
    shown = np.clip(light, 0, None)
    shown = np.where(shown > 0.75, 0.75 + 0.25 * (1 - np.exp(-(shown - 0.75) / 0.25)), shown) ** (1 / 2.2)
    alpha = np.ones(light.shape[:2])
    alpha[:glow] = (np.linspace(0, 1, glow, endpoint=False) ** 2.2)[:, None] * 0.55
    rgba = np.dstack([shown, alpha])
    Image.fromarray((rgba.clip(0, 1) * 255 + 0.5).astype(np.uint8), 'RGBA').save(path, quality=88, method=6)


if __name__ == '__main__':
    for name, paint in (('boards', boards), ('desk', desk)):
        save(*paint(np.random.default_rng(5)), os.path.join(sys.argv[1], f'{name}.webp'))
