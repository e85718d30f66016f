"""Renders one plate of the mountain: blender -b --python mountain.py -- PLATE PERCENT SAMPLES FOLDER
PLATE is start, ridge, slope, finish, big-screen, interview or pines. Every part leaves as FOLDER/PLATE-PART.npy, and where sun
and horizon are as FOLDER/PLATE.json. Blender 3.4, Cycles; every seed is fixed. Metres; the camera looks along y."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np

import emblem
import materials
import props
import stage
import terrain
from flora import Wood
from geometry import add_mesh

WARM_AIR, BLUE_AIR = (0.86, 0.52, 0.36), (0.40, 0.42, 0.58)


def ground_of(height, haze, near_to, far_to, half_degrees=24, rows=(520, 620), columns=(420, 900), near='groomed'):
    """The ground in two pieces, so that what is near can move before what is far."""
    snow = materials.groomed_snow(haze) if near == 'groomed' else materials.snow_and_rock(haze, 0.5, 0.12)
    add_mesh('near-ground', *terrain.grid(height, 1.0, near_to, half_degrees + 14, rows[0], columns[0]), snow, True)
    add_mesh('far-ground', *terrain.grid(height, near_to * 0.98, far_to, half_degrees, rows[1], columns[1]), materials.snow_and_rock(haze), True, part='far')


def clouds_of(level_m, seed, haze):
    """The sea of cloud between the peaks."""
    add_mesh('clouds', *terrain.grid(terrain.cloud_tops(level_m, seed), 900, 42_000, 24, 420, 420), materials.cloud(haze), True, part='far')


def start(light):
    """From inside the start gate over a sea of peaks into the sun."""
    haze = ((0.95, 0.50, 0.24), 0.045, -1000, 1300, 0.35)
    height = terrain.sea_of_peaks(0.0, 210, [(3.2, 19, 1500, 3.4), (-5.5, 24, 2100, 3.8), (10, 34, 2200, 5.0), (-1.0, 40, 1500, 5.0)])
    stage.camera((0, -2.6, terrain.level(height, 0, 0) + 1.55), 1.0, lens_mm=36)
    light(2.4, 6.5, strength=9.0, sky=dict(strength=0.5, horizon=(1.0, 0.60, 0.34)))
    ground_of(height, haze, 300, 42_000, 20, near='rock')
    clouds_of(-470, 2.0, haze)
    props.start_gate(1.1, haze)
    return {'far': ['far'], 'near': ['near'], 'gate': ['gate']}


def ridge(light):
    """On the summit ridge, the sun low to the left, cloud in the valleys."""
    haze = ((0.62, 0.50, 0.56), 0.042, -1000, 900, 0.28)
    height = terrain.sea_of_peaks(3.7, 150, [(-5.2, 19, 2300, 3.0), (4.6, 24, 2700, 3.6), (-13, 38, 2600, 5.0), (12, 40, 2400, 5.0)])
    stage.camera((0.4, -4.5, terrain.level(height, 0, 0) + 2.1), -1.0, heading=2, lens_mm=34)
    light(-66, 12, strength=16.0)
    ground_of(height, haze, 230, 42_000, 22, near='rock')
    clouds_of(-450, 7.0, haze)
    return {'far': ['far'], 'near': ['near']}


def slope(light):
    """Up the run through the gates."""
    haze = (BLUE_AIR, 0.10, 0, 1100, 0.45)
    height = terrain.piste([(0.6, 12.5, 6.2, 2.9), (-4.4, 14, 3.4, 3.0), (5.4, 15, 3.2, 3.2)], 0.0, 0.25, 15)
    stage.camera((-2.5, -4, terrain.level(height, -2.5, 0) + 1.9), 5.0, heading=1.5, lens_mm=38)
    light(-106, 15)
    ground_of(height, haze, 700, 9_500)
    wood = Wood(materials.pine(haze), height)
    wood.grow(1500, (25, 640), 0.5, lambda x, y: np.abs(x - 14 * np.sin(y / 170.0)) > 21)
    for x, y, tall in ((-17, 34, 15), (-20, 46, 18), (-15, 62, 13), (19, 40, 16), (16.5, 58, 13), (23, 52, 19), (-24, 70, 17), (20, 78, 15)):
        wood.plant(x, y, tall, True)
    red, blue = props.RED, (0.02, 0.09, 0.42)
    props.gates(height, [(3.4, 11, red), (-4.6, 24, blue), (4.2, 41, red), (-5.2, 62, blue), (3.6, 88, red), (-3.4, 120, blue), (5.4, 160, red), (-1, 205, blue)], haze)
    for side, name in ((-1, 'net-left'), (1, 'net-right')):
        props.net_line(height, [(side * 12.5 + 14 * np.sin(y / 170.0) * (y > 60), y) for y in np.arange(8, 200, 5.0)], haze, name=name)
    return {'far': ['far'], 'near': ['near']}


def finish(light):
    """The finish: an arch over the line, people to both sides, the face of the mountain above."""
    haze = ((0.55, 0.45, 0.50), 0.09, 0, 1100, 0.45)
    height = terrain.piste([(-1.2, 11.5, 5.6, 2.6), (3.2, 12.5, 4.4, 2.4), (-6, 14, 3.4, 3.0)], 5.3, 0.30, 17, 460, 34)
    stage.camera((0.6, -3, terrain.level(height, 0, 0) + 1.75), 4.5, heading=-1, lens_mm=38)
    light(116, 15)
    ground_of(height, haze, 640, 9_500)
    wood = Wood(materials.pine(haze), height, 8)
    wood.grow(1300, (60, 600), 0.5, lambda x, y: np.abs(x - 14 * np.sin(y / 170.0)) > 23)
    props.arch(height, 30, haze)
    rng = np.random.default_rng(4)
    spots = props.rows_of_people(np.arange(-13, -2.6, 0.62), np.arange(17, 24, 1.0), rng, 0.18, 0.0, 0.34)
    spots += props.rows_of_people(np.arange(3.4, 13.5, 0.62), np.arange(17, 24, 1.0), rng, 0.18, 0.0, 0.34)
    spots += props.rows_of_people(np.arange(-20, -7.4, 0.7), np.arange(26, 36, 1.4), rng, 0.2, 0.2, 0.3)
    spots += props.rows_of_people(np.arange(7.6, 20, 0.7), np.arange(26, 36, 1.4), rng, 0.2, 0.2, 0.3)
    props.crowd(height, spots, haze, 9, arms=0.45)
    stands = props.Solid()
    for k in range(7):
        for x0, x1 in ((-13.6, -2.3), (3.1, 14.1)):
            stands.box(((x0 + x1) / 2, 17 + k, 0.17 * k), ((x1 - x0) / 2, 0.5, 0.17 * k + 0.02), (0.02, 0.05, 0.15))
    stands.link('stands', materials.coloured('stands', haze))
    cloth = emblem.to_blender('cloth', emblem.cloth())
    props.banner_line(height, [(-14, 16.2), (-2.4, 16.2)], haze, cloth, 1.05, name='banner-left')
    props.banner_line(height, [(3.0, 16.2), (14, 16.2)], haze, cloth, 1.05, name='banner-right')
    for side in (-1, 1):
        props.banner_line(height, [(side * 7.2, 32 + k) for k in range(0, 60, 6)][::side], haze, cloth, 1.0, name=f'banner-run-{side}')
    gold, deep, white = (0.75, 0.40, 0.05), (0.015, 0.06, 0.26), (0.74, 0.76, 0.8)
    props.flags(height, [(-8.6, 25, gold), (-6.9, 26.5, deep), (8.9, 25, white), (10.4, 26.5, gold), (-11.5, 25.5, white), (12.6, 26, deep)], haze, 6.6)
    return {'far': ['far'], 'near': ['near']}


def big_screen(light):
    """The screen at the finish over everybody's heads."""
    haze = ((0.60, 0.47, 0.46), 0.09, 0, 1100, 0.45)
    height = terrain.piste([(2.6, 11.5, 5.0, 2.4), (-3.6, 12.0, 5.4, 2.5), (7, 14, 3.4, 3.0)], 11.9, 0.16, 30, 420, 40)
    stage.camera((0, -2, terrain.level(height, 0, 0) + 1.7), 0, lens_mm=40, shift_y=0.22)
    light(-110, 14)
    ground_of(height, haze, 560, 9_500)
    wood = Wood(materials.pine(haze), height, 12)
    wood.grow(1500, (46, 520), 0.5, lambda x, y: (np.abs(x) > 26) | (y > 130))
    corners = props.screen_wall(height, 0, 17, haze, 2.62, 3.5, 4.2, (0.006, 0.014, 0.05))
    rng = np.random.default_rng(7)
    props.crowd(height, props.rows_of_people(np.arange(-8, 8.1, 0.66), np.arange(9.5, 15.5, 0.9), rng, 0.2, -0.1, 0.05), haze, 21, arms=0.12)
    cloth = emblem.to_blender('cloth', emblem.cloth())
    props.banner_line(height, [(-9, 16.4), (9, 16.4)], haze, cloth, 1.5, 1.3)
    gold, deep = (0.75, 0.40, 0.05), (0.015, 0.06, 0.26)
    props.flags(height, [(-4.6, 18, gold), (4.3, 18, deep), (-6, 19, deep), (5.7, 19, gold)], haze, 9)
    heads = [(-1.22, 2.9, -.62), (-.74, 3.7, -.5), (-.26, 2.9, -.68), (.2, 3.8, -.56), (.62, 2.9, -.6), (1.16, 3.4, -.5), (-1.75, 3.9, -.5), (1.75, 4.1, -.5)]
    props.crowd(height, heads, haze, 31, 'heads', 'heads', 0.0, False)
    stage.report('SCREEN', corners)
    return {'far': ['far'], 'near': ['near'], 'heads': ['heads']}


def interview(light):
    """The wall one speaks before, in the last sun, the wood behind it."""
    haze = (BLUE_AIR, 0.9, 0, 300, 0.6)
    level = lambda x, y: 0.12 * (terrain.noise.fractal(x / 1.7, y / 1.7, 4) - 0.5) + 0.55 * terrain.noise.smooth(2.6, 3.5, y) + 0.05 * np.maximum(y - 6, 0)
    stage.camera((0.05, -1.9, 1.5), 0, heading=1.0, lens_mm=40, shift_y=0.02)
    light(-138, 20, strength=9.0, softness=0.035)
    add_mesh('snow', *terrain.grid(level, 0.5, 160, 60, 360, 420), materials.groomed_snow(haze), True)
    half, low, top, y = 2.6, 0.35, 3.12, 3.5
    add_mesh('wall', [(-half, y, low), (half, y, low), (half, y, top), (-half, y, top)], [(0, 1, 2, 3)],
             materials.printed('wall', emblem.to_blender('wall', emblem.wall_print()), 0.55), uvs=[(0, 0), (1.5, 0), (1.5, 1), (0, 1)])
    solid = props.Solid()
    solid.box((0, y + 0.03, top + 0.03), (half + 0.05, 0.05, 0.035), (0.55, 0.5, 0.42))
    for x in (-1.3, 0, 1.3):
        solid.box((x, y - 0.004, (top + low) / 2), (0.004, 0.004, (top - low) / 2), (0.01, 0.015, 0.03))
    solid.link('rail', materials.coloured('rail'))
    wood = Wood(materials.pine(haze), level, 3)
    wood.grow(120, (9, 70), 0.5, lambda x, y: y > 9, (8, 14))
    for x, y, tall in ((-4.6, 9, 9.5), (-2.6, 12, 10), (0.6, 14, 11), (2.7, 11, 8.4), (4.9, 9, 10), (-1.1, 18, 11)):
        wood.plant(x, y, tall, True)
    # Never seen: what throws its shadow on the wall.
    for x, y, tall in ((-6.7, -2.4, 5.6), (-9.6, -1.2, 8.5)):
        wood.plant(x, y, tall, True, 'unseen')
    return {'near': ['near']}


def pines(light):
    """Young pines against the sun, snow on every branch: what becomes of them out of focus is the close-up's backdrop."""
    haze = ((0.95, 0.52, 0.26), 4.0, 0, 60, 0.6)
    level = lambda x, y: 0.5 * (terrain.noise.fractal(x / 6.0, y / 6.0, 4) - 0.5) + 0.02 * y
    stage.camera((0, -1, 1.5), 1.5, lens_mm=50)
    light(-9, 10, strength=12.0)
    add_mesh('snow', *terrain.grid(level, 0.5, 400, 40, 260, 260), materials.groomed_snow(haze), True)
    wood = Wood(materials.pine(haze), level, 17)
    wood.grow(260, (22, 160), 0.35, lambda x, y: (x > -0.22 * y + 1.0) | (x < -0.22 * y - 1.8), (5, 12))
    for x, y, tall in ((-3.1, 9, 5.2), (2.7, 8, 4.4), (3.9, 13, 6.5), (-5.4, 14, 7.0), (0.9, 19, 5.0), (-1.9, 24, 6.0), (1.4, 12, 2.4)):
        wood.plant(x, y, tall, True)
    return {'near': ['near']}


PLATES = {'pines': pines, 'start': start, 'ridge': ridge, 'slope': slope, 'finish': finish, 'big-screen': big_screen, 'interview': interview}

if __name__ == '__main__':
    plate, percent, samples, folder = sys.argv[sys.argv.index('--') + 1:]
    started = time.time()
    stage.open_stage(int(percent), int(samples))
    at = {}

    def light(azimuth, elevation, sky=None, **sun):
        at.update(azimuth=azimuth, elevation=elevation)
        stage.sun(azimuth, elevation, **sun)
        stage.sky_light(**(sky or {}))

    pictures = PLATES[plate](light)
    print(f'{plate}: built in {time.time() - started:.0f} s')
    with open(os.path.join(folder, plate + '.json'), 'w') as file:
        json.dump(stage.outlook(**at), file)
    for name, parts in pictures.items():
        stage.shoot(os.path.join(folder, f'{plate}-{name}'), parts)
    print(f'{plate} {percent}% {samples} samples: {time.time() - started:.0f} s')
