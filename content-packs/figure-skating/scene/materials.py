"""Surfaces of the arena as node materials: matt, glowing, LED ribbon, light beam, ice, glass and haze."""
import bpy


def _blank(name):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    return material, nodes, links, nodes.new('ShaderNodeOutputMaterial')


def _math(nodes, links, operation, *inputs):
    node = nodes.new('ShaderNodeMath')
    node.operation = operation
    for index, value in enumerate(inputs):
        if isinstance(value, (int, float)):
            node.inputs[index].default_value = value
        else:
            links.new(value, node.inputs[index])
    return node.outputs[0]


def _range(nodes, links, value, low, high, to_low, to_high):
    node = nodes.new('ShaderNodeMapRange')
    links.new(value, node.inputs[0])
    for index, number in enumerate((low, high, to_low, to_high), 1):
        node.inputs[index].default_value = number
    return node.outputs[0]


def matt(name, colour, roughness=0.6, metallic=0.0, specular=0.4):
    material, nodes, links, out = _blank(name)
    shader = nodes.new('ShaderNodeBsdfPrincipled')
    shader.inputs['Base Color'].default_value = (*colour, 1)
    shader.inputs['Roughness'].default_value = roughness
    shader.inputs['Metallic'].default_value = metallic
    shader.inputs['Specular'].default_value = specular
    links.new(shader.outputs[0], out.inputs[0])
    return material


def vertex_coloured(name, roughness=0.8):
    material, nodes, links, out = _blank(name)
    shader, colour = nodes.new('ShaderNodeBsdfPrincipled'), nodes.new('ShaderNodeAttribute')
    colour.attribute_name = 'Col'
    shader.inputs['Roughness'].default_value = roughness
    shader.inputs['Specular'].default_value = 0.15
    links.new(colour.outputs['Color'], shader.inputs['Base Color'])
    links.new(shader.outputs[0], out.inputs[0])
    return material


def glow(name, colour, strength):
    material, nodes, links, out = _blank(name)
    shader = nodes.new('ShaderNodeEmission')
    shader.inputs[0].default_value = (*colour, 1)
    shader.inputs[1].default_value = strength
    links.new(shader.outputs[0], out.inputs[0])
    return material


def picture(name, image, strength, additive=False, interpolation='Linear'):
    """A glowing picture on the UV map. `additive` lets what lies behind shine through (for light thrown on the ice)."""
    material, nodes, links, out = _blank(name)
    texture, shader = nodes.new('ShaderNodeTexImage'), nodes.new('ShaderNodeEmission')
    texture.image, texture.interpolation = image, interpolation
    shader.inputs[1].default_value = strength
    links.new(texture.outputs[0], shader.inputs[0])
    if not additive:
        links.new(shader.outputs[0], out.inputs[0])
        return material
    clear, both = nodes.new('ShaderNodeBsdfTransparent'), nodes.new('ShaderNodeAddShader')
    links.new(shader.outputs[0], both.inputs[0])
    links.new(clear.outputs[0], both.inputs[1])
    links.new(both.outputs[0], out.inputs[0])
    material.blend_method, material.shadow_method = 'BLEND', 'NONE'
    return material


def glass(name):
    material, nodes, links, out = _blank(name)
    clear, sheen, both = nodes.new('ShaderNodeBsdfTransparent'), nodes.new('ShaderNodeEmission'), nodes.new('ShaderNodeAddShader')
    clear.inputs[0].default_value = (0.94, 0.97, 1, 1)
    sheen.inputs[0].default_value = (0.5, 0.75, 1, 1)
    sheen.inputs[1].default_value = 0.01
    links.new(clear.outputs[0], both.inputs[0])
    links.new(sheen.outputs[0], both.inputs[1])
    links.new(both.outputs[0], out.inputs[0])
    material.blend_method, material.shadow_method = 'BLEND', 'NONE'
    return material


def beam(name, colour, strength, length, softness=3.2, falloff=1.7):
    """A cone of lit haze along local -z: brightest at the lamp, soft at its edge, uneven like real smoke."""
    material, nodes, links, out = _blank(name)
    where, split = nodes.new('ShaderNodeTexCoord'), nodes.new('ShaderNodeSeparateXYZ')
    links.new(where.outputs['Object'], split.inputs[0])
    along = _math(nodes, links, 'POWER', _range(nodes, links, split.outputs[2], -length, 0, 0, 1), falloff)
    edge = nodes.new('ShaderNodeLayerWeight')
    edge.inputs[0].default_value = 0.5
    core = _math(nodes, links, 'POWER', _math(nodes, links, 'SUBTRACT', 1, edge.outputs['Facing']), softness)
    smoke, place = nodes.new('ShaderNodeTexNoise'), nodes.new('ShaderNodeNewGeometry')
    smoke.inputs['Scale'].default_value, smoke.inputs['Detail'].default_value = 0.4, 4
    links.new(place.outputs['Position'], smoke.inputs[0])
    cloud = _range(nodes, links, smoke.outputs[0], 0.3, 0.7, 0.4, 1.3)
    total = _math(nodes, links, 'MULTIPLY', _math(nodes, links, 'MULTIPLY', along, core), _math(nodes, links, 'MULTIPLY', cloud, strength))
    shader, clear, both = nodes.new('ShaderNodeEmission'), nodes.new('ShaderNodeBsdfTransparent'), nodes.new('ShaderNodeAddShader')
    shader.inputs[0].default_value = (*colour, 1)
    links.new(total, shader.inputs[1])
    links.new(shader.outputs[0], both.inputs[0])
    links.new(clear.outputs[0], both.inputs[1])
    links.new(both.outputs[0], out.inputs[0])
    material.blend_method, material.shadow_method, material.show_transparent_back = 'BLEND', 'NONE', True
    return material


def ice(name, scratches, tile_m=5.0):
    """Resurfaced ice: milky, softly mirroring, with hair-thin blade marks that catch the light."""
    material, nodes, links, out = _blank(name)
    shader = nodes.new('ShaderNodeBsdfPrincipled')
    shader.inputs['Specular'].default_value = 0.55
    where, mapping, marks = nodes.new('ShaderNodeTexCoord'), nodes.new('ShaderNodeMapping'), nodes.new('ShaderNodeTexImage')
    mapping.inputs['Scale'].default_value = (1 / tile_m, 1 / tile_m, 1)
    marks.image = scratches
    marks.image.colorspace_settings.name = 'Non-Color'
    links.new(where.outputs['Object'], mapping.inputs[0])
    links.new(mapping.outputs[0], marks.inputs[0])
    worn = nodes.new('ShaderNodeTexNoise')
    worn.inputs['Scale'].default_value, worn.inputs['Detail'].default_value = 0.5, 9
    links.new(where.outputs['Object'], worn.inputs[0])
    rough = _range(nodes, links, worn.outputs[0], 0.35, 0.7, 0.10, 0.26)
    links.new(_math(nodes, links, 'MULTIPLY_ADD', marks.outputs[0], 0.2, rough), shader.inputs['Roughness'])
    mix = nodes.new('ShaderNodeMixRGB')
    mix.inputs[1].default_value, mix.inputs[2].default_value = (0.13, 0.18, 0.25, 1), (0.62, 0.70, 0.78, 1)
    frost = _range(nodes, links, worn.outputs[0], 0.42, 0.8, 0, 0.3)
    links.new(_math(nodes, links, 'MULTIPLY_ADD', marks.outputs[0], 0.5, frost), mix.inputs[0])
    links.new(mix.outputs[0], shader.inputs['Base Color'])
    bump = nodes.new('ShaderNodeBump')
    bump.inputs['Strength'].default_value, bump.inputs['Distance'].default_value = 0.04, 0.01
    links.new(marks.outputs[0], bump.inputs['Height'])
    links.new(bump.outputs[0], shader.inputs['Normal'])
    links.new(shader.outputs[0], out.inputs[0])
    return material


def haze(name, density, glow_colour, glow_strength):
    material, nodes, links, out = _blank(name)
    volume = nodes.new('ShaderNodeVolumePrincipled')
    volume.inputs['Color'].default_value = (0.85, 0.92, 1, 1)
    volume.inputs['Density'].default_value = density
    volume.inputs['Anisotropy'].default_value = 0.3
    volume.inputs['Emission Color'].default_value = (*glow_colour, 1)
    volume.inputs['Emission Strength'].default_value = glow_strength
    links.new(volume.outputs[0], out.inputs[1])
    return material
