"""Evening skies, painted behind what Blender rendered: linear light, height x width x 3. `look` is the PLATE.json of a
render: where sun and horizon are in the picture, in shares of it from the top left."""
import numpy as np

import noise

ASPECT = 9 / 16


def places(height, width):
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    return (u + 0.5) / width, (v + 0.5) / height


def sunlight(u, v, look):
    """How near the sun each place is: its distance in picture heights, and a wide warm side 0..1."""
    x, y, ahead = look['sun']
    if ahead <= 0:
        return np.full_like(u, 9.0), np.full_like(u, 0.25)
    away = np.hypot((u - np.clip(x, -0.5, 1.5)) * ASPECT, v - y)
    return away, np.exp(-away / 0.62)


def evening(height, width, look, clouds=0.55, seed=0.0, deep=(0.055, 0.145, 0.40)):
    u, v = places(height, width)
    up = np.clip(look['horizon'] - v, -0.2, 1.2)
    away, warm = sunlight(u, v, look)
    stops = np.array([-0.2, 0.0, 0.07, 0.17, 0.32, 0.55, 1.1])
    cool = np.array([(.62, .46, .46), (.66, .47, .46), (.60, .45, .50), (.42, .41, .56), (.23, .32, .55), (.115, .22, .49), deep])
    gold = np.array([(1.0, .52, .22), (1.15, .62, .27), (1.05, .62, .36), (.80, .58, .48), (.46, .47, .58), (.22, .33, .56), deep])
    mix = np.clip(warm * 1.25, 0, 1)[..., None]
    tone = lambda table: np.stack([np.interp(up, stops, table[:, k]) for k in range(3)], -1)
    sky = tone(cool) * (1 - mix) + tone(gold) * mix
    sky = sky + (np.exp(-away / 0.20) * 0.55)[..., None] * np.array([1.0, 0.52, 0.18]) + (np.exp(-away / 0.055) * 1.6)[..., None] * np.array([1.0, 0.72, 0.38])
    sky = sky + (np.clip((0.0135 - away) / 0.002, 0, 1) * 14)[..., None] * np.array([1.0, 0.86, 0.62])
    if clouds > 0:
        cover, lit = streaks(u, up, seed, clouds)
        edge = np.clip(0.35 + 0.9 * warm, 0, 1.3)[..., None]
        bright = np.array([1.05, 0.60, 0.36]) * edge + np.array([0.62, 0.44, 0.44]) * (1 - np.clip(edge, 0, 1))
        dark = sky * 0.62 + np.array([0.10, 0.07, 0.10])
        sky = sky * (1 - cover) + cover * (bright * lit + dark * (1 - lit))
    return sky


def streaks(u, up, seed, amount):
    """High clouds drawn out by the wind, smaller towards the horizon: how much they cover, and how much of them is lit."""
    far = 1 / (up + 0.16)
    x, y = (u - 0.5) * far * 0.9 + seed, far * 0.62 + 0.12 * (u - 0.5) * far
    bend = noise.fractal(x * 1.3 + 9, y * 2.2, 3) - 0.5
    wisps = noise.fractal(x * 1.6 + bend, y * 4.4 + 1.6 * bend + seed, 7, 0.56)
    fine = noise.fractal(x * 7 + 4 * bend, y * 21, 4, 0.6)
    cover = noise.smooth(0.60 - 0.16 * amount, 0.78 - 0.10 * amount, wisps + 0.10 * (fine - 0.5)) * noise.smooth(-0.01, 0.06, up)
    lit = noise.smooth(0.50, 0.72, wisps + 0.25 * (fine - 0.5) - 0.1 * bend)
    return (0.82 * cover)[..., None], lit[..., None]
