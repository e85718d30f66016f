"""What things are made of. All of it fades into the evening haze with distance."""
import bpy


class Surface:
    """A material under construction: nodes by type, links by socket, and haze at its end."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.nodes, self.links = self.material.node_tree.nodes, self.material.node_tree.links
        self.nodes.clear()

    def node(self, kind, **inputs):
        made = self.nodes.new('ShaderNode' + kind)
        for name, given in inputs.items():
            key = int(name[1:]) if name.startswith('_') else name.replace('_', ' ')
            if hasattr(given, 'is_output'):
                self.links.new(given, made.inputs[key])
            else:
                made.inputs[key].default_value = given
        return made

    def math(self, operation, a, b=0.0):
        made = self.node('Math', _0=a, _1=b)
        made.operation = operation
        return made.outputs[0]

    def ramp(self, factor, *stops):
        made = self.node('ValToRGB', _0=factor)
        elements = made.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops):
            element.position, element.color = position, (*colour, 1)
        return made.outputs[0]

    def noise(self, scale, detail=6.0, roughness=0.55, vector=None):
        made = self.node('TexNoise', Scale=scale, Detail=detail, Roughness=roughness)
        self.links.new(vector if vector is not None else self.node('NewGeometry').outputs['Position'], made.inputs['Vector'])
        return made.outputs['Fac']

    def principled(self, colour, roughness, specular=0.3, **more):
        made = self.node('BsdfPrincipled', Base_Color=colour if hasattr(colour, 'is_output') else (*colour, 1), Roughness=roughness, Specular=specular)
        for name, given in more.items():
            if hasattr(given, 'is_output'):
                self.links.new(given, made.inputs[name])
            else:
                made.inputs[name].default_value = given
        return made.outputs[0]

    def finish(self, shader, haze=None):
        if haze:
            colour, per_km, low_m, high_m, thin = haze
            distance = self.node('CameraData').outputs['View Distance']
            lost = self.math('SUBTRACT', 1.0, self.math('EXPONENT', self.math('MULTIPLY', distance, -per_km / 1000)))
            height = self.node('SeparateXYZ', _0=self.node('NewGeometry').outputs['Position']).outputs[2]
            thinning = self.node('MapRange', _0=height, _1=low_m, _2=high_m, _3=1.0, _4=thin).outputs[0]
            air = self.node('Emission', _0=(*colour, 1), _1=1.0).outputs[0]
            shader = self.node('MixShader', _0=self.math('MULTIPLY', lost, thinning), _1=shader, _2=air).outputs[0]
        self.node('OutputMaterial', _0=shader)
        return self.material


def snow_and_rock(haze, rock_below=0.66, scale=1.0):
    """Snow where the ground is flat enough, rock where it is steep; positions are metres, `scale` makes its grain larger."""
    s = Surface('snow-and-rock')
    position = s.node('NewGeometry').outputs['Position']
    steep = s.node('SeparateXYZ', _0=s.node('NewGeometry').outputs['Normal']).outputs[2]
    ragged = s.noise(0.012 / scale, 12, 0.62)
    cover = s.ramp(s.math('ADD', s.math('MULTIPLY', ragged, 0.42), steep), (rock_below - 0.03, (0, 0, 0)), (rock_below + 0.06, (1, 1, 1)))
    stretched = s.node('Mapping', Vector=position)
    stretched.inputs['Scale'].default_value = (1.4, 1.4, 3.0)
    strata = s.ramp(s.noise(0.03 / scale, 11, 0.66, stretched.outputs[0]), (0.32, (0.022, 0.022, 0.027)), (0.5, (0.075, 0.066, 0.062)), (0.72, (0.17, 0.15, 0.14)))
    colour = s.node('MixRGB', _0=cover, _1=strata, _2=(0.86, 0.885, 0.93, 1)).outputs[0]
    fine = s.node('Bump', Strength=0.35, Distance=0.5 * scale, Height=s.noise(0.35 / scale, 8)).outputs[0]
    coarse = s.node('Bump', Distance=28.0 * scale, Height=ragged, Normal=fine)
    s.links.new(s.math('MULTIPLY', s.math('SUBTRACT', 1.0, cover), 0.9), coarse.inputs['Strength'])
    return s.finish(s.principled(colour, 0.6, 0.2, Normal=coarse.outputs[0]), haze)


def groomed_snow(haze):
    """The run and the snow close by: corduroy of the groomer, ruts and crumbs, a little light inside."""
    s = Surface('groomed-snow')
    position = s.node('NewGeometry').outputs['Position']
    stripes = s.node('TexWave', Vector=position, Scale=4.2, Distortion=1.6, Detail=2.0)
    stripes.bands_direction = 'X'
    lumps = s.noise(0.5, 7, 0.6)
    crumbs = s.noise(7.0, 5, 0.6)
    mixed = s.math('ADD', s.math('MULTIPLY', stripes.outputs['Fac'], 0.035), s.math('ADD', lumps, s.math('MULTIPLY', crumbs, 0.16)))
    bump = s.node('Bump', Strength=0.32, Distance=0.3, Height=mixed).outputs[0]
    tone = s.ramp(lumps, (0.3, (0.80, 0.83, 0.89)), (0.7, (0.88, 0.90, 0.94)))
    return s.finish(s.principled(tone, 0.5, 0.35, Normal=bump), haze)


def pine(haze):
    """Needles, with snow on what faces up."""
    s = Surface('pine')
    up = s.node('SeparateXYZ', _0=s.node('NewGeometry').outputs['Normal']).outputs[2]
    laden = s.math('ADD', s.math('MULTIPLY', s.noise(1.4, 5, 0.6), 0.9), up)
    return s.finish(s.principled(s.ramp(laden, (1.02, (0.012, 0.028, 0.020)), (1.16, (0.05, 0.07, 0.06)), (1.34, (0.74, 0.79, 0.87))), 0.85, 0.08), haze)


def plain(name, colour, roughness=0.6, specular=0.3, haze=None):
    s = Surface(name)
    return s.finish(s.principled(colour, roughness, specular), haze)


def coloured(name, haze=None):
    """As the vertices say."""
    s = Surface(name)
    paint = s.node('VertexColor')
    paint.layer_name = 'paint'
    return s.finish(s.principled(paint.outputs[0], 0.75, 0.15), haze)


def printed(name, image, roughness=0.6, haze=None, gain=1.0):
    s = Surface(name)
    texture = s.node('TexImage')
    texture.image, texture.extension = image, 'REPEAT'
    bright = s.node('MixRGB', _0=1.0, _1=texture.outputs[0], _2=(gain, gain, gain, 1))
    bright.blend_type = 'MULTIPLY'
    return s.finish(s.principled(bright.outputs[0], roughness, 0.25), haze)


def net(name, colour, haze=None, cover=0.42):
    """A safety net so far out of focus that it is a veil."""
    s = Surface(name)
    clear = s.node('BsdfTransparent').outputs[0]
    return s.finish(s.node('MixShader', _0=cover, _1=clear, _2=s.principled(colour, 0.7, 0.1)).outputs[0], haze)


def glow(name, colour, strength):
    s = Surface(name)
    return s.finish(s.node('Emission', _0=(*colour, 1), _1=strength).outputs[0])


def cloud(haze):
    """Cloud seen from above: all light, no gloss."""
    s = Surface('cloud')
    return s.finish(s.principled((0.90, 0.90, 0.92), 1.0, 0.0), haze)
