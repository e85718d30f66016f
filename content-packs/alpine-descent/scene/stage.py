"""Opening and shooting a scene: Cycles on the processor, low sun, evening sky, and the camera. Pictures leave as linear
light with alpha (numpy, premultiplied), so that skies are painted behind them and everything is developed at once."""
import math
import os

import bpy
import numpy as np
from mathutils import Vector

WIDTH, HEIGHT, SENSOR_MM = 1080, 1920, 36.0


def open_stage(percent, samples):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = 'CYCLES'
    cycles = scene.cycles
    cycles.samples, cycles.use_denoising = samples, False
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, 0.03
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 1
    cycles.transparent_max_bounces = 12
    cycles.sample_clamp_indirect, cycles.sample_clamp_direct = 2, 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    scene.render.film_transparent = True
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = WIDTH, HEIGHT, percent
    return scene


def sun_direction(azimuth, elevation):
    """Towards the sun; azimuth in degrees from straight ahead, to the right positive."""
    a, e = math.radians(azimuth), math.radians(elevation)
    return Vector((math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e)))


def sun(azimuth, elevation, strength=14.0, colour=(1, 0.53, 0.22), softness=0.02):
    data = bpy.data.lights.new('sun', 'SUN')
    data.energy, data.color, data.angle = strength, colour, softness
    thing = bpy.data.objects.new('sun', data)
    bpy.context.scene.collection.objects.link(thing)
    thing.rotation_euler = (-sun_direction(azimuth, elevation)).to_track_quat('-Z', 'Y').to_euler()


def sky_light(strength=0.62, horizon=(0.95, 0.56, 0.40), middle=(0.42, 0.45, 0.62), top=(0.07, 0.17, 0.42)):
    """The sky as a light; what is seen of it is painted later."""
    world = bpy.data.worlds.new('sky')
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    where, parts, ramp = nodes.new('ShaderNodeTexCoord'), nodes.new('ShaderNodeSeparateXYZ'), nodes.new('ShaderNodeValToRGB')
    links.new(where.outputs['Generated'], parts.inputs[0])
    links.new(parts.outputs[2], ramp.inputs[0])
    stops = ramp.color_ramp.elements
    stops[0].position, stops[0].color = 0.0, (*horizon, 1)
    stops[1].position, stops[1].color = 0.7, (*top, 1)
    stops.new(0.25).color = (*middle, 1)
    links.new(ramp.outputs[0], nodes['Background'].inputs[0])
    nodes['Background'].inputs[1].default_value = strength


def camera(position, pitch, heading=0.0, lens_mm=40.0, shift_y=0.0, focus_m=0.0, f_stop=8.0):
    """`pitch` in degrees above the horizon, `heading` to the right of y."""
    data = bpy.data.cameras.new('camera')
    thing = bpy.data.objects.new('camera', data)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = thing
    thing.location, thing.rotation_euler = position, (math.radians(90 + pitch), 0, -math.radians(heading))
    data.sensor_fit, data.sensor_height, data.lens = 'VERTICAL', SENSOR_MM, lens_mm
    data.shift_y, data.clip_start, data.clip_end = shift_y, 0.1, 60_000
    if focus_m > 0:
        data.dof.use_dof, data.dof.focus_distance, data.dof.aperture_fstop = True, focus_m, f_stop
    return thing


def report(label, points):
    """Prints where points of the scene lie in the picture, shares from the top left."""
    from bpy_extras.object_utils import world_to_camera_view
    scene = bpy.context.scene
    bpy.context.view_layer.update()
    for point in points:
        at = world_to_camera_view(scene, scene.camera, Vector(point))
        print(f'{label} {at.x:.4f} {1 - at.y:.4f}')


def outlook(azimuth, elevation):
    """Where the sun and the horizon are in the picture, shares from the top left: what the sky is painted by."""
    from bpy_extras.object_utils import world_to_camera_view
    scene = bpy.context.scene
    bpy.context.view_layer.update()
    eye = scene.camera.matrix_world.translation
    share = lambda direction: (lambda at: (at.x, 1 - at.y, at.z))(world_to_camera_view(scene, scene.camera, eye + direction * 1e5))
    heading = -scene.camera.rotation_euler.z
    return {'sun': share(sun_direction(azimuth, elevation)), 'horizon': share(Vector((math.sin(heading), math.cos(heading), 0)))[1]}


def shoot(path, seen):
    """Renders with only the objects whose part is in `seen` before the camera (all cast light and shadow) into `path`.npy."""
    for thing in bpy.context.scene.objects:
        thing.visible_camera = thing.get('part', 'near') in seen
    render = bpy.context.scene.render
    render.image_settings.file_format, render.image_settings.color_depth, render.image_settings.color_mode = 'OPEN_EXR', '16', 'RGBA'
    render.filepath = path + '.exr'
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(path + '.exr')
    image.colorspace_settings.name = 'Linear'
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    np.save(path + '.npy', pixels.reshape(height, width, 4)[::-1].astype(np.float16))
    os.remove(path + '.exr')
