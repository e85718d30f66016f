"""The building around the ice: boards with their LED ribbon, glass, two tiers of stands, fascia ribbons and roof."""
import numpy as np

import crowd
import emblem
import materials
from geometry import Outline, Solid, add_mesh, blob

RINK = Outline(13.0, 20.0, 8.5)
LOWER_ROWS = [(1.7 + i * 0.85, 1.0 + i * 0.45) for i in range(16)]
UPPER_ROWS = [(18.2 + i * 0.85, 11.6 + i * 0.62) for i in range(15)]


def _steps(rows):
    return [point for offset, height in rows for point in ((offset - 0.42, height), (offset + 0.42, height))]


def build_ice(gobo_strength, gobo_colour, gobo_at=(0.0, 0.0), gobo_m=9.0):
    marks = emblem.to_blender('blade-marks', emblem.blade_marks())
    add_mesh('ice', [(-13.5, -20.5, 0), (13.5, -20.5, 0), (13.5, 20.5, 0), (-13.5, 20.5, 0)], [(0, 1, 2, 3)], materials.ice('ice', marks))
    if gobo_strength > 0:
        from PIL import Image, ImageFilter
        flake = np.pad(emblem.snowflake(700), 34)
        soft = np.asarray(Image.fromarray((flake * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(4)), np.float32) / 255
        light = soft[..., None] * np.asarray(gobo_colour, np.float32)
        x, y, half = *gobo_at, gobo_m / 2
        add_mesh('gobo', [(x - half, y - half, .006), (x + half, y - half, .006), (x + half, y + half, .006), (x - half, y + half, .006)],
                 [(0, 1, 2, 3)], materials.picture('gobo', emblem.to_blender('gobo', light), gobo_strength, additive=True),
                 uvs=[(0, 0), (1, 0), (1, 1), (0, 1)])


def build_stands(mood):
    dark = materials.matt('concrete', (0.016, 0.018, 0.03), 0.8)
    ribbon = lambda name, colours, strength: materials.picture(name, emblem.to_blender(name, emblem.ribbon(*colours)), strength)
    RINK.strip('kickplate', [(0, 0), (-0.01, 0.2)], materials.matt('kickplate', (0.6, 0.5, 0.2), 0.4))
    RINK.strip('boards', [(0, 0.2), (0, 1.1)], materials.matt('boards', (0.5, 0.53, 0.58), 0.3))
    RINK.strip('cap', [(-0.04, 1.08), (-0.04, 1.16), (0.2, 1.16)], materials.matt('cap', (0.02, 0.06, 0.3), 0.3))
    RINK.strip('board-ribbon', [(-0.03, 0.32), (-0.03, 0.98)], ribbon('board-ribbon', mood['board_ribbon'], mood['ribbon_strength']), repeat_m=11)
    if mood.get('glass', True):
        RINK.strip('glass', [(0.05, 1.16), (0.05, 2.9)], materials.glass('glass'))
    RINK.strip('lower', [(0.2, 0)] + _steps(LOWER_ROWS), dark)
    RINK.strip('upper', _steps(UPPER_ROWS), dark)
    RINK.strip('fascia', [(15.2, 7.9), (16.4, 8.6), (16.8, 11.4), (17.8, 11.6)], materials.matt('fascia', (0.03, 0.035, 0.06), 0.5))
    RINK.strip('fascia-ribbon', [(16.35, 9.4), (16.45, 10.7)], ribbon('fascia-ribbon', mood['fascia_ribbon'], mood['ribbon_strength'] * 0.6), repeat_m=17)
    RINK.strip('top-ribbon', [(31.4, 21.4), (31.4, 21.9)], ribbon('top-ribbon', mood['board_ribbon'], mood['ribbon_strength'] * 0.5), repeat_m=23)
    RINK.strip('wall', [(31.6, 20), (31.6, 34)], materials.matt('wall', (0.012, 0.014, 0.03), 0.9))
    add_mesh('roof', [(-70, -70, 31), (70, -70, 31), (70, 70, 31), (-70, 70, 31)], [(0, 3, 2, 1)], materials.matt('roof', (0.012, 0.016, 0.03), 0.9))
    girders = Solid()
    for step in range(-40, 41, 5):
        girders.strut((-50, step, 29.5), (50, step, 29.5), 0.2)
    for step in range(-40, 41, 8):
        girders.strut((step, -50, 29.8), (step, 50, 29.8), 0.12)
    girders.link('girders', materials.matt('girders', (0.05, 0.055, 0.07), 0.5, 0.5))
    exits = Solid()
    for points, height in ((RINK.ring(12.2, 11), 6.7), (RINK.ring(18.6, 11), 12.7)):
        for (x, y), normal in zip(points[0], points[1]):
            aside = np.array([-normal[1], normal[0], 0])
            exits.box((x, y, height), (0.55, 0.05, 0.75), np.array([aside, [*normal, 0], [0, 0, 1]]))
    exits.link('exits', materials.glow('exits', mood['exit_colour'], 0.12))


def build_crowd(mood, visible):
    vertices, faces, colours, phones = crowd.seat_people(RINK, LOWER_ROWS + UPPER_ROWS, visible, mood['seed'], mood['phones'], mood['crowd_shade'])
    add_mesh('crowd', vertices, faces, materials.vertex_coloured('crowd'), colours=colours, smooth=True)
    if len(phones):
        parts = [blob(place, (0.055, 0.055, 0.07), 6, 4) for place in phones]
        size = len(parts[0][0])
        add_mesh('phones', np.concatenate([p[0] for p in parts]), np.concatenate([p[1] + i * size for i, p in enumerate(parts)]),
                 materials.glow('phones', mood['phone_colour'], mood['phone_strength']))


def build_onlookers(spots, seed):
    """A row of people between camera and ice, dark against it."""
    vertices, faces = crowd.stand_in_front(spots, seed)
    add_mesh('onlookers', vertices, faces, materials.matt('onlookers', (0.012, 0.014, 0.022), 0.7), smooth=True)
