"""Meshes from arrays, and solids put together of boxes, tubes and blobs."""
import math

import bpy
import numpy as np
from mathutils import Vector


def add_mesh(name, vertices, faces, material, smooth=False, colours=None, uvs=None, part='near'):
    """Quads or triangles into the scene; `part` says in which picture it is seen."""
    vertices, faces = np.asarray(vertices, np.float32), np.asarray(faces, np.int32)
    mesh = bpy.data.meshes.new(name)
    corners = faces.shape[1]
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set('co', vertices.ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set('vertex_index', faces.ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set('loop_start', np.arange(0, faces.size, corners, dtype=np.int32))
    mesh.polygons.foreach_set('loop_total', np.full(len(faces), corners, np.int32))
    mesh.polygons.foreach_set('use_smooth', np.full(len(faces), smooth))
    if uvs is not None:
        layer = mesh.uv_layers.new(name='uv')
        layer.data.foreach_set('uv', np.asarray(uvs, np.float32)[faces.ravel()].ravel())
    if colours is not None:
        paint = mesh.color_attributes.new('paint', 'FLOAT_COLOR', 'POINT')
        paint.data.foreach_set('color', np.concatenate([colours, np.ones((len(colours), 1))], 1).astype(np.float32).ravel())
    mesh.update(calc_edges=True)
    mesh.materials.append(material)
    return add(name, mesh, part)


def add(name, mesh, part='near', at=(0, 0, 0), scale=(1, 1, 1), turn=(0, 0, 0)):
    thing = bpy.data.objects.new(name, mesh)
    thing['part'] = part
    thing.location, thing.scale, thing.rotation_euler = at, scale, turn
    bpy.context.scene.collection.objects.link(thing)
    return thing


class Solid:
    """Boxes and tubes gathered into one mesh, each with its colour."""

    def __init__(self):
        self.vertices, self.faces, self.colours, self.count = [], [], [], 0

    def take(self, vertices, faces, colour=(1, 1, 1)):
        self.vertices.append(np.asarray(vertices, np.float32))
        self.faces.append(np.asarray(faces) + self.count)
        self.colours.append(np.tile(np.asarray(colour, np.float32), (len(vertices), 1)))
        self.count += len(vertices)

    def box(self, centre, half, colour=(1, 1, 1), turn=0.0):
        signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32) * half
        c, s = math.cos(turn), math.sin(turn)
        signs[:, :2] = signs[:, :2] @ np.array([[c, s], [-s, c]])
        faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
        self.take(signs + np.asarray(centre), faces, colour)

    def tube(self, path, radius, colour=(1, 1, 1), sides=12):
        """`colour` may be one for all, or one for each point of the path."""
        path = np.asarray(path, float)
        along = np.gradient(path, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        first = np.array([0.0, 1.0, 0.0]) if abs(along[0][1]) < 0.9 else np.array([1.0, 0.0, 0.0])
        rings = []
        for point, direction in zip(path, along):
            side = np.cross(direction, first)
            side /= np.linalg.norm(side)
            up = np.cross(side, direction)
            angles = np.linspace(0, 2 * math.pi, sides, endpoint=False)
            rings.append(point + radius * (np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * up))
        n = len(path)
        faces = [(i * sides + j, i * sides + (j + 1) % sides, (i + 1) * sides + (j + 1) % sides, (i + 1) * sides + j) for i in range(n - 1) for j in range(sides)]
        self.take(np.concatenate(rings), faces, (1, 1, 1))
        if np.ndim(colour) == 2:
            self.colours[-1] = np.repeat(np.asarray(colour, np.float32), sides, 0)
        else:
            self.colours[-1][:] = colour

    def blob(self, centre, half, colour=(1, 1, 1), columns=10, rows=7, lean=0.0):
        angles = np.linspace(0, 2 * math.pi, columns, endpoint=False)
        heights = np.linspace(-math.pi / 2, math.pi / 2, rows)
        h, a = np.meshgrid(heights, angles, indexing='ij')
        points = np.stack([np.cos(h) * np.cos(a), np.cos(h) * np.sin(a), np.sin(h)], -1).reshape(-1, 3) * half
        points[:, 0] += lean * points[:, 2]
        faces = [(r * columns + c, r * columns + (c + 1) % columns, (r + 1) * columns + (c + 1) % columns, (r + 1) * columns + c) for r in range(rows - 1) for c in range(columns)]
        self.take(points + np.asarray(centre), faces, colour)

    def link(self, name, material, smooth=False, part='near'):
        return add_mesh(name, np.concatenate(self.vertices), np.concatenate(self.faces), material, smooth, np.concatenate(self.colours), part=part)


def facing(normal):
    """Rotation that looks along `normal`."""
    return Vector(normal).to_track_quat('-Z', 'Y').to_euler()
