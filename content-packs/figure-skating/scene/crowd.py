"""Spectators: one mesh of coloured blobs that reads as a real crowd once it is out of focus. What keeps it from
looking stamped: aisles, empty seats, groups in one colour, whole blocks on their feet, pools of light, and telephones
that come in clusters."""
import math

import numpy as np

from geometry import blob

_TORSO, _HEAD = blob((0, 0, 0.36), (0.25, 0.17, 0.42)), blob((0, -0.03, 0.92), (0.105, 0.12, 0.145))
_HAIR, _ARM = blob((0, 0.02, 0.97), (0.115, 0.125, 0.12)), blob((0, 0, 0), (0.055, 0.055, 0.32), 5, 4)
_CLOTHES = np.array([(.02, .022, .03), (.035, .04, .055), (.06, .06, .07), (.02, .035, .1), (.12, .02, .03), (.3, .3, .33),
                     (.03, .08, .22), (.1, .08, .06), (.2, .03, .06), (.06, .12, .14), (.22, .15, .06), (.14, .06, .2)])
_OFTEN = np.array([6, 5, 5, 4, 2, 2, 2, 3, 1, 1, .6, .8])
_SKIN = np.array([(.5, .3, .2), (.42, .25, .16), (.25, .13, .08), (.14, .07, .045), (.55, .36, .27)])
_HAIRS = np.array([(.02, .012, .01), (.05, .025, .012), (.2, .12, .05), (.09, .03, .02), (.35, .33, .33)])


def _swell(rng, waves=7):
    """A smooth random field over the plan, about 0..1: where groups, standing blocks and telephones gather."""
    directions = rng.normal(0, 0.35, (waves, 2))
    phases = rng.uniform(0, 2 * np.pi, waves)
    return lambda x, y: 0.5 + 0.5 * np.tanh(1.1 * sum(math.sin(d[0] * x + d[1] * y + p) for d, p in zip(directions, phases)) / math.sqrt(waves) * 1.6)


def stand_in_front(spots, seed):
    """Heads and shoulders of a few people close to the camera, from behind. `spots` are (x, y, height of the seat)."""
    rng = np.random.default_rng(seed)
    vertices, faces, count = [], [], 0
    parts = (blob((0, 0, 0.3), (0.24, 0.15, 0.42), 20, 12), blob((0, 0, 0.56), (0.2, 0.1, 0.15), 20, 12),
             blob((0, 0, 0.75), (0.065, 0.07, 0.14), 14, 8), blob((0, 0, 0.92), (0.095, 0.115, 0.135), 20, 12))
    for x, y, z in spots:
        size = rng.uniform(0.94, 1.06)
        for points, quads in parts:
            vertices.append(points * size + (x, y, z))
            faces.append(quads + count)
            count += len(points)
    return np.concatenate(vertices), np.concatenate(faces)


def seat_people(outline, rows, visible, seed, phone_share=0.05, dim=1.0):
    """Fill `rows` of (offset, height) where `visible(x, y, z)`. Returns vertices, faces, colours and telephone positions."""
    rng = np.random.default_rng(seed)
    groups, standing, glowing, lit = _swell(rng), _swell(rng), _swell(rng), _swell(rng)
    favourites = _CLOTHES[rng.choice(len(_CLOTHES), 24)]
    vertices, faces, colours, phones, count = [], [], [], [], 0

    def add(part, colour, place, turn, size, shift=(0, 0, 0)):
        nonlocal count
        v = (part[0] + np.asarray(shift)) * size
        c, s = math.cos(turn), math.sin(turn)
        vertices.append(np.c_[v[:, 0] * c - v[:, 1] * s, v[:, 0] * s + v[:, 1] * c, v[:, 2]] + place)
        faces.append(part[1] + count)
        colours.append(np.tile(colour, (len(v), 1)))
        count += len(v)

    for offset, height in rows:
        points, normals = outline.spaced(offset, 0.56)
        seats = len(points)
        for index, ((x, y), normal) in enumerate(zip(points, normals)):
            share = (index + 0.37 * (round(height * 10) % 3)) / seats
            if not visible(x, y, height) or (share * 22) % 1 < 0.085 or rng.random() < 0.04 + 0.16 * (1 - groups(y, x)) ** 3:
                continue
            on_feet = rng.random() < 0.08 + 0.75 * standing(x, y) ** 3
            place = np.array([x + rng.normal(0, .16), y + rng.normal(0, .16), height + rng.normal(0, .05) + (0.34 if on_feet else 0)])
            turn = math.atan2(normal[1], normal[0]) - math.pi / 2 + rng.normal(0, 0.35)
            size, shade = rng.uniform(0.86, 1.1), dim * (0.35 + 1.3 * lit(x * 0.8, y * 0.8)) * rng.uniform(0.6, 1.4)
            if rng.random() < 0.35:
                party = int(share * 170 + 3 * groups(x, y)) * 7 + int(height)  # neighbours who came together
                cloth = favourites[party * 11 % 24]
            else:
                cloth = _CLOTHES[rng.choice(len(_CLOTHES), p=_OFTEN / _OFTEN.sum())]
            add(_TORSO, cloth * shade * 1.5, place, turn, size)
            add(_HEAD, _SKIN[rng.integers(len(_SKIN))] * shade, place, turn, size)
            add(_HAIR, _HAIRS[rng.integers(len(_HAIRS))] * shade, place, turn, size)
            if rng.random() < (0.5 if on_feet else 0.08):
                for side in ((-1, 1) if rng.random() < 0.5 else (1,)):
                    add(_ARM, cloth * shade, place, turn, size, (side * rng.uniform(.2, .34), -.05, rng.uniform(.8, 1.0)))
            if rng.random() < phone_share * 3.2 * glowing(x * 1.2, y * 1.2) ** 2.5:
                phones.append(place + np.array([rng.normal(0, .12), 0, rng.uniform(.85, 1.15)]) - np.r_[normal * .25, 0])
    return np.concatenate(vertices), np.concatenate(faces), np.clip(np.concatenate(colours), 0, 1), np.array(phones)
