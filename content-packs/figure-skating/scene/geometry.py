"""Meshes from numbers: boxes, struts, swept strips and blobs, gathered into few big objects because Blender draws
one large mesh far faster than thousands of small ones. Lengths in metres, z up, the ice at z = 0."""
import math

import bpy
import numpy as np

_CORNERS = np.array([(x, y, z) for z in (-1, 1) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))], float)
_BOX_FACES = np.array([(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)])


def add_mesh(name, vertices, faces, material, colours=None, uvs=None, smooth=False):
    """Link a mesh into the scene. `colours` is one RGB a vertex (attribute `Col`), `uvs` one pair a vertex."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(np.asarray(vertices).tolist(), [], [tuple(int(i) for i in face) for face in faces])
    mesh.materials.append(material)
    if colours is not None:
        layer = mesh.color_attributes.new('Col', 'FLOAT_COLOR', 'POINT')
        rgba = np.c_[np.asarray(colours, np.float32), np.ones(len(colours), np.float32)]
        layer.data.foreach_set('color', rgba.astype(np.float32).ravel())
    if uvs is not None:
        layer = mesh.uv_layers.new(name='UV')
        corners = np.empty(len(mesh.loops), np.int32)
        mesh.loops.foreach_get('vertex_index', corners)
        layer.data.foreach_set('uv', np.asarray(uvs, np.float32)[corners].ravel())
    if smooth:
        mesh.polygons.foreach_set('use_smooth', [True] * len(mesh.polygons))
    mesh.update()
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def frame_along(direction):
    """Three unit vectors, the last along `direction`."""
    axis = np.asarray(direction, float)
    axis = axis / np.linalg.norm(axis)
    aside = np.cross(axis, (0, 0, 1))
    aside = np.array([1.0, 0, 0]) if np.linalg.norm(aside) < 1e-3 else aside / np.linalg.norm(aside)
    return np.array([aside, np.cross(axis, aside), axis])


class Solid:
    """Boxes and struts that end up in one mesh."""

    def __init__(self):
        self.vertices, self.faces = [], []

    def box(self, centre, half, axes=np.eye(3)):
        start = 8 * len(self.vertices)
        self.vertices.append(np.asarray(centre, float) + (_CORNERS * np.asarray(half, float)) @ axes)
        self.faces.append(_BOX_FACES + start)

    def strut(self, start, end, thickness):
        start, end = np.asarray(start, float), np.asarray(end, float)
        length = np.linalg.norm(end - start)
        self.box((start + end) / 2, (thickness, thickness, length / 2), frame_along(end - start))

    def link(self, name, material):
        return add_mesh(name, np.concatenate(self.vertices), np.concatenate(self.faces), material)


def blob(centre, radii, around=8, up=5):
    """An ellipsoid: vertices and quads."""
    rows = np.linspace(0, math.pi, up + 1)
    turns = np.arange(around) / around * 2 * math.pi
    vertices = np.array([
        (centre[0] + radii[0] * math.sin(r) * math.cos(t), centre[1] + radii[1] * math.sin(r) * math.sin(t), centre[2] + radii[2] * math.cos(r))
        for r in rows for t in turns
    ])
    faces = [(j * around + i, (j + 1) * around + i, (j + 1) * around + (i + 1) % around, j * around + (i + 1) % around)
             for j in range(up) for i in range(around)]
    return vertices, np.array(faces)


class Outline:
    """The rounded rectangle of the rink as a closed curve by share of its length, and every ring parallel to it."""

    def __init__(self, half_width, half_length, corner):
        self.half_width, self.half_length, self.corner = half_width, half_length, corner

    def ring(self, offset, count):
        """`count` points of the ring `offset` metres outside the ice, all rings in step, with their outward normals."""
        inner_w, inner_l, r = self.half_width - self.corner, self.half_length - self.corner, self.corner
        corners = [(inner_w, inner_l, 0), (-inner_w, inner_l, 90), (-inner_w, -inner_l, 180), (inner_w, -inner_l, 270)]
        sides = [2 * inner_w, 2 * inner_l, 2 * inner_w, 2 * inner_l]
        total = sum(sides) + 2 * math.pi * r
        points, normals = [], []
        for k in range(count):
            left, index = k / count * total, 0
            while True:
                cx, cy, start = corners[index]
                arc = math.pi / 2 * r
                angle = math.radians(start) + (min(left, arc) / r)
                normal = np.array([math.cos(angle), math.sin(angle)])
                point = np.array([cx, cy]) + normal * (r + offset)
                if left <= arc:
                    break
                left -= arc
                if left <= sides[index]:
                    point = point + np.array([-normal[1], normal[0]]) * left
                    break
                left -= sides[index]
                index = (index + 1) % 4
            points.append(point)
            normals.append(normal)
        return np.array(points), np.array(normals), total

    def spaced(self, offset, pitch_m):
        """Points of a ring `pitch_m` metres apart, corners included, with their outward normals."""
        points, normals, _ = self.ring(offset, 900)
        closed = np.vstack([points, points[:1]])
        along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))]
        picks = np.searchsorted(along, np.arange(0, along[-1], pitch_m)).clip(0, 899)
        step = (np.arange(len(picks)) * pitch_m - along[picks])[:, None]
        return points[picks] + step * np.c_[-normals[picks, 1], normals[picks, 0]], normals[picks]

    def strip(self, name, profile, material, count=280, repeat_m=8.0):
        """Sweep `profile`, a list of (offset, height), once around. The texture repeats every `repeat_m` metres."""
        rows, uvs = [], []
        for index, (offset, height) in enumerate(profile):
            points, _, total = self.ring(offset, count)
            points = np.vstack([points, points[:1]])
            rows.append(np.c_[points, np.full(count + 1, height)])
            uvs.append(np.c_[np.arange(count + 1) / count * round(total / repeat_m), np.full(count + 1, index / (len(profile) - 1))])
        width = count + 1
        faces = [(j * width + i, (j + 1) * width + i, (j + 1) * width + i + 1, j * width + i + 1)
                 for j in range(len(profile) - 1) for i in range(count)]
        return add_mesh(name, np.concatenate(rows), faces, material, uvs=np.concatenate(uvs))
