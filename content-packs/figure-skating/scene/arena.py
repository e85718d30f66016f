"""Renders one camera of the night arena: blender -b --python arena.py -- PLATE PERCENT SAMPLES OUT.png
PLATE is arena, stands, big-screen or ice. Blender 3.4, EEVEE; every seed is fixed."""
import math
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np

import bowl
import emblem
import materials
import rig
import stage
from geometry import Solid

CYAN, BLUE, MAGENTA, WHITE = (0.1, 0.62, 1), (0.06, 0.2, 1), (0.9, 0.08, 0.7), (0.78, 0.9, 1)
AMBER, ROSE, VIOLET = (1, 0.5, 0.16), (1, 0.2, 0.42), (0.4, 0.12, 1)

COOL = dict(
    board_ribbon=((.01, .06, .5), (.1, .75, 1.2), (.9, 1, 1)), fascia_ribbon=((.1, .01, .4), (.6, .06, .75), (.5, .9, 1.2)),
    ribbon_strength=2.2, exit_colour=(1, .8, .5), phones=0.055, phone_colour=(.85, .93, 1), phone_strength=24, crowd_shade=1.6, seed=11)
WARM = dict(
    COOL, board_ribbon=((.35, .01, .25), (1.1, .35, .12), (1, .9, .7)), fascia_ribbon=((.3, .01, .3), (1.0, .1, .4), (1.2, .7, .3)),
    ribbon_strength=1.7, phones=0.12, phone_colour=(1, .9, .78), phone_strength=34, crowd_shade=1.3, seed=23)


def arena():
    stage.camera((0.5, -14.2, 1.4), (94.5, 0, 0.8), lens_mm=25, focus_m=4.2, f_stop=0.42)
    light = rig.Rig()
    for y, z in ((-1.5, 15.2), (6, 16.6), (14, 18.2), (22, 19.8)):
        light.truss((-19, y, z), (19, y, z))
        for x in np.arange(-15.5, 16, 2.1 if y > 0 else 3.4):
            light.lens((x + 0.4 * math.sin(y), y - 0.3, z - 0.6), (0, -0.4, -1), 0.12, (1, 0.97, 0.9), 20)
    for y, z, xs, colours, toward, spread, strength in (
        (14, 17.5, (-9, -6, -3, 3, 6, 9), (BLUE, CYAN, WHITE, WHITE, CYAN, BLUE), 1, 0.5, 1.0),
        (22, 19, (-13, -10, -7, 7, 10, 13), (MAGENTA, BLUE, CYAN, CYAN, BLUE, MAGENTA), 0, 0.35, 1.1),
        (6, 15.8, (-8.5, 8.5), (MAGENTA, MAGENTA), 11, -0.3, 0.3),
    ):
        for x, colour in zip(xs, colours):
            light.beam((x, y, z), (x * spread, toward, 0), colour, strength)
    for x in (-11, -8.5, 8.5, 11):
        light.beam((x, 22, 19.0), (x * 2.5, 24, 4), WHITE, 0.2, 1.5)
    light.link()
    for x, colour in ((-8, BLUE), (8, CYAN)):
        rig.spot((x, 16, 16.5), (x * 0.4, -1, 0), 11000, colour, 32)
    for x in (-12, 12):
        rig.spot((x, 21, 17.5), (x * 0.5, 3, 0), 9000, MAGENTA, 30)
    rig.spot((0, 18, 17), (0, 1.5, 0), 16000, WHITE, 26)
    rig.spot((0, -8, 14), (0, -9, 0), 2200, (0.9, 0.95, 1), 50, volume=0.05, blend=1)
    for x in (-9, 3, 12):
        rig.spot((x * 1.2, 8, 11.5), (x * 1.3, 26, 5), 22000, (0.75, 0.85, 1), 26, volume=0.04)
    for x, colour in ((-16, VIOLET), (15, MAGENTA), (-3, BLUE)):
        rig.spot((x * .6, 19, 14.5), (x, 31, 14), 16000, colour, 34, volume=0.04)
    rig.fill((0, 2, 16), (0, 26, 5), 16, 6, 6000, (0.6, 0.75, 1))
    rig.fill((0, 22, 25), (0, 34, 12), 40, 4, 5000, (0.3, 0.42, 1))
    rig.big_screen((0, 15, 16.6), 3.0, 2.2, emblem.to_blender('graphic', emblem.screen_graphic()), 0.9, (0.15, 0.55, 1))
    bowl.build_ice(0.0, CYAN)
    bowl.build_stands(COOL)
    bowl.build_crowd(COOL, lambda x, y, z: y > 4 and abs(x) < (y + 18) * 0.5)
    stage.world((0.02, 0.04, 0.1), 0.3)
    stage.haze_box(0.0042, (0.12, 0.25, 0.7), 0.0009)


def stands():
    stage.camera((-7.5, -3.5, 1.75), (95.5, 0, -64), lens_mm=44, focus_m=2.6, f_stop=0.55)
    light = rig.Rig()
    for x, z in ((4, 15), (12, 15.5), (21, 17.5)):
        light.truss((x, -14, z), (x, 26, z))
        for y in np.arange(-8, 22, 2.3):
            light.lens((x - 0.3, y, z - 0.6), (-0.5, -0.2, -1), 0.13, (1, 0.86, 0.66), 16)
    for y, colour in ((-6, ROSE), (-1, AMBER), (4, MAGENTA), (9, AMBER), (14, ROSE), (19, VIOLET)):
        light.beam((20.5, y, 17), (4, y * 0.6 - 2, 0), colour, 0.8, 1.8)
    for y in (0, 7, 13):
        light.beam((12, y, 15), (27, y + 5, 5), (1, 0.8, 0.62), 0.25, 1.7)
    light.link()
    for y, colour in ((-4, AMBER), (3, ROSE), (9, MAGENTA), (15, AMBER)):
        rig.spot((6, y, 17), (20, y + 3, 5), 9500, colour, 34, volume=0.15)
        rig.spot((8, y, 18), (33, y + 4, 15), 9000, (colour[0] * .6, colour[1] * .5, 1), 36, volume=0.1)
    for y, colour in ((-2, AMBER), (8, ROSE), (14, MAGENTA)):
        rig.spot((20, y, 16), (3, y - 2, 0), 12000, colour, 34)
    rig.fill((-4, 2, 14), (22, 6, 6), 14, 6, 1800, (1, 0.62, 0.5))
    bowl.build_ice(0.0, AMBER)
    bowl.build_stands(dict(WARM, glass=False))
    bowl.build_crowd(WARM, lambda x, y, z: x > 6 and abs((y + 3.5) - (x + 7.5) * 0.49) < (x + 7.5) * 0.55)
    stage.world((0.1, 0.03, 0.08), 0.3)
    stage.haze_box(0.005, (0.6, 0.2, 0.35), 0.0012)


def big_screen():
    stage.camera((0, -10.0, 1.75), (90, 0, 0), lens_mm=30, focus_m=13.4, f_stop=0.32, shift_y=0.42)
    centre, half_width, half_height = (0, 7.0, 10.6), 3.5, 3.1
    dark = np.zeros((64, 64, 3), np.float32) + np.array([0.012, 0.03, 0.09], np.float32)
    light = rig.Rig()
    for y, z in ((10.5, 21.4), (17, 22.5), (23, 20)):
        light.truss((-19, y, z), (19, y, z))
        for x in np.arange(-16, 17, 2.2):
            light.lens((x, y - 0.3, z - 0.6), (0, -0.5, -1), 0.13, (1, 0.97, 0.92), 18)
    for x, colour in ((-5.9, MAGENTA), (-4.6, CYAN), (-2.2, BLUE), (2.2, BLUE), (4.6, CYAN), (5.9, MAGENTA)):
        light.beam((x, 10.8, 20.6), (x * 2.4, 12, 4), colour, 0.8, 1.5)
    for x, colour in ((-9, CYAN), (9, CYAN), (-12, BLUE), (12, BLUE)):
        light.beam((x, 17, 21.6), (x * 0.3, 10, 0), colour, 0.8, 1.9)
    light.link()
    for x, colour in ((-12, BLUE), (0, VIOLET), (12, BLUE)):
        rig.spot((x * .5, 12, 13.5), (x, 30, 13), 24000, colour, 36, volume=0.05)
        rig.spot((x * .5, 12, 12.5), (x, 25, 5), 18000, WHITE, 24, volume=0.05)
    rig.spot((0, 16, 16), (0, -2, 0), 12000, CYAN, 34)
    rig.fill((0, 2, 16), (0, 26, 5), 16, 6, 5000, (0.6, 0.75, 1))
    rig.big_screen(centre, half_width, half_height, emblem.to_blender('blank', dark), 1.0, (0.15, 0.6, 1),
                   emblem.to_blender('ring', emblem.ribbon(*COOL['board_ribbon'])))
    bowl.build_ice(0.0, CYAN)
    bowl.build_stands(dict(COOL, phones=0.09, seed=31))
    bowl.build_crowd(dict(COOL, phones=0.09, seed=31), lambda x, y, z: y > 4 and abs(x) < (y + 14) * 0.42)
    bowl.build_onlookers([(-1.12, -7.0, 1.02), (-.74, -6.3, .9), (-.36, -7.0, .84), (.06, -6.4, .86), (.4, -7.1, .8), (.86, -6.6, .92), (1.2, -7.1, 1.0), (-1.6, -6.2, .95), (1.62, -6.2, .97)], 5)
    stage.world((0.02, 0.04, 0.1), 0.3)
    stage.haze_box(0.0045, (0.12, 0.22, 0.7), 0.0009)
    stage.report_rectangle('SCREEN', [(centre[0] + i * half_width, centre[1] - half_width - 0.14, centre[2] + j * half_height) for i in (-1, 1) for j in (-1, 1)])


def ice():
    stage.camera((0.6, -19.0, 8.2), (73.5, 0, 1.5), lens_mm=25, focus_m=6.0, f_stop=0.5)
    light = rig.Rig()
    for y, z in ((6, 16.6), (14, 18.2)):
        light.truss((-19, y, z), (19, y, z))
        for x in np.arange(-15.5, 16, 2.2):
            light.lens((x, y - 0.3, z - 0.6), (0, -0.4, -1), 0.12, (1, 0.97, 0.9), 18)
    for x, colour, to in ((-9, WHITE, -4), (9, WHITE, 4), (-5, CYAN, 5), (5, CYAN, -5)):
        light.beam((x, 14, 17.4), (to, -3, 0), colour, 0.6, 2.2)
    light.link()
    rig.spot((0, -3, 18), (0, -6.5, 0), 9000, (0.82, 0.92, 1), 46, volume=0.2, blend=0.7)
    for x, y, colour in ((-8, 4, CYAN), (8, 4, MAGENTA), (-9, -11, MAGENTA), (9, -11, BLUE), (0, 10, VIOLET)):
        rig.spot((x * .7, y + 4, 18), (x, y, 0), 9000, colour, 30, volume=0.2, blend=0.5)
    for x, colour in ((-12, VIOLET), (0, BLUE), (12, MAGENTA)):
        rig.spot((x * .5, 8, 12.5), (x, 26, 6), 20000, colour, 34, volume=0.05)
    rig.fill((0, 2, 16), (0, 26, 5), 16, 6, 5000, (0.6, 0.75, 1))
    bowl.build_ice(0.75, (0.7, 0.93, 1.0), (0, -6.0), 9.5)
    bowl.build_stands(dict(COOL, seed=47))
    bowl.build_crowd(dict(COOL, seed=47), lambda x, y, z: y > 4 and abs(x) < (y + 24) * 0.48 and z < 14)
    stage.world((0.02, 0.04, 0.1), 0.3)
    stage.haze_box(0.0042, (0.12, 0.25, 0.7), 0.0009)


PLATES = {'arena': arena, 'stands': stands, 'big-screen': big_screen, 'ice': ice}

if __name__ == '__main__':
    plate, percent, samples, out = sys.argv[sys.argv.index('--') + 1:]
    started = time.time()
    stage.open_stage(int(percent), int(samples))
    PLATES[plate]()
    stage.shoot(out)
    print(f'{plate} {percent}% {samples} samples: {time.time() - started:.0f} s')
