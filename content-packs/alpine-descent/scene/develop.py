"""From light to plates: paints the sky behind the rendered parts, spills the sun's glow over them, and writes the far part
opaque as plates/PLATE.jpg and the others with alpha as layers/PLATE-PART.webp. Run: python3 develop.py PLATE RAW_FOLDER OUT_FOLDER"""
import json
import os
import sys

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, median_filter
from scipy.signal import fftconvolve

import sky

SIZE = (1080, 1920)
#: Snow in full sun ends here on the display: the studio takes what is brighter for lamps.
PAPER = 0.86

SKIES = {
    'start': dict(clouds=0.75, seed=2.3), 'ridge': dict(clouds=0.6, seed=5.1), 'slope': dict(clouds=0.35, seed=8.4),
    'finish': dict(clouds=0.5, seed=1.2), 'big-screen': dict(clouds=0.6, seed=12.7), 'interview': dict(clouds=0.4, seed=3.9),
    'pines': dict(clouds=0.3, seed=6.6),
}
#: Exposure, and how strong the glow of the sun lies over everything.
LOOKS = {
    'start': (0.62, 1.0), 'ridge': (0.72, 0.7), 'slope': (0.72, 0.4), 'finish': (0.62, 0.4), 'big-screen': (0.72, 0.4), 'interview': (0.8, 0.0), 'pines': (0.85, 1.0),
}

#: Radius of the lens blur where the whole plate is far out of focus, in pixels.
BLURRED = {'pines': 24}
#: Blur of parts that stand close before the lens.
NEAR_BLUR = {'gate': 2, 'heads': 9}
#: Below this share of the height people stand, and people behind the visitor are never sharp.
PEOPLE_BELOW = {'big-screen': 0.64, 'finish': 0.46}
#: Plates that are one picture: nothing in them moves against the rest.
WHOLE = ('interview', 'pines')


#: White balance of the camera that is out on the mountain all evening: gold stays, brown goes.
BALANCE = np.array([0.90, 1.09, 1.16], np.float32)


def load(folder, name, size=SIZE):
    """A rendered part at full size, premultiplied."""
    raw = np.load(os.path.join(folder, name + '.npy')).astype(np.float32)
    raw = np.clip(np.nan_to_num(raw), 0, 40)
    raw[..., :3] *= BALANCE
    # Single bright or dark grains go first, at the size they were rendered.
    raw = 0.3 * raw + 0.7 * median_filter(raw, (3, 3, 1))
    if (raw.shape[1], raw.shape[0]) == size:
        return raw
    return np.stack([np.asarray(Image.fromarray(raw[..., k]).resize(size, Image.BICUBIC)) for k in range(4)], -1).clip(0, None)


def calmed(picture, amount=0.75):
    """Takes the renderer's grain out of even places and leaves edges alone: a guided filter, each channel its own guide."""
    def box(a):
        return gaussian_filter(a, 2.2)
    out = np.empty_like(picture[..., :3])
    for k in range(3):
        root = np.sqrt(picture[..., k])
        mean = box(root)
        spread = box(root * root) - mean * mean
        gain = spread / (spread + 0.0022)
        out[..., k] = (box(gain) * root + box(mean - gain * mean)) ** 2
    out = picture[..., :3] * (1 - amount) + out * amount
    return np.dstack([out, picture[..., 3:]])


def filmic(light):
    """Narkowicz's fit of the ACES curve (2016) and the display's own, ending at PAPER for what is not a lamp. Half of it
    is done by the brightest channel alone, so that gold stays gold where it is bright."""
    def curve(x):
        return np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    x = np.clip(light, 0, None) * 0.8
    peak = x.max(-1, keepdims=True) + 1e-6
    shown = 0.45 * curve(x) + 0.55 * x / peak * curve(peak)
    return PAPER * np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)


def toned(shown):
    """Cool shadows, warm lights, a little more colour and depth."""
    grey = shown.mean(-1, keepdims=True)
    tinted = shown * (np.array([0.94, 0.99, 1.09]) * (1 - grey) + np.array([1.035, 1.0, 0.95]) * grey)
    rich = grey + (tinted - grey) * 1.14
    return rich + 0.22 * (rich - 0.40) * rich * (1 - rich) * 4


def sunspill(light, look, strength):
    """The sun's glow over whatever stands before it."""
    if strength <= 0:
        return light
    u, v = sky.places(*light.shape[:2])
    away, warm = sky.sunlight(u, v, look)
    return light + strength * ((0.16 * warm ** 1.6)[..., None] * np.array([1.0, 0.54, 0.24]) + (0.28 * np.exp(-away / 0.16))[..., None] * np.array([1.0, 0.60, 0.28]))


def develop(light, seed, lamps=None):
    """Linear light to sRGB bytes; `lamps` (0..1) marks what may be brighter than paper."""
    shown = toned(filmic(light))
    if lamps is not None:
        shown = shown + (1 - PAPER) * lamps
    noise = np.random.default_rng(seed).normal(0, 0.0045, shown.shape[:2])[..., None]
    return (np.clip(shown + noise, 0, 1) * 255 + 0.5).astype(np.uint8)


def out_of_focus(light, radius):
    """What a fast lens makes of light behind its focus: a disc of every point, with a slightly brighter border."""
    reach = int(radius) + 2
    y, x = np.mgrid[-reach:reach + 1, -reach:reach + 1]
    away = np.hypot(x, y)
    disc = np.clip(radius + 0.5 - away, 0, 1) * (0.75 + 0.25 * (away / radius) ** 4)
    padded = np.pad(light, ((reach, reach), (reach, reach), (0, 0)), 'edge')
    return np.dstack([fftconvolve(padded[..., k], disc / disc.sum(), 'valid') for k in range(3)]).clip(0, None)


def plate(name, folder, out):
    with open(os.path.join(folder, name + '.json')) as file:
        look = json.load(file)
    exposure, spill = LOOKS[name]
    heaven = sky.evening(SIZE[1], SIZE[0], look, **SKIES[name])
    u, v = sky.places(SIZE[1], SIZE[0])
    away, _ = sky.sunlight(u, v, look)
    parts = {part: calmed(load(folder, f'{name}-{part}')) for part in ('far', 'near', 'gate', 'heads') if os.path.exists(os.path.join(folder, f'{name}-{part}.npy'))}
    far = parts.pop('far', np.zeros((SIZE[1], SIZE[0], 4), np.float32))
    base = heaven * (1 - np.clip(far[..., 3:], 0, 1)) + far[..., :3]
    lamps = np.clip(1.3 * np.exp(-away / 0.02), 0, 1)[..., None] * (1 - np.clip(far[..., 3:], 0, 1))
    if name in WHOLE:
        near = parts.pop('near')
        base = base * (1 - np.clip(near[..., 3:], 0, 1)) + near[..., :3]
    if name in BLURRED:
        # Glints of snow are brighter than they were rendered: they were rare.
        peak = base.max(-1, keepdims=True)
        glints = np.clip(peak - 0.9, 0, 3) * (v < 0.62)[..., None]
        base = out_of_focus(np.minimum(base, 1.6) * (1 + 2.5 * glints), BLURRED[name])
        lamps = 0.6 * np.clip((base.max(-1, keepdims=True) - 1.5) / 1.5, 0, 1) * (v < 0.62)[..., None]
    Image.fromarray(develop(sunspill(base * exposure, look, spill), 1, lamps)).save(os.path.join(out, 'plates', name + '.jpg'), quality=90, subsampling=0)
    for part, picture in parts.items():
        if part == 'near' and name in PEOPLE_BELOW:
            soft = np.dstack([gaussian_filter(picture[..., k], 4.5) for k in range(4)])
            people = np.clip((v - PEOPLE_BELOW[name]) / 0.03, 0, 1)[..., None]
            picture = picture * (1 - people) + soft * people
        if part in NEAR_BLUR:
            picture = np.dstack([gaussian_filter(picture[..., k], NEAR_BLUR[part]) for k in range(4)])
        cover = np.clip(picture[..., 3:], 0, 1)
        light = picture[..., :3] / np.maximum(cover, 1e-3)
        # What lies under clear edges: the colour beside it, so that nothing dark creeps in.
        spread = np.dstack([gaussian_filter(picture[..., k], 6) for k in range(3)]) / np.maximum(gaussian_filter(cover[..., 0], 6), 1e-3)[..., None]
        light = np.where(cover > 0.15, light, spread)
        bytes_ = develop(sunspill(light * exposure, look, spill * (0.45 if part in ('gate', 'heads') else 0.8)), 2)
        # Rows without anything are left out; `at` in pack.json says where the rest lies.
        top = int(np.argmax(cover[..., 0].max(1) > 0.01)) // 16 * 16
        print(f'{name}-{part}: "at": {{ "x": 0, "y": {top / SIZE[1]:.4f}, "width": 1, "height": {1 - top / SIZE[1]:.4f} }}')
        rgba = np.dstack([bytes_, (cover * 255 + 0.5).astype(np.uint8)])[top:]
        Image.fromarray(rgba).save(os.path.join(out, 'layers', f'{name}-{part}.webp'), quality=86, method=5)


if __name__ == '__main__':
    plate(*sys.argv[1:4])
