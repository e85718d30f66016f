"""`Golden Line`: six bars at 96 beats a minute in E-flat major, 15.000 s. A beat is 15 frames at 24 a second.

beats  0-4    open: boom, strings, kantele, the horns' call        Eb
beats  4-8    the ride: kick, claps, glowing plucks                Ab Bb
beats  8-14   thinned out so that a voice is heard                 Cm Ab
beats 14-16   the build                                            Bbsus Bb
beats 16-20   half time: taikos, the horns' tune                   Eb Bb/D Cm
beats 20-22   climbing                                             Ab Bb
beats 22-24   last chord on its first beat, and the valley         Eb

Run: build.sh, or PYTHONPATH=../../../tools/sound python3 score.py OUT_FOLDER"""
import sys

import numpy as np

import instruments as play
from mastering import master, one_low_end, saturate, write_stems
from signal_shapes import RATE, band, echo, fade, hall, seconds, sweep

BPM, BEATS = 96, 24
BEAT = RATE * 60 // BPM  # 30,000 samples, exactly
SECOND_BEATS = BPM / 60
LENGTH = BEATS * BEAT
ROOM = RATE
LAST = 22

#         from beat, beats, voices, bass
CHORDS = [(0, 4, (51, 58, 63, 65, 70), 39), (4, 2, (56, 60, 63, 67, 70), 32), (6, 2, (58, 62, 65, 70), 34),
          (8, 3, (60, 63, 67, 70), 36), (11, 3, (56, 60, 63, 70), 32), (14, 1, (58, 63, 65, 70), 34), (15, 1, (58, 62, 65, 70), 34),
          (16, 2, (58, 63, 67, 70, 75), 39), (18, 1, (58, 62, 65, 70, 74), 38), (19, 1, (60, 63, 67, 72), 36),
          (20, 1, (56, 60, 63, 68, 72), 32), (21, 1, (58, 62, 65, 70, 74), 34)]
FINAL = (51, 58, 63, 67, 70, 75, 77)
#       beat, beats, note, force
CALL = [(0.5, 0.75, 63, .55), (1.25, 0.75, 70, .7), (2, 1.8, 67, .6)]
TUNE = [(16, 1.25, 75, 1), (17.25, .25, 74, .8), (17.5, .5, 75, .9), (18, .75, 77, 1), (18.75, .25, 74, .8), (19, 1, 79, 1),
        (20, .75, 80, 1), (20.75, .25, 79, .9), (21, .5, 77, 1), (21.5, .5, 82, 1), (22, 1.7, 79, 1)]
UNDER = [(16, 2, 67), (18, 1, 65), (19, 1, 63), (20, 1, 68), (21, 1, 70), (22, 1.7, 70)]


class Track:
    """A part. `loose` players miss the beat by a few milliseconds and never strike twice alike."""

    def __init__(self, rng=None, loose=0.0):
        self.wave = np.zeros((LENGTH + ROOM, 2))
        self.rng, self.loose = rng, loose

    def put(self, beat, sound, level=1.0, where=0.0):
        stereo = sound if sound.ndim == 2 else np.c_[sound * (1 - max(0, where)), sound * (1 + min(0, where))]
        start = int(round(beat * BEAT))
        if self.rng is not None:
            start = max(0, start + int(self.rng.normal(0, self.loose) * RATE))
            level *= 1 + 0.09 * float(np.clip(self.rng.normal(), -2, 2))
        stop = min(len(self.wave), start + len(stereo))
        self.wave[start:stop] += stereo[:stop - start] * level


def chord_at(beat):
    return next(c for c in reversed(CHORDS) if c[0] <= beat)


def drums(rng):
    kick, rest, loose = Track(), Track(), Track(rng, 0.0045)
    for b in (4, 5, 6, 7, 7.5):
        kick.put(b, play.kick(), 0.85)
    for b in (8, 11, 14):
        kick.put(b, play.kick(0.8), 0.5)
    for b in (16, 16.75, 17.5, 19, 19.75, 20, 20.5, 21, 21.5, LAST):
        kick.put(b, play.kick(), 1.0 if b % 1 == 0 else 0.7)
    for b in (5, 7):
        loose.put(b, play.clap(rng), 0.95)
    for b in (18, 21):
        rest.put(b, play.snare(rng), 0.8)
        loose.put(b, play.clap(rng), 0.6)
    for b in np.arange(21.5, 22, 0.125):
        rest.put(b, play.snare(rng, 0.3), 0.12 + 0.4 * (b - 21.5))
    for step in range(16, 88):
        b, accent = step / 4, (1.0, 0.4, 0.7, 0.5)[step % 4]
        quiet = 0.45 if 8 <= b < 14 else 1
        swing = 0.03 if step % 2 else 0
        loose.put(b + swing, play.shaker(rng), 0.4 * accent * quiet, 0.3 if step % 2 else -0.25)
    for b, note, level in ((0, 31, .8), (0.02, 38, .5), (3, 38, .35), (3.5, 36, .45), (3.75, 33, .5), (7.5, 38, .4), (7.75, 33, .5),
                           (14, 33, .3), (14.5, 33, .34), (15, 36, .42), (15.25, 36, .42), (15.5, 38, .52), (15.625, 38, .5), (15.75, 41, .6), (15.875, 41, .6),
                           (16, 31, 1.0), (16.75, 36, .5), (17.5, 38, .55), (17.75, 33, .6), (18.5, 36, .4), (19, 33, .8), (19.5, 38, .5), (19.75, 36, .6),
                           (20, 31, .9), (20.25, 38, .45), (20.5, 36, .6), (20.75, 38, .5), (21, 33, .9), (21.25, 36, .6), (21.5, 38, .7), (21.75, 41, .75), (LAST, 31, 1.1)):
        loose.put(b, play.taiko(note, rng), 0.62 * level)
    for b, level in ((4, .35), (16, .8), (20, .4), (LAST, .9)):
        rest.put(b, play.cymbal(rng), level)
    for b, level in ((0, .6), (16, .85), (LAST, 1.0)):
        rest.put(b, play.boom(rng), level)
    for end, length, level in ((4, 1.4, .3), (16, 2.2, .5), (LAST, 1.0, .4)):
        rest.put(end - length * SECOND_BEATS, play.swell(rng, length), level)
        rest.put(end - length * SECOND_BEATS, play.cymbal(rng, length)[::-1], level * 0.7)
    return kick.wave, rest.wave + loose.wave


def bass_line(rng):
    track = Track(rng, 0.002)
    for step in range(8, 2 * LAST):
        b = step / 2
        if 8 <= b < 14 and step % 2:
            continue
        lift = 12 if step % 8 in (3, 7) and not 8 <= b < 14 else 0
        long = 0.6 if 8 <= b < 14 else 0.29
        track.put(b, play.bass(chord_at(b)[3] + lift, long, rng, 0.5 if b < 16 else 1.2), 0.42 if 8 <= b < 14 else 0.66)
    for note, level in ((39, .75), (27, .6)):
        track.put(LAST, play.bass(note, 1.7, rng) * np.exp(-seconds(1.7) * 1.3), level)
    return track.wave


def section(rng):
    """The strings, opening like a valley: the filter follows the story."""
    track = Track()
    for start, beats, voices, _ in CHORDS:
        length = beats / SECOND_BEATS + 0.12
        for note in voices:
            track.put(start, play.strings(note, length, rng, 0.5 if start == 0 else 0.16 if start < 16 else 0.03), 0.17)
            if start >= 16:
                track.put(start, play.strings(note + 12, length, rng, 0.03, 5), 0.08)
    for note in FINAL:
        track.put(LAST, fade(play.strings(note, 1.9, rng, 0.012), 0.006, 0.5) * np.exp(-seconds(1.9) * 0.8)[:, None], 0.25)
        track.put(LAST, fade(play.strings(note + 12, 1.9, rng, 0.012, 5), 0.006, 0.5) * np.exp(-seconds(1.9) * 1.1)[:, None], 0.1)
    b = np.arange(len(track.wave)) / BEAT
    opening = np.interp(b, [0, 3.9, 4, 8, 8.5, 13, 15.9, 16, 20, 22, 22.3, 24], [500, 3000, 2200, 2800, 1200, 1300, 6500, 5600, 7500, 11_000, 8000, 1400])
    return sweep(track.wave, opening)


def plucks(rng):
    """Kantele and glowing saws share the sixteenths between them."""
    wood, light = Track(rng, 0.004), Track(rng, 0.002)
    order = (0, 2, 3, 1, 2, 4, 3, 2)
    for step in range(0, 4 * LAST):
        b = step / 4
        voices = chord_at(b)[2]
        ladder = sorted({*voices, *(n + 12 for n in voices[1:4])})
        note = ladder[order[step % 8] % len(ladder)] + 12
        swell = np.interp(b, [0, 4, 8, 8.01, 14, 16, 22], [.35, .75, .8, .42, .5, .9, 1.0])
        accent = (1, .6, .82, .66)[step % 4]
        swing = 0.03 if step % 2 else 0
        if b < 4 or step % 2 == 0:
            wood.put(b + swing, play.kantele(note, 0.9, rng, 0.35 + 0.4 * swell), 0.36 * swell * accent)
        if b >= 4:
            light.put(b + swing, play.glow(note - (0 if step % 4 else 12), 0.34, rng, 900 + 3600 * swell), 0.26 * swell * accent)
    return wood.wave, light.wave


def melody(rng):
    horns, wood = Track(rng, 0.004), Track(rng, 0.005)
    last = -1
    for b, beats, note, force in CALL + TUNE:
        length = beats / SECOND_BEATS + 0.05
        tail = np.exp(-np.clip(seconds(length) - 0.35, 0, 9) * 1.2)[:, None] if b == LAST else 1
        horns.put(b, play.horn(note - 12, length, rng, force, -1.5 if b == last else 0) * tail, 0.62 * force)
        if b >= 16:
            horns.put(b, play.horn(note, length, rng, force * 0.8) * tail, 0.24 * force)
            wood.put(b, play.kantele(note + 12, 1.1, rng, 0.9), 0.22)
        last = b + beats
    for b, beats, note in UNDER:
        length = beats / SECOND_BEATS + 0.03
        tail = np.exp(-np.clip(seconds(length) - 0.35, 0, 9) * 1.2)[:, None] if b == LAST else 1
        horns.put(b, play.horn(note - 12, length, rng, 0.6) * tail, 0.34)
    for b, note in ((0, 82), (.75, 87), (1.5, 89), (2.5, 94), (3.25, 91), (4, 87), (4.75, 91), (6, 89), (7, 86), (8, 84), (9.5, 91), (11, 87), (12.5, 82), (14, 82), (15, 86)):
        wood.put(b, play.kantele(note, 1.6, rng, 0.8), 0.3 if b < 8 else 0.16, 0.3 if int(b * 4) % 2 else -0.3)
    for b, note in ((22, 87), (22.25, 91), (22.5, 94), (22.75, 99)):
        wood.put(b, play.kantele(note, 1.6, rng, 0.9), 0.3, 0.3 - 0.2 * (b - 22))
    for b, beats, note in ((4, 1.5, 87), (5.5, .5, 89), (6, 1.8, 86)):
        wood.put(b, play.whistle(note, beats / SECOND_BEATS, rng), 0.1, 0.25)
    return horns.wave, wood.wave


def pumping(depth):
    """The music gives way to each kick and swells back, slower than in the arena: it breathes, it does not hiccup."""
    gain = np.ones(LENGTH + ROOM)
    t = np.arange(int(1.2 * BEAT)) / BEAT
    for b, share in [(4, 1), (5, 1), (6, 1), (7, 1), (8, .5), (11, .5), (14, .5), (16, 1.2), (17.5, .7), (19, 1.1), (20, 1), (21, 1), (LAST, .8)]:
        dip = 1 - depth * share * np.exp(-t * 4.2) * (1 - np.exp(-t * 160))
        start = int(b * BEAT)
        gain[start:start + len(t)] = np.minimum(gain[start:start + len(t)], dip[:len(gain) - start])
    return gain[:, None]


def widen(wave, by=1.5):
    mid, aside = wave.mean(1), (wave[:, 0] - wave[:, 1]) / 2 * by
    return np.c_[mid + aside, mid - aside]


def valley(wave, seed, length=3.0, damping=4200):
    """A wide place: walls far off that answer once, and a long dark tail."""
    near = hall(band(wave, 170), length, np.random.default_rng(seed), damping, 0.032)
    far = np.zeros_like(wave)
    for delay, level, low_pass in ((0.233, 0.34, 2600), (0.391, 0.22, 1900)):
        shift = int(delay * RATE)
        far[shift:] += band(wave[:-shift, ::-1], 220, low_pass) * level
    return near + 0.5 * far


def finished(wave):
    """A little air and presence, the mud out, no rumble, one low end."""
    wave = wave + 0.42 * band(wave, 4200, None, 1) + 0.28 * band(wave, 650, 3400, 1) - 0.2 * band(wave, 180, 420, 1)
    return one_low_end(band(wave, 27))[:LENGTH]


def mix(rng):
    """The four stems; their sum is the mix."""
    kick, percussion = drums(rng)
    low, pad = bass_line(rng), section(rng)
    wood, light = plucks(rng)
    horns, bells = melody(rng)
    eighth = 60 / BPM / 2
    side = pumping(0.6)
    room = lambda wave: valley(wave, 23) * 0.3 * (0.45 + 0.55 * side)
    light = light + 0.4 * echo(light, eighth * 1.5, 0.45, 5, 4200)
    bells = bells + 0.35 * echo(bells, eighth * 1.5, 0.5)
    stems = {
        'drums': kick * 0.66 + (percussion - 0.3 * band(percussion, None, 75, 1)) * 0.95 + room(percussion * 0.5),
        'bass': saturate(low * 0.66, 0.8) * pumping(0.7),
        'harmony': saturate(widen(band(pad, 140)) * 1.6, 0.5) * side + widen(band(wood, 160), 1.2) * 1.1 + widen(band(light, 200)) * 1.35 * side + room(pad * 0.7 + wood * 0.7 + light * 0.6),
        'melody': saturate(band(horns, 120) * 1.7, 0.55) * pumping(0.2) + bells * 1.1 + room(horns * 1.5 + bells * 0.9),
    }
    return {name: finished(wave) for name, wave in stems.items()}


if __name__ == '__main__':
    write_stems(sys.argv[1], master(mix(np.random.default_rng(17)), tail=0.8))
