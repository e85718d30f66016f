"""The emblem of this world, a peak with the sun beside it and a run down its face, and the cloths it is printed on.
Float arrays 0..1 in sRGB, height x width x 3."""
import numpy as np
from PIL import Image, ImageDraw

GOLD, DEEP, WHITE, SKY = (0.96, 0.72, 0.26), (0.045, 0.12, 0.32), (0.97, 0.98, 1.0), (0.30, 0.55, 0.85)

#: In a square of 100 by 100: the peak, the run cut out of it, the sun.
PEAK = ((4, 84), (44, 20), (58, 42), (66, 31), (96, 84))
RUN = ((45, 36), (55, 50), (42, 62), (58, 74), (46, 84), (62, 84), (70, 74), (55, 61), (65, 50), (52, 36))
SUN = (77, 22, 11)


def mark(size, peak=WHITE, sun=GOLD):
    """The emblem `size` pixels square: colours (premultiplied) and how much they cover."""
    scale = size * 4 / 100
    canvas, over = Image.new('RGB', (size * 4, size * 4)), Image.new('L', (size * 4, size * 4))
    ink, cover = ImageDraw.Draw(canvas), ImageDraw.Draw(over)
    byte = lambda colour: tuple(int(255 * c) for c in colour)
    at = lambda points: [(x * scale, y * scale) for x, y in points]
    x, y, r = (value * scale for value in SUN)
    ink.ellipse([x - r, y - r, x + r, y + r], fill=byte(sun))
    cover.ellipse([x - r, y - r, x + r, y + r], fill=255)
    ink.polygon(at(PEAK), fill=byte(peak))
    cover.polygon(at(PEAK), fill=255)
    ink.polygon(at(RUN), fill=(0, 0, 0))
    cover.polygon(at(RUN), fill=0)
    shrunk = lambda image: np.asarray(image.resize((size, size), Image.LANCZOS), np.float32) / 255
    return shrunk(canvas), shrunk(over)[..., None]


def stamp(canvas, size, x, y, **colours):
    """Prints the emblem onto `canvas`, centred at (x, y), wrapping round sideways."""
    picture, cover = mark(size, **colours)
    columns = (np.arange(size) + int(x - size / 2)) % canvas.shape[1]
    top = int(y - size / 2)
    rows = np.arange(max(0, top), min(canvas.shape[0], top + size))
    cut = rows - top
    canvas[np.ix_(rows, columns)] = canvas[np.ix_(rows, columns)] * (1 - cover[cut]) + picture[cut]


def cloth(width=1024, height=320, low=DEEP, high=(0.10, 0.26, 0.56)):
    """One repeat of the banner beside the run: a slope of gold on deep blue, and the emblem."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    t = (y / height)[..., None]
    canvas = np.asarray(high) * (1 - t) + np.asarray(low) * t + np.zeros((height, width, 1))
    slope = (x - width * 0.62) * 0.55 + (y - height * 0.5)
    for offset, thick, colour in ((0, 26, GOLD), (52, 10, WHITE), (80, 5, SKY)):
        band = (np.abs(slope - offset) < thick)[..., None]
        canvas = np.where(band, np.asarray(colour), canvas)
    stamp(canvas, int(height * 0.78), width * 0.24, height * 0.5)
    return canvas.astype(np.float32)


def arch_print(width=1060, height=200):
    """The crown of the arch: checks at both ends, the emblem between lines of gold."""
    y, x = np.mgrid[0:height, 0:width]
    canvas = np.tile(np.asarray(WHITE, np.float32), (height, width, 1))
    side = height // 4
    checks = ((x // side + y // side) % 2 == 0) & (np.abs(x - width / 2) > width * 0.30)
    canvas[checks] = DEEP
    lines = ((np.abs(y - height * 0.36) < 7) | (np.abs(y - height * 0.64) < 7)) & (np.abs(np.abs(x - width / 2) - width * 0.19) < width * 0.09)
    canvas[lines] = GOLD
    stamp(canvas, int(height * 0.92), width / 2, height * 0.48, peak=DEEP)
    return canvas


def wall_print(width=1536, height=1228):
    """The wall one speaks before: emblems in two sizes on deep blue with an evening glow low down."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    t = (y / height)[..., None] ** 1.2
    canvas = np.asarray((0.07, 0.17, 0.42)) * (1 - t) + np.asarray((0.16, 0.34, 0.64)) * t + np.zeros((height, width, 1))
    far = np.abs(((x + y * 0.55) % 512) - 256)
    canvas = canvas + (far < 3)[..., None] * 0.06
    for row in range(4):
        for column in range(5):
            big = (row + column) % 2 == 0
            stamp(canvas, 178 if big else 96, width * (column + 0.5) / 5, height * (row + 0.5) / 4, **({} if big else {'peak': (0.34, 0.55, 0.85), 'sun': (0.85, 0.62, 0.3)}))
    return np.clip(canvas, 0, 1).astype(np.float32)


def to_blender(name, array):
    """Hands a picture to Blender (it counts rows from the bottom)."""
    import bpy
    height, width, _ = array.shape
    image = bpy.data.images.new(name, width, height)
    rgba = np.concatenate([np.clip(array, 0, 1), np.ones((height, width, 1))], -1).astype(np.float32)
    image.pixels.foreach_set(rgba[::-1].ravel())
    image.pack()
    return image
