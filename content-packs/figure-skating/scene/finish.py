"""From a raw render to a plate: the mirror of the ice, glow, streaks, vignette, grain, and a JPEG of 1080x1920.
Run: python3 finish.py PLATE RAW.png OUT.jpg   (PLATE names the recipe below)"""
import sys

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.signal import fftconvolve

WIDTH, HEIGHT = 1080, 1920

# mirror: where the ice meets the boards at the left and right edge (shares of the height), strength, how much higher in the middle
# glow: amounts near and wide; streak: sideways flare of lamps; tint of shadows and lights; vignette; saturation
RECIPES = {
    'arena': dict(mirror=(0.588, 0.588, 0.72, 0), sharp=(), defocus=4, glow=(0.16, 0.2), streak=0.5, shadows=(.96, .99, 1.07), lights=(1.02, 1, .99), vignette=0.3, saturation=1.0),
    'stands': dict(mirror=(0.702, 0.722, 0.5, 0), glow=(0.2, 0.26), streak=0.25, shadows=(1.02, .97, 1.06), lights=(1.03, 1, .96), vignette=0.35, saturation=1.0),
    'big-screen': dict(mirror=None, sharp=((.085, .155), (.915, .155), (.915, .576), (.085, .576)), defocus=7, glow=(0.1, 0.14), streak=0.0, shadows=(.96, .99, 1.07), lights=(1.01, 1, 1), vignette=0.25, saturation=1.0),
    'ice': dict(mirror=(0.472, 0.472, 0.4, 0.03), sharp=(), defocus=3, glow=(0.14, 0.2), streak=0.4, shadows=(.96, .99, 1.07), lights=(1.02, 1, .99), vignette=0.35, saturation=1.02),
    'interview': dict(mirror=(0.9, 0.9, 0.35, 0), glow=(0.1, 0.14), streak=0.0, shadows=(.98, 1, 1.04), lights=(1.02, 1, .98), vignette=0.3, saturation=1.0),
    'tunnel': dict(mirror=None, sharp=(), defocus=3, rays=((0.5, 0.515), (0.18, 0.1), 3.2), glow=(0.12, 0.16), streak=0.2, shadows=(.95, .99, 1.08), lights=(1.01, 1, 1), vignette=0.4, saturation=1.0),
}


def soften(light, sigma):
    """Gaussian blur of an RGB picture; wide ones on a quarter-size copy."""
    if np.max(sigma) < 10:
        return soften_small(light, sigma)
    small = light.reshape(HEIGHT // 4, 4, WIDTH // 4, 4, 3).mean((1, 3))
    small = np.stack([gaussian_filter(small[..., c], np.asarray(sigma) / 4) for c in range(3)], -1)
    return np.stack([np.asarray(Image.fromarray(small[..., c].astype(np.float32)).resize((WIDTH, HEIGHT), Image.BICUBIC)) for c in range(3)], -1)


def mirror_on_ice(light, left, right, strength, rise, rng):
    """Lay the picture above the boards' foot, upside down and drawn out downwards, over the ice below it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    foot = (left + (right - left) * x / WIDTH - rise * (1 - (2 * x / WIDTH - 1) ** 2)) * HEIGHT
    depth = y - foot
    uneven = gaussian_filter(rng.normal(0, 1, (HEIGHT, WIDTH)), (3, 26))
    uneven = uneven / uneven.std()
    near = np.clip(depth / (HEIGHT * 0.4), 0, 1)
    sources = []
    for streak in (5, 26, 80):
        drawn = soften(light, (streak, 2.5 + streak * 0.06))
        at = [np.clip(foot - depth * 1.02 + uneven * (1 + 7 * near), 0, HEIGHT - 1), np.clip(x + uneven * 1.5 * near, 0, WIDTH - 1)]
        sources.append(np.stack([map_coordinates(drawn[..., c], at, order=1) for c in range(3)], -1))
    a, b = np.clip(near * 3, 0, 1)[..., None], np.clip(near * 1.6 - 0.35, 0, 1)[..., None]
    mirrored = (sources[0] * (1 - a) + sources[1] * a) * (1 - b) + sources[2] * b
    grazing = 0.24 + 0.76 * np.exp(-depth / (HEIGHT * 0.15))  # Fresnel: the far ice mirrors most
    on_ice = np.clip(depth / 5, 0, 1)
    return light + mirrored * (strength * grazing * on_ice)[..., None]


def keep_sharp(light, outline, radius):
    """Throw all but the inside of `outline` (corners as shares) out of focus: discs of `radius` pixels, as a lens does."""
    mask = Image.new('L', (WIDTH, HEIGHT), 0)
    if outline:
        ImageDraw.Draw(mask).polygon([(x * WIDTH, y * HEIGHT) for x, y in outline], fill=255)
    inside = gaussian_filter(np.asarray(mask, np.float32) / 255, 3)[..., None]
    span = np.arange(-radius - 1, radius + 2)
    disc = np.clip(radius + 0.5 - np.hypot(span[:, None], span[None]), 0, 1)
    sparkle = light * (1 + 2 * np.clip(light.mean(-1, keepdims=True) - 0.7, 0, 1))
    padded = np.pad(sparkle, ((radius + 1,) * 2, (radius + 1,) * 2, (0, 0)), 'edge')
    blurred = np.stack([fftconvolve(padded[..., c], disc / disc.sum(), 'valid') for c in range(3)], -1)
    return light * inside + blurred.clip(0) * (1 - inside)


def drift(rng, size=(HEIGHT, WIDTH), octaves=5):
    """Smoke: noise of many sizes, 0..1, mean about one half."""
    total = np.zeros(size, np.float32)
    for octave in range(octaves):
        cells = 3 * 2 ** octave
        coarse = Image.fromarray(rng.random((cells * 2, cells)).astype(np.float32))
        total += np.asarray(coarse.resize((size[1], size[0]), Image.BICUBIC)) / 1.7 ** octave
    return (total - total.min()) / (total.max() - total.min())


def rays_and_smoke(light, centre, reach, strength, rng):
    """Shafts of light that spread through drifting smoke from what is bright within `reach` of `centre` (shares of the picture)."""
    x0, y0 = centre[0] * WIDTH, centre[1] * HEIGHT
    y, x = np.mgrid[0:HEIGHT:4, 0:WIDTH:4].astype(np.float32)
    small = light[::4, ::4]
    inside = (np.abs(x / WIDTH - centre[0]) < reach[0]) & (np.abs(y / HEIGHT - centre[1]) < reach[1])
    source = small * np.clip((small.max(-1, keepdims=True) - 0.3) / 0.4, 0, 1) * inside[..., None] * np.array([0.55, 0.8, 1.0])
    angle = np.arctan2(y - y0, x - x0)
    fan = np.interp(angle, np.linspace(-np.pi, np.pi, 97), np.r_[(f := 0.25 + rng.random(96) ** 2 * 1.5), f[:1]])
    shafts = np.zeros_like(small)
    for step in range(48):
        pull = 1 - step / 48 * 0.93
        at = [(y0 + (y - y0) * pull) / 4, (x0 + (x - x0) * pull) / 4]
        shafts += np.stack([map_coordinates(source[..., c], at, order=1, mode='nearest') for c in range(3)], -1) * 0.955 ** step
    shafts = soften_small(shafts * gaussian_filter(fan, 2)[..., None] / 48, 2)
    distance = np.hypot((x - x0) / WIDTH, (y - y0) / HEIGHT)
    smoke = drift(rng, x.shape) ** 1.6
    bank = smoke[..., None] * np.exp(-distance / 0.28)[..., None] * np.array([0.25, 0.48, 0.9])
    low = drift(rng, x.shape)[..., None] * np.clip((y / HEIGHT - 0.6) * 2.2, 0, 1)[..., None] * np.array([0.05, 0.085, 0.14])
    veil = shafts * (0.5 + 0.9 * smoke[..., None]) * strength + 0.24 * bank + 0.5 * low
    return light + np.stack([np.asarray(Image.fromarray(veil[..., c].astype(np.float32)).resize((WIDTH, HEIGHT), Image.BICUBIC)) for c in range(3)], -1).clip(0)


def soften_small(light, sigma):
    return np.stack([gaussian_filter(light[..., c], sigma) for c in range(3)], -1)


def finish(raw, recipe, seed=1):
    rng = np.random.default_rng(seed)
    picture = Image.open(raw).convert('RGB').resize((WIDTH, HEIGHT), Image.LANCZOS)
    light = (np.asarray(picture, np.float32) / 255) ** 2.2
    if 'sharp' in recipe:
        light = keep_sharp(light, recipe['sharp'], recipe['defocus'])
    if recipe['mirror']:
        light = mirror_on_ice(light, *recipe['mirror'], rng)
    if 'rays' in recipe:
        light = rays_and_smoke(light, *recipe['rays'], rng)
    bright = light.max(-1, keepdims=True)
    high = light * np.clip((bright - 0.5) / 0.4, 0, 1)
    light = light + recipe['glow'][0] * soften(high, (14, 14)) + recipe['glow'][1] * soften(high, (64, 64))
    if recipe['streak']:
        lamps = light * np.clip((bright - 0.85) / 0.1, 0, 1)
        light = light + soften(lamps, (1.6, 90)) * np.array([0.35, 0.65, 1.0]) * recipe['streak']
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    radius = np.sqrt(((x / WIDTH - 0.5) * 2) ** 2 * 0.8 + ((y / HEIGHT - 0.5) * 2) ** 2 * 0.9)
    light = light * (1 - recipe['vignette'] * 1.5 * np.clip(radius - 0.4, 0, 2) ** 1.6 * (1 - np.clip(bright[..., 0], 0, 1) ** 2))[..., None]
    light = np.where(light > 0.7, 0.7 + 0.3 * (1 - np.exp(-(light - 0.7) / 0.3)), np.maximum(light, 0))
    shown = light ** (1 / 2.2)
    grey = shown.mean(-1, keepdims=True)
    shown = shown * (np.asarray(recipe['shadows']) * (1 - grey) + np.asarray(recipe['lights']) * grey)
    shown = grey + (shown - grey) * recipe['saturation']
    grain = gaussian_filter(rng.normal(0, 1, (HEIGHT, WIDTH)), 0.7)
    shown = shown + (grain / grain.std())[..., None] * 0.007 * (1 - 0.6 * grey)
    return Image.fromarray((np.clip(shown, 0, 1) * 255 + rng.uniform(0, 1, shown.shape)).clip(0, 255).astype(np.uint8))


if __name__ == '__main__':
    plate, raw, out = sys.argv[1:]
    finish(raw, RECIPES[plate]).save(out, quality=88, optimize=True, progressive=True, subsampling='4:2:0')
