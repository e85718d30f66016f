"""The way onto the ice: a dark corridor with light lines, the glowing arena at its end. Smoke and rays come in finish.py.
Run after the arena plate is there: blender -b --python tunnel.py -- tunnel PERCENT SAMPLES OUT.png"""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import bpy

import materials
import rig
import stage
from geometry import Solid, add_mesh

HALF, TOP, MOUTH = 1.75, 3.3, 9.0


def tunnel():
    stage.camera((0.0, -2.6, 1.25), (92.5, 0, 0), lens_mm=26, focus_m=2.6, f_stop=1.1)
    wall = materials.matt('wall', (0.03, 0.034, 0.05), 0.45)
    shell = Solid()
    for x in (-HALF - 0.1, HALF + 0.1):
        shell.box((x, 2.5, TOP / 2), (0.1, 6.5, TOP / 2))
    shell.box((0, 2.5, TOP + 0.1), (HALF + 0.2, 6.5, 0.1))
    shell.link('shell', wall)
    ribs, lines = Solid(), Solid()
    for y in (-1.0, 1.0, 3.0, 5.0, 7.0, 8.9):
        for x in (-HALF + 0.08, HALF - 0.08):
            ribs.box((x, y, TOP / 2), (0.09, 0.12, TOP / 2))
        ribs.box((0, y, TOP - 0.1), (HALF, 0.12, 0.1))
        for x in (-HALF + 0.19, HALF - 0.19):
            lines.box((x, y + 0.14, TOP / 2 - 0.1), (0.012, 0.014, TOP / 2 - 0.35))
        lines.box((0, y + 0.14, TOP - 0.24), (HALF - 0.25, 0.014, 0.012))
    ribs.link('ribs', materials.matt('ribs', (0.02, 0.022, 0.03), 0.4))
    lines.link('lines', materials.glow('lines', (0.14, 0.5, 1), 2.6))
    add_mesh('floor', [(-HALF, -4, 0), (HALF, -4, 0), (HALF, MOUTH, 0), (-HALF, MOUTH, 0)], [(0, 1, 2, 3)], materials.matt('floor', (0.012, 0.014, 0.02), 0.25))
    view = bpy.data.images.load(os.path.join(HERE, '..', 'plates', 'arena.jpg'))
    far, half, low, high = MOUTH + 9, 3.2, -4.2, 7.2
    add_mesh('arena', [(-half, far, low), (half, far, low), (half, far, high), (-half, far, high)], [(0, 1, 2, 3)], materials.picture('arena', view, 1.9),
             uvs=[(0, 0), (1, 0), (1, 1), (0, 1)])
    for x, colour in ((-0.9, (0.3, 0.6, 1)), (0.9, (0.5, 0.45, 1))):
        rig.spot((x, MOUTH + 3, 3.4), (x * 0.3, 0, 0.2), 700, colour, 44, volume=0, specular=0.22)
    rig.spot((0, MOUTH + 2, 1.2), (0, -1, 1.6), 420, (0.5, 0.72, 1), 60, volume=0, specular=0.4)
    stage.world((0.01, 0.015, 0.03), 0.4)


if __name__ == '__main__':
    _, percent, samples, out = sys.argv[sys.argv.index('--') + 1:]
    started = time.time()
    stage.open_stage(int(percent), int(samples), look='High Contrast', exposure=0.0)
    tunnel()
    stage.shoot(out)
    print(f'tunnel {percent}% {samples} samples: {time.time() - started:.0f} s')
