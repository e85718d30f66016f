"""Everything that gives light: trusses, lamp lenses, visible beams, spots in the haze, soft fill, and the big screen."""
import math

import bpy
import numpy as np
from mathutils import Vector

import materials
from geometry import Solid, add_mesh, frame_along


def _place(data, position, target):
    thing = bpy.data.objects.new(data.name, data)
    bpy.context.scene.collection.objects.link(thing)
    thing.location = position
    thing.rotation_euler = (Vector(target) - Vector(position)).to_track_quat('-Z', 'Y').to_euler()
    return thing


def spot(position, target, watts, colour, degrees, specular=0.04, volume=0.6, blend=0.6):
    light = bpy.data.lights.new('spot', 'SPOT')
    light.energy, light.color, light.spot_size, light.spot_blend = watts, colour, math.radians(degrees), blend
    light.use_shadow, light.shadow_soft_size = False, 0.3
    light.specular_factor, light.volume_factor = specular, volume
    _place(light, position, target)


def fill(position, target, width, height, watts, colour):
    light = bpy.data.lights.new('fill', 'AREA')
    light.shape, light.size, light.size_y = 'RECTANGLE', width, height
    light.energy, light.color, light.use_shadow = watts, colour, False
    light.specular_factor, light.volume_factor = 0.2, 0.1
    _place(light, position, target)


class Rig:
    def __init__(self):
        self.steel, self.housings, self.lenses = Solid(), Solid(), {}

    def truss(self, start, end, half=0.4):
        """A square lattice beam from `start` to `end`."""
        start, end = np.asarray(start, float), np.asarray(end, float)
        aside, up, along = frame_along(end - start)
        corners = [aside * half * i + up * half * j for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        for corner in corners:
            self.steel.strut(start + corner, end + corner, 0.045)
        bays = max(2, int(np.linalg.norm(end - start)))
        for bay in range(bays):
            p, q = start + (end - start) * bay / bays, start + (end - start) * (bay + 1) / bays
            for side in range(4):
                a, b = corners[side], corners[(side + 1) % 4]
                self.steel.strut(p + (a if bay % 2 else b), q + (b if bay % 2 else a), 0.024)

    def lens(self, position, direction, radius, colour, strength):
        """A glowing lamp front with its housing behind it."""
        position, axes = np.asarray(position, float), frame_along(direction)
        turns = np.linspace(0, 2 * math.pi, 20, endpoint=False)
        disc = position + radius * (np.cos(turns)[:, None] * axes[0] + np.sin(turns)[:, None] * axes[1])
        self.lenses.setdefault((tuple(colour), strength), []).append(disc)
        self.housings.strut(position - axes[2] * 0.03, position - axes[2] * 0.6, radius * 1.1)

    def beam(self, position, target, colour, strength, end_radius=1.6, length=None, lamp=24):
        """A lamp and the cone of haze it lights."""
        position, target = np.asarray(position, float), np.asarray(target, float)
        length = np.linalg.norm(target - position) if length is None else length
        turns = np.linspace(0, 2 * math.pi, 48, endpoint=False)
        rims = [np.c_[r * np.cos(turns), r * np.sin(turns), np.full(48, z)] for r, z in ((0.13, 0), (end_radius, -length))]
        faces = [(i, i + 48, (i + 1) % 48 + 48, (i + 1) % 48) for i in range(48)]
        cone = add_mesh('beam', np.vstack(rims), faces, materials.beam('beam', colour, strength, length), smooth=True)
        cone.location = position
        cone.rotation_euler = Vector(target - position).to_track_quat('-Z', 'Y').to_euler()
        if lamp:
            self.lens(position, target - position, 0.16, [c * 0.6 + 0.4 for c in colour], lamp)

    def link(self):
        self.steel.link('trusses', materials.matt('steel', (0.06, 0.065, 0.08), 0.6, 0.2))
        if self.housings.vertices:
            self.housings.link('housings', materials.matt('housings', (0.015, 0.015, 0.02), 0.5))
        for (colour, strength), discs in self.lenses.items():
            faces = [tuple(range(20 * i, 20 * i + 20)) for i in range(len(discs))]
            add_mesh('lenses', np.vstack(discs), faces, materials.glow('lens', colour, strength))


def big_screen(centre, half_width, half_height, image, strength, edge_colour, ring=None):
    """The hanging cube: four screens, ribbons of light above and below, a ring beneath, cables to the roof."""
    x, y, z = centre
    body, edges = Solid(), Solid()
    body.box((x, y, z), (half_width + 0.12, half_width + 0.12, half_height + 0.12))
    body.box((x, y, z - half_height - 0.75), (half_width * 0.8, half_width * 0.8, 0.42))
    body.box((x, y, z + half_height + 0.5), (half_width * 0.7, half_width * 0.7, 0.4))
    for i in (-1, 1):
        for j in (-1, 1):
            body.strut((x + i * half_width * .6, y + j * half_width * .6, z + half_height), (x + i * half_width * .6, y + j * half_width * .6, 31), 0.04)
    material = materials.picture('screen', image, strength)
    reach = half_width + 0.14
    for turn in range(4):
        c, s = math.cos(turn * math.pi / 2), math.sin(turn * math.pi / 2)
        spin = lambda p: (x + p[0] * c - p[1] * s, y + p[0] * s + p[1] * c, z + p[2])
        corners = [spin(p) for p in ((-half_width, -reach, -half_height), (half_width, -reach, -half_height), (half_width, -reach, half_height), (-half_width, -reach, half_height))]
        add_mesh('screen', corners, [(0, 1, 2, 3)], material, uvs=[(0, 0), (1, 0), (1, 1), (0, 1)])
        axes = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        for height, thick in ((-half_height - 0.09, 0.045), (half_height + 0.09, 0.045)):
            edges.box(spin((0, -reach - 0.02, height)), (half_width + 0.15, 0.03, thick), axes)
        low, under = half_width * 0.8, -half_height - 0.75
        if ring is None:
            edges.box(spin((0, -low - 0.03, under)), (low, 0.03, 0.07), axes)
        else:
            band = [spin(p) for p in ((-low, -low - 0.02, under - 0.34), (low, -low - 0.02, under - 0.34), (low, -low - 0.02, under + 0.34), (-low, -low - 0.02, under + 0.34))]
            add_mesh('ring', band, [(0, 1, 2, 3)], materials.picture('ring', ring, 1.6), uvs=[(0.16, 0), (0.86, 0), (0.86, 1), (0.16, 1)])
    body.link('cube', materials.matt('cube', (0.012, 0.014, 0.02), 0.4))
    edges.link('cube-edges', materials.glow('cube-edges', edge_colour, 2.4))
