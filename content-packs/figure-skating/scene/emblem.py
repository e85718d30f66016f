"""Pictures the scenes are dressed with, drawn by numbers: the snowflake of this world, the LED ribbon, the blade
marks on the ice. All return float arrays 0..1, height x width (x 3)."""
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def snowflake(size, turn=math.pi / 6, weight=0.035):
    """White snowflake on black, `size` pixels square: six arms, three pairs of barbs, a hexagon and diamond tips."""
    scale = 3
    full = size * scale
    image = Image.new('L', (full, full), 0)
    draw = ImageDraw.Draw(image)
    centre, reach, line = full / 2, full * 0.46, max(1, int(full * weight))
    at = lambda r, a: (centre + r * math.cos(a), centre + r * math.sin(a))

    def stroke(start, end, width):
        draw.line([start, end], fill=255, width=width)
        for x, y in (start, end):
            draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255)

    for arm in range(6):
        angle = turn + arm * math.pi / 3
        stroke(at(reach * 0.2, angle), at(reach * 0.9, angle), line)
        for along, length in ((0.42, 0.22), (0.62, 0.25), (0.8, 0.14)):
            start = at(reach * along, angle)
            for side in (-1, 1):
                lean = angle + side * math.pi / 3
                stroke(start, (start[0] + reach * length * math.cos(lean), start[1] + reach * length * math.sin(lean)), int(line * 0.75))
        tip = reach * 0.96
        draw.polygon([at(tip + line, angle), at(tip - line * 0.4, angle + 0.045), at(tip - line * 1.8, angle), at(tip - line * 0.4, angle - 0.045)], fill=255)
        stroke(at(reach * 0.2, angle), at(reach * 0.2, angle + math.pi / 3), int(line * 0.75))
    return np.asarray(image.resize((size, size), Image.LANCZOS), np.float32) / 255


def paste_light(canvas, mask, x, y, colour):
    """Add `mask` in `colour` onto a float RGB canvas, its top left corner at x, y; wraps around sideways."""
    height, width = mask.shape
    columns = np.arange(x, x + width) % canvas.shape[1]
    top, bottom = max(0, y), min(canvas.shape[0], y + height)
    canvas[top:bottom, columns] += mask[top - y:bottom - y, :, None] * np.asarray(colour, np.float32)


def ribbon(low, high, accent, width=2048, height=128):
    """One repeat of an LED ribbon: a slow swell from `low` to `high`, slanted bars and a snowflake in `accent`."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    swell = (0.5 - 0.5 * np.cos(2 * np.pi * x / width)) ** 1.5
    canvas = np.asarray(low, np.float32) * (1 - swell[..., None]) + np.asarray(high, np.float32) * swell[..., None]
    bars = ((x + y * 1.2) % 128 < 44) & (np.abs(x - width * 0.24) < 260)
    canvas = canvas + bars[..., None] * np.asarray(accent, np.float32) * (0.55 * np.clip(1 - np.abs(x - width * 0.24) / 280, 0, 1))[..., None]
    flake = snowflake(int(height * 0.92))
    for place in (0.44, 0.5, 0.56):
        paste_light(canvas, flake, int(width * place - flake.shape[1] / 2), int(height * 0.04), np.asarray(accent) * 1.2)
    return np.clip(canvas, 0, 1.5)


def blade_marks(size=3072, seed=3):
    """Thin arcs of skates, tileable: most faint, some in pairs, no two alike."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size, size), np.float32)
    for layer in range(6):
        image = Image.new('L', (size, size), 0)
        draw = ImageDraw.Draw(image)
        for _ in range(240):
            radius = size * rng.uniform(0.08, 0.9)
            cx, cy = rng.uniform(0, 1, 2) * size
            start, span = rng.uniform(0, 360), rng.uniform(3, 30) * min(1, 0.3 * size / radius)
            shade = int(30 + 150 * rng.random() ** 3)
            for wrap_x in (-size, 0, size):
                for wrap_y in (-size, 0, size):
                    box = [cx - radius + wrap_x, cy - radius + wrap_y, cx + radius + wrap_x, cy + radius + wrap_y]
                    if box[0] < size and box[2] > 0 and box[1] < size and box[3] > 0:
                        draw.arc(box, start, start + span, fill=shade, width=1)
        total = np.maximum(total, np.asarray(image.filter(ImageFilter.GaussianBlur(0.3 + 0.25 * layer)), np.float32) / 255)
    return total


def screen_graphic(width=1024, height=880):
    """What the big screen shows when it shows no visitor: the snowflake in rings of light, with LED pixels."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x - width / 2) / width, (y - height / 2) / width
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    rays = 0.5 + 0.5 * np.cos(angle * 24)
    canvas = np.stack([0.005 + 0.03 * np.exp(-radius * 5), 0.02 + 0.2 * np.exp(-radius * 5), 0.1 + 0.6 * np.exp(-radius * 4)], -1)
    canvas += (rays * np.exp(-((radius - 0.40) / 0.1) ** 2))[..., None] * np.array([0.14, 0.03, 0.3])
    for ring, colour in ((0.29, (0.2, 0.8, 1)), (0.335, (0.9, 0.2, 0.75))):
        canvas += np.exp(-((radius - ring) / 0.006) ** 2)[..., None] * np.array(colour)
    size = int(width * 0.5)
    flake = snowflake(size)
    soft = np.asarray(Image.fromarray((flake * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(18)), np.float32) / 255
    for mask, colour in ((soft, (0.1, 0.5, 0.9)), (flake, (1, 1, 1))):
        paste_light(canvas, mask, (width - size) // 2, (height - size) // 2, colour)
    return np.clip(canvas, 0, 1.2)


def to_blender(name, array):
    """Hand an array to Blender as an image (it counts rows from the bottom)."""
    import bpy
    rgb = np.repeat(array[..., None], 3, -1) if array.ndim == 2 else array
    height, width, _ = rgb.shape
    image = bpy.data.images.new(name, width, height, float_buffer=True)
    rgba = np.concatenate([rgb, np.ones((height, width, 1))], -1).astype(np.float32)
    image.pixels.foreach_set(rgba[::-1].ravel())
    image.pack()
    return image
