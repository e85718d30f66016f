"""The bench where skaters wait for their score: a wall of snowflakes, light tubes, a glowing bench.
Run: blender -b --python interview.py -- interview PERCENT SAMPLES OUT.png"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np

import emblem
import materials
import rig
import stage
from geometry import Solid, add_mesh

WALL_Y = 3.2


def wall_print(size=2048, across=6):
    """A repeat of the printed wall: staggered snowflakes, large white, small blue, fine rings between."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    slant = 0.5 + 0.5 * np.sin(2 * np.pi * (x + y))
    canvas = np.array([0.012, 0.035, 0.14], np.float32) + slant[..., None] * np.array([0.008, 0.03, 0.1], np.float32)
    cell = size // across
    large, small = emblem.snowflake(int(cell * 0.6), weight=0.036), emblem.snowflake(int(cell * 0.36), turn=0, weight=0.045)
    for row in range(across):
        for column in range(across):
            shift = cell // 2 if row % 2 else 0
            mask, colour = (large, (0.42, 0.52, 0.7)) if (row + column) % 2 == 0 else (small, (0.03, 0.16, 0.42))
            left, top = column * cell + shift + (cell - mask.shape[0]) // 2, row * cell + (cell - mask.shape[0]) // 2
            emblem.paste_light(canvas, mask, left, top, colour)
    return np.clip(canvas, 0, 1)


def printed(name, image):
    import bpy
    material = materials.matt(name, (1, 1, 1), 0.5, specular=0.25)
    nodes, links = material.node_tree.nodes, material.node_tree.links
    texture = nodes.new('ShaderNodeTexImage')
    texture.image = image
    shader = next(n for n in nodes if isinstance(n, bpy.types.ShaderNodeBsdfPrincipled))
    links.new(texture.outputs[0], shader.inputs['Base Color'])
    return material


def build_wall():
    half, top, repeat = 5.0, 4.6, 3.0
    add_mesh('wall', [(-half, WALL_Y, 0), (half, WALL_Y, 0), (half, WALL_Y, top), (-half, WALL_Y, top)], [(0, 1, 2, 3)],
             printed('print', emblem.to_blender('print', wall_print())),
             uvs=[(-half / repeat, 0), (half / repeat, 0), (half / repeat, top / repeat), (-half / repeat, top / repeat)])
    seams, frame = Solid(), Solid()
    for x in (-3.3, -1.1, 1.1, 3.3):
        seams.box((x, WALL_Y - 0.005, top / 2), (0.006, 0.01, top / 2))
    frame.box((0, WALL_Y - 0.06, 0.06), (half, 0.05, 0.06))
    seams.link('seams', materials.matt('seams', (0.004, 0.006, 0.012), 0.9))
    frame.link('frame', materials.matt('frame', (0.4, 0.43, 0.5), 0.35, 0.6))


def build_bench():
    bench, light = Solid(), Solid()
    bench.box((0, WALL_Y - 0.55, 0.42), (2.6, 0.32, 0.09))
    bench.box((0, WALL_Y - 0.5, 0.18), (2.45, 0.22, 0.18))
    light.box((0, WALL_Y - 0.86, 0.31), (2.58, 0.012, 0.018))
    bench.link('bench', materials.matt('bench', (0.10, 0.12, 0.17), 0.5))
    light.link('bench-light', materials.glow('bench-light', (0.15, 0.65, 1), 5))


def build_tubes():
    for x, colour in ((-1.24, (0.1, 0.6, 1)), (-1.12, (0.1, 0.6, 1)), (1.12, (1, 0.12, 0.6)), (1.24, (1, 0.12, 0.6))):
        tube = Solid()
        tube.box((x, WALL_Y - 0.16, 2.3), (0.018, 0.018, 2.1))
        tube.link('tube', materials.glow('tube', colour, 7))
        rig.fill((x, WALL_Y - 0.35, 2.0), (x * 0.8, WALL_Y, 2.0), 0.3, 3.4, 11, colour)


def interview():
    stage.camera((0.06, -1.9, 1.42), (90, 0, 1.2), lens_mm=40, focus_m=1.9, f_stop=0.85, shift_y=0.03)
    build_wall()
    build_bench()
    build_tubes()
    add_mesh('floor', [(-6, -4, 0), (6, -4, 0), (6, WALL_Y, 0), (-6, WALL_Y, 0)], [(0, 1, 2, 3)], materials.matt('floor', (0.02, 0.028, 0.06), 0.35))
    rig.fill((-1.6, 0.2, 3.6), (-0.4, WALL_Y, 1.9), 1.6, 0.8, 150, (1, 0.94, 0.86))
    rig.fill((1.8, 0.2, 3.4), (0.8, WALL_Y, 1.6), 1.2, 0.8, 70, (0.8, 0.9, 1))
    rig.spot((0, 1.0, 4.4), (0, WALL_Y, 2.3), 420, (1, 0.97, 0.92), 62, blend=1, volume=0)
    stage.world((0.03, 0.04, 0.08), 0.5)


if __name__ == '__main__':
    _, percent, samples, out = sys.argv[sys.argv.index('--') + 1:]
    started = time.time()
    stage.open_stage(int(percent), int(samples), look='High Contrast', exposure=0.0)
    interview()
    stage.shoot(out)
    print(f'interview {percent}% {samples} samples: {time.time() - started:.0f} s')
