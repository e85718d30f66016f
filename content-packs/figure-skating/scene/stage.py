"""The empty EEVEE stage of every scene: renderer settings, camera, haze and the shutter. What
the ice mirrors is laid in afterwards (finish.py): exact for things far away, and far cheaper than tracing it."""
import math

import bpy

import materials
from geometry import Solid

WIDTH, HEIGHT = 1080, 1920


def open_stage(percent, samples, look='Very High Contrast', exposure=0.2):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = 'BLENDER_EEVEE'
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = WIDTH, HEIGHT, percent
    scene.view_settings.view_transform, scene.view_settings.look, scene.view_settings.exposure = 'Filmic', look, exposure
    eevee = scene.eevee
    eevee.taa_render_samples = samples
    eevee.use_bloom, eevee.bloom_threshold, eevee.bloom_intensity, eevee.bloom_radius, eevee.bloom_knee = True, 0.9, 0.06, 6.5, 0.6
    eevee.use_gtao = False
    eevee.use_volumetric_lights, eevee.use_volumetric_shadows = True, False
    eevee.volumetric_tile_size, eevee.volumetric_samples, eevee.volumetric_start, eevee.volumetric_end = '8', 64, 1, 95
    eevee.bokeh_max_size, eevee.bokeh_threshold, eevee.use_bokeh_high_quality_slight_defocus = 90, 0.7, True
    eevee.light_threshold = 0.01
    return scene


def camera(position, degrees, lens_mm, focus_m, f_stop, shift_y=0.0):
    """A 36 mm high portrait sensor. `shift_y` raises the picture without tilting, so that upright things stay upright."""
    scene = bpy.context.scene
    data = bpy.data.cameras.new('camera')
    data.sensor_fit, data.sensor_height, data.lens, data.clip_end, data.shift_y = 'VERTICAL', 36, lens_mm, 200, shift_y
    data.dof.use_dof, data.dof.focus_distance, data.dof.aperture_fstop = True, focus_m, f_stop
    thing = bpy.data.objects.new('camera', data)
    scene.collection.objects.link(thing)
    scene.camera = thing
    thing.location, thing.rotation_euler = position, [math.radians(angle) for angle in degrees]


def world(colour, strength):
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new('world')
    scene.world.use_nodes = True
    background = scene.world.node_tree.nodes['Background']
    background.inputs[0].default_value, background.inputs[1].default_value = (*colour, 1), strength


def haze_box(density, glow_colour, glow_strength, centre=(0, 5, 14), half=(60, 60, 15.5)):
    box = Solid()
    box.box(centre, half)
    box.link('haze', materials.haze('haze', density, glow_colour, glow_strength))


def report_rectangle(label, corners):
    """Print where points of the scene fall in the picture, as shares from the top left."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector
    scene = bpy.context.scene
    bpy.context.view_layer.update()
    seen = [world_to_camera_view(scene, scene.camera, Vector(corner)) for corner in corners]
    left, right = min(p.x for p in seen), max(p.x for p in seen)
    top, bottom = 1 - max(p.y for p in seen), 1 - min(p.y for p in seen)
    print(f'{label} x={left:.4f} y={top:.4f} width={right - left:.4f} height={bottom - top:.4f}')


def shoot(path):
    settings = bpy.context.scene.render
    settings.image_settings.file_format, settings.image_settings.color_depth = 'PNG', '16'
    settings.filepath = path
    bpy.ops.render.render(write_still=True)
