"""Everything of this world that is painted by numbers: lights out of focus, mist and sun rays that move,
branches, flags and a gate before the lens, and what stands before the visitor. Run: python3 paint.py PACK_FOLDER"""
import math
import os
import sys

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, map_coordinates

import emblem
import noise

GOLDEN, ROSE, SHADE = np.array([1.0, 0.60, 0.22]), np.array([0.95, 0.48, 0.36]), np.array([0.13, 0.20, 0.42])


def display(light):
    return np.clip(np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.clip(light, 0, None) ** (1 / 2.4) - 0.055), 0, 1)


def soft(picture, radius):
    return np.dstack([gaussian_filter(picture[..., k], radius, mode='nearest') for k in range(picture.shape[2])])


def save(light, path, cover=None, quality=88):
    shown = display(light)
    if cover is not None:
        shown = np.dstack([shown, cover])
    shown = shown + np.random.default_rng(3).normal(0, 0.004, shown.shape[:2])[..., None] * (1 if cover is None else np.array([1, 1, 1, 0]))
    image = Image.fromarray((shown.clip(0, 1) * 255 + 0.5).astype(np.uint8))
    image.save(path, quality=quality, **({'subsampling': 0} if path.endswith('jpg') else {'method': 6}))


def field(height, width):
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    return (u + 0.5) / width, (v + 0.5) / height


def needles(width, height, stems, seed, snow=0.16, length=17, thick=2):
    """Pine branches drawn stroke by stroke at twice the size: light and cover. `stems`: lists of points in shares."""
    rng = np.random.default_rng(seed)
    scale = 2
    ink, cover = Image.new('RGB', (width * scale, height * scale)), Image.new('L', (width * scale, height * scale))
    pen, mask = ImageDraw.Draw(ink), ImageDraw.Draw(cover)

    def stroke(a, b, colour, wide):
        pen.line([a, b], fill=tuple(int(255 * c) for c in np.clip(colour, 0, 1)), width=wide)
        mask.line([a, b], fill=255, width=wide)

    def twig(keel, thick_px, reach_px):
        count = len(keel)
        along = np.linspace(0, 1, count)
        for k in range(count - 1):
            stroke(tuple(keel[k]), tuple(keel[k + 1]), (0.10, 0.06, 0.05), int(thick_px * (1 - along[k]) + 2) * scale // 2)
        direction = np.gradient(keel, axis=0)
        for k in np.repeat(np.arange(1, count), 7):
            angle = math.atan2(direction[k][1], direction[k][0]) + rng.choice((-1, 1)) * rng.uniform(0.3, 1.0)
            reach = reach_px * scale * rng.uniform(0.6, 1.1) * (1 - 0.35 * along[k])
            lit = max(0.0, -math.sin(angle)) * 0.7 + 0.1
            tip = keel[k] + reach * np.array([math.cos(angle), math.sin(angle)])
            stroke(tuple(keel[k]), tuple(tip), np.array([0.12, 0.17, 0.16]) + lit * np.array([0.34, 0.22, 0.10]) * rng.uniform(0.4, 1), thick * scale // 2 + 1)
        for k in range(2, count):
            if rng.random() < snow:
                x, y = keel[k] + rng.normal(0, 3 * scale, 2) - (0, 5 * scale)
                w, h = rng.uniform(5, 12) * scale * (1.2 - along[k]), rng.uniform(3, 6) * scale
                shade = np.array([0.80, 0.66, 0.56]) * rng.uniform(0.75, 1.05)
                pen.ellipse([x - w, y - h, x + w, y + h], fill=tuple(int(255 * min(1, c)) for c in shade))
                mask.ellipse([x - w, y - h, x + w, y + h], fill=255)

    for stem in stems:
        points = np.asarray(stem, float) * (width * scale, height * scale)
        along = np.linspace(0, 1, 60)
        keel = np.stack([np.interp(along, np.linspace(0, 1, len(points)), points[:, k]) for k in range(2)], -1)
        keel = gaussian_filter(keel, (4, 0), mode='nearest')
        direction = np.gradient(keel, axis=0)
        for k in range(6, 56, 5):
            for side in (-1, 1):
                angle = math.atan2(direction[k][1], direction[k][0]) + side * rng.uniform(0.55, 0.85)
                reach = (0.30 - 0.20 * along[k]) * width * scale * rng.uniform(0.7, 1.1)
                t = np.linspace(0, 1, 22)
                droop = 0.28 * reach * t ** 2
                twig(keel[k] + np.stack([math.cos(angle) * reach * t, math.sin(angle) * reach * t + droop], -1), 4, length)
        twig(keel, 8, length)
    small = lambda image: np.asarray(image.resize((width, height), Image.LANCZOS), np.float32) / 255
    return small(ink) ** 2.2, small(cover)


def blurred(light, cover, radius):
    """Out of focus: colours spread under the soft edge, so that it is not dark."""
    premultiplied = soft(light * cover[..., None], radius)
    thin = gaussian_filter(cover, radius, mode='nearest')
    return premultiplied / np.maximum(thin, 1e-3)[..., None], thin


def branches(pack):
    """Top left, near the lens; and another for the top right."""
    for name, stems, seed in (
        ('branch-left', [[(-0.05, 0.10), (0.35, 0.16), (0.72, 0.42)], [(-0.05, 0.34), (0.26, 0.42), (0.50, 0.74)], [(0.10, -0.05), (0.42, 0.04), (0.88, 0.16)]], 4),
        ('branch-right', [[(1.05, 0.06), (0.66, 0.14), (0.28, 0.36)], [(1.05, 0.36), (0.80, 0.46), (0.60, 0.78)]], 9),
    ):
        light, cover = needles(560, 460, stems, seed)
        light, cover = blurred(light, cover, 5.5)
        rim = np.clip(gaussian_filter(cover, 3) - gaussian_filter(np.pad(cover, ((7, 0), (0, 0)), 'edge')[:-7], 3), 0, 1)[..., None]
        save(light * 1.25 + rim * GOLDEN * 0.8, os.path.join(pack, f'layers/{name}.webp'), np.clip(cover * 1.08, 0, 1), 80)


def mist(pack):
    """Thin cloud about the feet of the peaks, in evening colours; soft at every border."""
    height, width = 260, 720
    u, v = field(height, width)
    wisps = noise.fractal(u * 5.2 + 2, v * 3.4 + 0.8 * noise.fractal(u * 4, v * 3, 3), 6, 0.55)
    shape = noise.smooth(0, 0.22, u) * noise.smooth(1, 0.78, u) * np.exp(-((v - 0.56) / 0.21) ** 2)
    cover = noise.smooth(0.36, 0.70, wisps) * shape
    lit = noise.smooth(0.42, 0.72, wisps + 0.35 * (0.5 - v))[..., None]
    light = (np.array([0.44, 0.38, 0.48]) * (1 - lit) + np.array([0.86, 0.56, 0.40]) * lit)
    save(light, os.path.join(pack, 'layers/mist.webp'), (0.62 * gaussian_filter(cover, 2)).clip(0, 1), 82)


def spindrift(pack):
    """Snow that the wind drags over the ground: meets itself left and right, so that it can go on for ever."""
    height, width = 220, 640
    u, v = field(height, width)

    def wisps(shift):
        x, y = u * 3.2 + shift, v * 9 + 0.5 * np.sin(u * 2 * np.pi)
        return noise.fractal(x + 0.6 * noise.fractal(x * 1.3, y * 0.6, 3), y, 6, 0.58)

    mixed = wisps(0.0) * (1 - u) + wisps(-3.2) * u
    mixed = (mixed - mixed.mean()) / mixed.std()
    cover = noise.smooth(0.1, 2.3, mixed) * noise.smooth(0, 0.35, v) * noise.smooth(1, 0.7, v)
    light = np.array([0.74, 0.57, 0.43]) * np.ones((height, width, 1)) * (0.8 + 0.12 * mixed[..., None]).clip(0.4, 1.1)
    save(light, os.path.join(pack, 'layers/spindrift.webp'), (0.55 * gaussian_filter(cover, (1, 3), mode=('nearest', 'wrap'))).clip(0, 1), 82)


def rays(pack):
    """Light that falls in shafts from beyond an upper corner: added to the picture."""
    height, width = 480, 300
    u, v = field(height, width)
    x, y = u * 9 / 16 + 0.16, v + 0.10
    angle, far = np.arctan2(y, x), np.hypot(x, y)
    shafts = noise.fractal(angle * 9.0 + 3, far * 0.35, 4, 0.6)
    fine = noise.fractal(angle * 31.0, far * 0.5 + 4, 3, 0.6)
    strength = noise.smooth(0.44, 0.80, 0.75 * shafts + 0.25 * fine) * np.exp(-far / 0.62) * noise.smooth(0.04, 0.28, far)
    strength = strength * noise.smooth(0.0, 0.12, 1 - v) * noise.smooth(0, 0.18, 1 - u)
    light = soft(strength[..., None] * GOLDEN * 0.26, 1.4)
    save(light, os.path.join(pack, 'layers/rays-left.webp'), None, 86)
    save(light[:, ::-1], os.path.join(pack, 'layers/rays-right.webp'), None, 86)


def bokeh_layers(pack):
    """Snow crystals that flash in the low sun, far out of focus: two pictures of light that come and go in turn."""
    woods = np.ones((960, 540), np.float32)
    for name, seed, count, size in (('bokeh-one', 21, 30, (9, 22)), ('bokeh-two', 22, 24, (11, 28))):
        rng = np.random.default_rng(seed)
        save(bokeh(960, 540, count, size, rng, woods, 0.34), os.path.join(pack, f'layers/{name}.webp'), None, 84)


def bokeh(height, width, count, sizes, rng, woods, strength):
    """Discs of light with a brighter border, mostly among the trees and where the sun comes through."""
    light = np.zeros((height, width, 3))
    placed = 0
    while placed < count:
        x, y = rng.random(), rng.normal(0.42, 0.20)
        if not 0.02 < y < 0.78:
            continue
        near_sun = math.exp(-math.hypot((x - 0.16) * 0.62, y - 0.30) / 0.30)
        if rng.random() > 0.25 + 0.45 * woods[int(y * (height - 1)), int(x * (width - 1))] + 0.5 * near_sun:
            continue
        radius = rng.uniform(*sizes) * (1.1 - 0.3 * near_sun)
        reach = int(radius + 4)
        cx, cy = x * width, y * height
        x0, x1, y0, y1 = max(0, int(cx) - reach), min(width, int(cx) + reach + 1), max(0, int(cy) - reach), min(height, int(cy) + reach + 1)
        yy, xx = np.mgrid[y0:y1, x0:x1]
        r = np.hypot(xx - cx, yy - cy)
        disc = np.clip((radius - r) / 1.6, 0, 1) * (0.62 + 0.38 * np.clip(r / radius, 0, 1) ** 4)
        colour = GOLDEN * (1 - 0.35 * rng.random()) + np.array([0.25, 0.22, 0.3]) * 0.5 * rng.random()
        light[y0:y1, x0:x1] += disc[..., None] * colour * strength * rng.uniform(0.35, 1.0) * (0.6 + 0.9 * near_sun)
        placed += 1
    return light


def near_gate(pack):
    """A gate so near that it is only colour: two poles and a panel."""
    height, width = 760, 260
    light, cover = np.zeros((height, width, 3)), np.zeros((height, width), np.float32)
    u, v = field(height, width)
    for x in (0.22, 0.78):
        pole = np.abs(u - x + 0.03 * (v - 0.5) ** 2) < 0.035
        cover[pole] = 1
        light[pole] = (0.50, 0.03, 0.03)
    panel = (np.abs(u - 0.5) < 0.36) & (np.abs(v - 0.36) < 0.17)
    cover[panel] = 1
    light[panel] = (0.52, 0.030, 0.032)
    band = panel & (np.abs(v - 0.36) < 0.028)
    light[band] = (0.72, 0.66, 0.60)
    light = light * (0.55 + 0.75 * noise.smooth(0.9, 0.1, u))[..., None] + 0.04 * SHADE
    light, cover = blurred(light, cover, 9)
    save(light, os.path.join(pack, 'layers/near-gate.webp'), cover.clip(0, 1), 80)


def near_flag(pack):
    """A flag that somebody waves close to the lens."""
    height, width = 420, 520
    u, v = field(height, width)
    wave = 0.05 * np.sin(u * 9) + 0.03 * np.sin(u * 17 + v * 3)
    inside = (np.abs(v - 0.42 + wave - 0.06 * u) < 0.27 - 0.03 * u) & (u > 0.1) & (u < 0.95)
    fold = 0.78 + 0.34 * np.cos(u * 9 + 0.6) + 0.12 * np.cos(u * 17 + v * 3)
    slash = np.abs((u - 0.52) + (v - 0.42 + wave) * 0.9) < 0.085
    thin = np.abs((u - 0.68) + (v - 0.42 + wave) * 0.9) < 0.022
    light = np.array([0.012, 0.050, 0.21]) * np.ones((height, width, 1))
    light[slash] = (0.66, 0.36, 0.05)
    light[thin] = (0.66, 0.62, 0.58)
    light = light * fold[..., None]
    pole = np.abs(u - 0.08 - 0.02 * v) < 0.012
    light[pole] = (0.30, 0.22, 0.15)
    light, cover = blurred(light, (inside | pole).astype(np.float32), 6.5)
    save(light * 1.15, os.path.join(pack, 'layers/near-flag.webp'), cover.clip(0, 1), 80)


def snow_on_top(rng, rows, width, depth):
    """The lower edge of snow that lies on something: uneven, in soft heaps. How far it reaches down, in rows."""
    heaps = gaussian_filter(rng.normal(0, 1, width), 26, mode='wrap') + 0.5 * gaussian_filter(rng.normal(0, 1, width), 9, mode='wrap')
    return rows + depth * (heaps / heaps.std()) * 0.5


def covered(light, glow, rng, thick, width):
    """Lays snow on the upper edge of what stands before the visitor: lit from the left above, blue below."""
    height = len(light)
    y = np.arange(height)[:, None]
    top = glow + 7 - 5 * gaussian_filter(rng.normal(0, 1, width), 30, mode='wrap') / gaussian_filter(rng.normal(0, 1, width), 30, mode='wrap').std() * 0.4
    low = snow_on_top(rng, glow + thick, width, thick * 0.55)
    t = (y - top) / np.maximum(low - top, 1)
    on = np.clip((low - y) / 2.5, 0, 1) * np.clip((y - top) / 3 + 1, 0, 1)
    grain = gaussian_filter(rng.normal(0, 1, light.shape[:2]), 1.2)
    lean = np.gradient(low)[None, :] * 0.25
    bright = np.clip(1.0 - 0.75 * t + lean + 0.10 * grain / grain.std(), 0.12, 1.15)[..., None]
    snow = np.array([0.16, 0.21, 0.36]) + bright * np.array([0.56, 0.38, 0.20])
    drop = np.clip(1 - (y - low) / 14, 0, 1) * (y > low)
    light = light * (1 - 0.55 * drop[..., None])
    return light * (1 - on[..., None]) + snow * on[..., None], top


def padding(pack):
    """The finish's air fence: blown-up cells of deep blue cloth with a line of gold, the emblem, and snow on top."""
    width, height, glow = 1200, 760, 26
    rng = np.random.default_rng(6)
    u, v = field(height, width)
    body = np.clip((v * height - glow) / (height - glow), 0, 1)
    cells = np.abs(np.sin(np.pi * u * 5 + 0.2)) ** 0.35
    roll = 0.45 + 0.75 * np.exp(-((body - 0.12) / 0.15) ** 2) + 0.10 * np.exp(-((body - 0.6) / 0.2) ** 2)
    light = np.array([0.014, 0.048, 0.19])[None, None] * (roll * (0.55 + 0.55 * cells))[..., None]
    light = light + (0.16 * np.exp(-((body - 0.10) / 0.05) ** 2) * cells)[..., None] * np.array([1.0, 0.66, 0.38])
    print_ = np.zeros((height, width, 3), np.float32)
    slope = (u - 0.5) * width * 0.5 + (body - 0.5) * height
    for offset, thick, colour in ((-270, 26, (0.70, 0.38, 0.05)), (-222, 9, (0.70, 0.70, 0.72)), (300, 26, (0.70, 0.38, 0.05)), (348, 9, (0.70, 0.70, 0.72))):
        print_[np.abs(slope - offset) < thick] = colour
    picture, cover = emblem.mark(250)
    y0, x0 = glow + 120, width // 2 - 125
    print_[y0:y0 + 250, x0:x0 + 250] = print_[y0:y0 + 250, x0:x0 + 250] * (1 - cover) + (picture * cover) ** 2.2
    shade = (0.35 + 0.65 * roll / roll.max()) * (0.6 + 0.4 * cells)
    on = (print_.max(-1) > 0.02)[..., None]
    light = np.where(on, print_ * shade[..., None] * 1.05, light)
    wrinkles = gaussian_filter(rng.normal(0, 1, (height, width)), (3, 26))
    light = light * (1 + 0.045 * wrinkles / wrinkles.std())[..., None].clip(0.5, 1.5)
    light = light * (1.15 - 0.35 * u)[..., None]
    light, top = covered(light, glow, rng, 30, width)
    finish_occluder(light, top, os.path.join(pack, 'occluders/padding.webp'))


def counter(pack):
    """What one leans on at the interview: larch boards with a plate of brass, snow on the ledge."""
    width, height, glow = 1200, 640, 26
    rng = np.random.default_rng(8)
    u, v = field(height, width)
    row = (v * height - glow)
    board = np.floor(row / 96)
    grain = gaussian_filter(rng.normal(0, 1, (height, width)), (1.0, 60)) + 0.6 * gaussian_filter(rng.normal(0, 1, (height, width)), (2.2, 140))
    tone = 1 + 0.16 * grain / grain.std() + 0.14 * np.sin(board * 2.4 + 1)
    wood = np.array([0.200, 0.098, 0.042])[None, None] * tone[..., None].clip(0.4, 1.7)
    gap = np.clip(np.abs((row % 96) - 1.5) / 3.0, 0, 1)
    light = wood * (0.16 + 0.84 * gap)[..., None]
    light = light * (1.2 - 0.5 * u)[..., None] * (1.15 - 0.6 * np.clip(row / height, 0, 1))[..., None]
    picture, cover = emblem.mark(170, peak=(0.95, 0.80, 0.52), sun=(1.0, 0.85, 0.5))
    y0, x0 = glow + 92, width // 2 - 85
    disc = np.clip((118 - np.hypot(u * width - width / 2, v * height - y0 - 92)) / 1.5, 0, 1)[..., None]
    light = light * (1 - disc) + disc * np.array([0.018, 0.055, 0.17]) * (1.2 - 0.5 * u)[..., None]
    ring = np.clip(1 - np.abs(np.hypot(u * width - width / 2, v * height - y0 - 92) - 116) / 3.5, 0, 1)[..., None]
    light = light + ring * np.array([0.55, 0.32, 0.10])
    light[y0:y0 + 170, x0:x0 + 170] = light[y0:y0 + 170, x0:x0 + 170] * (1 - cover) + (picture * cover) ** 2.2 * 0.85
    light, top = covered(light, glow, rng, 40, width)
    finish_occluder(light, top, os.path.join(pack, 'occluders/counter.webp'))


def finish_occluder(light, top, path):
    y = np.arange(len(light))[:, None]
    save(light, path, np.clip((y - top) / 2.5 + 1, 0, 1), 86)


if __name__ == '__main__':
    pack = sys.argv[1]
    for folder in ('layers', 'occluders', 'plates'):
        os.makedirs(os.path.join(pack, folder), exist_ok=True)
    for paint in (branches, mist, spindrift, rays, bokeh_layers, near_gate, near_flag, padding, counter):
        if len(sys.argv) < 3 or paint.__name__ in sys.argv[2:]:
            paint(pack)
