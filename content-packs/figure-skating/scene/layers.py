"""What moves in the night arena, taken out of the finished plates or painted over them: phones in the stands that come and
go, heads before the screen, the tunnel's frames, beams, a gobo on the wall, lights before the lens. Takes the phones out of
the plates in the same go, so run it once on plates as finish.py leaves them: python3 layers.py PACK_FOLDER"""
import os
import sys

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

import emblem

#: Plates with phones: the band of the stands (shares of the height), the size of a phone's disc and how bright one is.
PHONES = {'arena': (0.33, 0.56, 17, 0.30), 'stands': (0.14, 0.64, 45, 0.34), 'big-screen': (0.70, 0.90, 17, 0.30), 'ice': (0.19, 0.44, 17, 0.30)}
#: How much of a phone's light stays in the plate: none goes out altogether.
STAYS = 0.35


def linear(path):
    shown = np.asarray(Image.open(path).convert('RGB'), np.float32) / 255
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def save(light, path, cover=None, quality=88):
    light = np.clip(light, 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    if cover is not None:
        shown = np.dstack([shown, np.clip(cover, 0, 1)])
    options = {'subsampling': 0} if path.endswith('jpg') else {'method': 6}
    Image.fromarray((shown * 255 + 0.5).astype(np.uint8)).save(path, quality=quality, **options)


def halved(light):
    height, width = light.shape[0] // 2 * 2, light.shape[1] // 2 * 2
    return light[:height, :width].reshape(height // 2, 2, width // 2, 2, -1).mean((1, 3))


def at(name, top, bottom):
    print(f'{name}: "at": {{ "x": 0, "y": {top:.4f}, "width": 1, "height": {bottom - top:.4f} }}')


def phones(plate, light, out):
    """Takes small bright spots out of the stands and writes them as two pictures of light, by turns."""
    top, bottom, size, least = PHONES[plate]
    y0, y1 = int(top * light.shape[0]) // 2 * 2, int(bottom * light.shape[0]) // 2 * 2
    band = light[y0:y1]
    base = np.dstack([ndimage.grey_opening(band[..., k], (size, size)) for k in range(3)])
    base = np.dstack([ndimage.gaussian_filter(base[..., k], size / 4) for k in range(3)])
    base = np.minimum(band, base)
    spots = band - base
    peak = spots.min(-1)
    seen = ndimage.binary_opening(peak > least * 0.55, iterations=max(1, size // 12))
    seen &= ndimage.grey_dilation(peak * seen, (size // 2, size // 2)) > least
    labels, count = ndimage.label(ndimage.binary_dilation(seen, iterations=3))
    extents = ndimage.find_objects(labels)
    # Ribbons and lamps are long; phones are not.
    small = [k + 1 for k, (rows, columns) in enumerate(extents) if rows.stop - rows.start < size * 1.9 and columns.stop - columns.start < size * 3.2]
    group = np.zeros(count + 1, int)
    group[small] = np.random.default_rng(7).integers(1, 3, len(small))
    groups = group[labels]
    soft = ndimage.gaussian_filter((groups > 0).astype(np.float32), 1.5)[..., None]
    light[y0:y1] = band - spots * soft * (1 - STAYS)
    for number in (1, 2):
        mask = ndimage.gaussian_filter((groups == number).astype(np.float32), 1.5)[..., None]
        save(halved(spots * mask * (1 - STAYS) * 1.35), os.path.join(out, f'{plate}-phones-{number}.webp'), None, 84)
    at(f'{plate}-phones ({len(small)})', y0 / light.shape[0], y1 / light.shape[0])


def onlookers(out):
    """Heads, shoulders and a few lifted phones close before the lens: dark, with the arena's light along their upper edge."""
    height, width = 330, 600
    scale = 3
    image = Image.new('L', (width * scale, height * scale))
    pen = ImageDraw.Draw(image)
    rng = np.random.default_rng(11)
    screens = []
    for x, tall in ((-0.02, 0.62), (0.17, 0.50), (0.345, 0.66), (0.52, 0.47), (0.70, 0.60), (0.865, 0.52), (1.03, 0.66)):
        size = rng.uniform(0.058, 0.068) * width * scale
        cx, cy = x * width * scale, (1 - tall) * height * scale + size * 1.2
        pen.ellipse([cx - size, cy - size * 1.22, cx + size, cy + size * 1.22], fill=255)
        pen.rectangle([cx - size * 0.52, cy, cx + size * 0.52, cy + size * 2], fill=255)
        pen.ellipse([cx - size * 2.25, cy + size * 1.35, cx + size * 2.25, cy + size * 5], fill=255)
        pen.rectangle([cx - size * 2.2, cy + size * 3, cx + size * 2.2, height * scale], fill=255)
        if rng.random() < 0.45:
            side = rng.choice((-1, 1))
            hand = (cx + side * size * 1.75, cy - size * 0.9)
            pen.line([(cx + side * size * 2.0, cy + size * 2.6), hand], fill=255, width=int(size * 0.75))
            pen.ellipse([hand[0] - size * 0.5, hand[1] - size * 0.5, hand[0] + size * 0.5, hand[1] + size * 0.5], fill=255)
            box = [hand[0] - size * 0.34, hand[1] - size * 1.35, hand[0] + size * 0.34, hand[1] - size * 0.1]
            pen.rectangle(box, fill=255)
            screens.append([value / scale for value in box])
    cover = np.asarray(image.resize((width, height), Image.LANCZOS), np.float32) / 255
    rim = np.clip(cover - np.pad(cover, ((5, 0), (0, 0)), 'edge')[:-5], 0, 1)
    light = np.array([0.006, 0.009, 0.020]) + ndimage.gaussian_filter(rim, 1.6)[..., None] * np.array([0.10, 0.34, 0.55])
    for x0, y0, x1, y1 in screens:
        light[int(y0) + 2:int(y1) - 1, int(x0) + 2:int(x1) - 1] = (0.15, 0.24, 0.36)
    soft = ndimage.gaussian_filter(cover, 2.4)
    light = np.dstack([ndimage.gaussian_filter(light[..., k] * cover, 2.4) for k in range(3)]) / np.maximum(soft, 1e-3)[..., None]
    save(light, os.path.join(out, 'onlookers.webp'), soft, 84)


def frames(light, out):
    """The nearest of the tunnel's frames: its outer walls again, soft towards the middle."""
    v, u = np.mgrid[0:light.shape[0], 0:light.shape[1]].astype(np.float32)
    u, v = u / light.shape[1], v / light.shape[0]
    edge = np.maximum(np.abs(u - 0.5) / 0.5, np.clip(0.53 - v, 0, 1) / 0.53 * 0.98)
    cover = np.clip((edge - 0.70) / 0.13, 0, 1)
    small = np.dstack([halved(light), halved((cover * cover * (3 - 2 * cover))[..., None])])
    save(small[..., :3], os.path.join(out, 'tunnel-frames.webp'), small[..., 3], 84)


def fan(width, height, beams, spread, out, name):
    """Beams from above, light on black: (x, y, angle, colour) of each in shares of the picture."""
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (u + 0.5) / width * 0.5625, (v + 0.5) / height
    light = np.zeros((height, width, 3), np.float32)
    for x, y, angle, colour in beams:
        along = (u - x * 0.5625) * np.sin(angle) + (v - y) * np.cos(angle)
        across = (u - x * 0.5625) * np.cos(angle) - (v - y) * np.sin(angle)
        half = 0.006 + spread * np.clip(along, 0, 2)
        shape = np.clip(1 - (across / half) ** 2, 0, 1) ** 2 * np.clip(along / 0.02, 0, 1) * np.exp(-np.clip(along, 0, 3) / 0.42) * (0.25 + 0.03 / half)
        light += shape[..., None] * np.asarray(colour, np.float32)
    save(light * np.clip((1 - v) / 0.08, 0, 1)[..., None], os.path.join(out, name + '.webp'), None, 86)


def lens_lights(out):
    """Lights so near the lens that they are faint discs: something that passes before the visitor."""
    height, width = 480, 270
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    rng = np.random.default_rng(3)
    light = np.zeros((height, width, 3), np.float32)
    for _ in range(13):
        x = rng.choice((rng.uniform(-0.02, 0.2), rng.uniform(0.8, 1.02))) * width
        y, radius = rng.uniform(0.02, 0.98) * height, rng.uniform(10, 24)
        away = np.hypot(u - x, v - y)
        disc = np.clip((radius - away) / 2.5, 0, 1) * (0.7 + 0.3 * np.clip(away / radius, 0, 1) ** 4)
        light += disc[..., None] * np.asarray(((0.10, 0.45, 0.9), (0.75, 0.10, 0.5), (0.5, 0.6, 0.8))[int(rng.integers(3))]) * rng.uniform(0.05, 0.16)
    save(light, os.path.join(out, 'lens-lights.webp'), None, 86)


def gobo(out):
    """The snowflake thrown onto the wall by a moving lamp."""
    flake = emblem.snowflake(300)
    soft = ndimage.gaussian_filter(np.pad(flake, 60), 7)
    ring = np.hypot(*(np.mgrid[0:420, 0:420] - 210.0)) / 200
    pool = np.clip(1 - ring, 0, 1) ** 1.5
    save((0.22 * soft + 0.07 * pool)[..., None] * np.array([0.45, 0.8, 1.0]), os.path.join(out, 'wall-gobo.webp'), None, 86)


if __name__ == '__main__':
    pack = sys.argv[1]
    out = os.path.join(pack, 'layers')
    os.makedirs(out, exist_ok=True)
    for plate in PHONES:
        path = os.path.join(pack, 'plates', plate + '.jpg')
        light = linear(path).astype(np.float32)
        phones(plate, light, out)
        save(light, path, None, 92)
    frames(linear(os.path.join(pack, 'plates/tunnel.jpg')).astype(np.float32), out)
    cool, warm = ((0.06, 0.34, 0.62), (0.45, 0.06, 0.32), (0.30, 0.42, 0.55)), ((0.62, 0.24, 0.10), (0.60, 0.10, 0.26), (0.45, 0.30, 0.20))
    fan(270, 480, [(0.18, -0.05, 0.30, cool[0]), (0.42, -0.05, 0.12, cool[2]), (0.30, -0.05, -0.16, cool[1])], 0.055, out, 'beams-cool')
    fan(270, 480, [(0.75, -0.06, -0.34, warm[0]), (0.95, -0.06, -0.20, warm[1]), (0.55, -0.06, -0.05, warm[2])], 0.060, out, 'beams-warm')
    onlookers(out)
    lens_lights(out)
    gobo(out)
