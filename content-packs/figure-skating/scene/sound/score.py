"""`Night on Ice`: eight bars at 128 beats a minute, 15.000 s. A bar is 1.875 s = 45 frames at 24 a second.

bar  0     cold open: strike, icicles, a pad that opens      Bm
bar  1     drums and arpeggio come in                        G
bars 2, 3  thinned out so that a voice is heard; the build   D  A
bar  4     the drop, the tune                                G
bars 5, 6  climbing                                          A  Bm  A/C#
bar  7     last chord on its first beat, and its room        D

Run: build.sh, or PYTHONPATH=../../../tools/sound python3 score.py OUT_FOLDER"""
import sys

import numpy as np

import instruments as play
from mastering import master, one_low_end, saturate, write_stems
from signal_shapes import RATE, band, echo, fade, hall, seconds, sweep

BPM, BEATS = 128, 32
BEAT = RATE * 60 // BPM  # 22,500 samples, exactly
LENGTH = BEATS * BEAT
ROOM = RATE  # bars may ring past the end while they are made

#            from beat, beats, voices, bass
CHORDS = [(0, 4, (59, 62, 66), 35), (4, 4, (59, 62, 67), 31), (8, 4, (57, 62, 66), 38), (12, 2, (57, 62, 64), 33), (14, 2, (57, 61, 64), 33),
          (16, 4, (59, 62, 67, 71), 31), (20, 4, (61, 64, 69, 73), 33), (24, 2, (62, 66, 71, 74), 35), (26, 2, (64, 69, 73, 76), 37)]
TUNE = [(16, 1.5, 74), (17.5, .5, 76), (18, 1, 78), (19, 1, 81), (20, 1.5, 76), (21.5, .5, 78), (22, 1.25, 81), (23.25, .75, 76),
        (24, 1, 83), (25, .5, 81), (25.5, .5, 78), (26, .5, 76), (26.5, .5, 78), (27, .5, 81), (27.5, .5, 85)]
ICICLES = [(0, 90), (.75, 86), (1.5, 83), (2.25, 86), (3, 88), (3.5, 90), (4, 91), (5.5, 86), (7, 83), (8, 90), (11, 85), (14, 88)]
FINAL = 28


class Track:
    def __init__(self):
        self.wave = np.zeros((LENGTH + ROOM, 2))

    def put(self, beat, sound, level=1.0, where=0.0):
        stereo = sound if sound.ndim == 2 else np.c_[sound * (1 - max(0, where)), sound * (1 + min(0, where))]
        start = int(round(beat * BEAT))
        stop = min(len(self.wave), start + len(stereo))
        self.wave[start:stop] += stereo[:stop - start] * level


def chord_at(beat):
    return next(c for c in reversed(CHORDS) if c[0] <= beat)


def drums(rng):
    kick, rest = Track(), Track()
    beats = [b for b in range(4, 28) if not (8 <= b < 16 and b % 2)] + [27.5]
    for b in beats:
        kick.put(b, play.kick(), 0.8 if 8 <= b < 16 else 1.0)
    for b in list(range(5, 8, 2)) + list(range(17, 28, 2)):
        rest.put(b, play.clap(rng), 0.9)
    for step in range(16, 112):
        b, accent = step / 4, (1.0, 0.35, 0.62, 0.42)[step % 4]
        if b < 4 or 8 <= b < 12:
            continue
        rest.put(b, play.hat(rng, 0.022), 0.42 * accent * (0.6 if b < 16 else 1), 0.35 if step % 2 else -0.2)
        if step % 4 == 2 and (b < 8 or b >= 16):
            rest.put(b, play.hat(rng, 0.11), 0.5, 0.15)
    roll = [12, 12.5, 13, 13.5, *np.arange(14, 15, .25), *np.arange(15, 15.75, .125)]
    for b in roll:
        rest.put(b, play.snare(rng), 0.1 + 0.3 * ((b - 12) / 4) ** 1.5)
    for b, note, where in ((0, 38, 0), (2.5, 45, -.3), (3, 43, .3), (3.5, 38, 0), (7, 45, -.4), (7.5, 41, .4), (15.75, 38, 0), (26.5, 47, -.4), (27, 45, -.1), (27.25, 43, .2), (27.5, 41, .4), (27.75, 38, 0)):
        rest.put(b, play.tom(note, rng), 0.5, where)
    for b, level in ((4, .3), (16, .6), (24, .34), (FINAL, .75)):
        rest.put(b, play.cymbal(rng), level)
    for b, level in ((0, .62), (16, .9), (FINAL, 1.1)):
        rest.put(b, play.impact(rng), level)
    for end, length, level in ((4, 1.2, .35), (16, 1.4, .5), (FINAL, 1.0, .5)):
        rest.put(end - length * BPM / 60, play.cymbal(rng, length)[::-1], level)
    rest.put(11, play.riser(5 * 60 / BPM, rng), 0.34)
    rest.put(25, play.riser(3 * 60 / BPM, rng, 600, 11_000), 0.2)
    return kick.wave, rest.wave


def bass_line():
    track = Track()
    for step in range(8, 56):
        b = step / 2
        root, quiet = chord_at(b)[3], 8 <= b < 16
        lift = 12 if step % 8 in (3, 6) and not quiet else 0
        track.put(b, play.bass(root + lift, 0.215), 0.3 if quiet else 0.62)
    for b in np.arange(16.75, 28, 2):
        track.put(b, play.bass(chord_at(b)[3] + 12, 0.1), 0.34)
    track.put(FINAL, play.bass(38, 1.6) * np.exp(-seconds(1.6) * 1.6), 0.7)
    track.put(FINAL, play.bass(26, 1.6) * np.exp(-seconds(1.6) * 1.6), 0.6)
    return track.wave


def pads(rng):
    track = Track()
    for start, beats, voices, _ in CHORDS:
        for note in voices:
            level = 0.15 if start < 16 else 0.17
            track.put(start, fade(play.ensemble(note, beats * 60 / BPM + 0.05, rng), 0.06 if start < 16 else 0.008, 0.06), level)
            if start >= 16:
                track.put(start, fade(play.ensemble(note + 12, beats * 60 / BPM, rng, 5, 20), 0.008, 0.06), 0.07)
    for note in (50, 57, 62, 66, 69, 74, 78, 81):
        track.put(FINAL, fade(play.ensemble(note, 1.85, rng), 0.002, 0.3) * np.exp(-seconds(1.85) * 1.1)[:, None], 0.24)
    b = np.arange(len(track.wave)) / BEAT
    opening = np.interp(b, [0, 4, 8, 12, 15.9, 16, 24, 28, 28.2, 31], [350, 2200, 1100, 1300, 7000, 5200, 8500, 11_000, 9000, 1500])
    return sweep(track.wave, opening)


def arpeggio():
    track = Track()
    order = (0, 2, 1, 2, 3, 2, 1, 2)
    for step in range(16, 112):
        b = step / 4
        voices = chord_at(b)[2]
        ladder = [*voices, voices[0] + 12]
        index = order[step % 8] % len(ladder)
        note = ladder[index] + 12 + (12 if step % 16 in (6, 14) and b >= 16 else 0)
        swell = np.interp(b, [4, 8, 8.01, 12, 16, 28], [.7, .9, .45, .5, 1.0, 1.0])
        bright = np.interp(b, [4, 8, 12, 16, 28], [.8, .6, .6, 2.0, 2.2])
        track.put(b, play.pluck(note, 0.4, bright), 0.34 * swell * (1, .75, .88, .75)[step % 4], -0.45 if step % 2 else 0.45)
    return track.wave


def melody(rng):
    horns, icicles = Track(), Track()
    for b, beats, note in TUNE:
        horns.put(b, play.lead(note - 12, beats * 60 / BPM + 0.02, rng), 0.42)
        icicles.put(b, play.bell(note + 12, 1.2), 0.1)
    horns.put(FINAL, play.lead(74, 1.5, rng) * np.exp(-seconds(1.5) * 1.5)[:, None], 0.6)
    horns.put(FINAL, play.lead(78, 1.5, rng) * np.exp(-seconds(1.5) * 1.5)[:, None], 0.3)
    for b, note in ICICLES:
        icicles.put(b, play.bell(note), 0.2 if b < 8 else 0.11, 0.4 if int(b * 4) % 2 else -0.4)
    icicles.put(FINAL, play.bell(98), 0.2)
    icicles.put(FINAL + 0.5, play.bell(102), 0.1, 0.4)
    return horns.wave, icicles.wave


def pumping(depth):
    """Gain that dips on each kick and swells back: the music breathes with the drum."""
    gain = np.ones(LENGTH + ROOM)
    t = np.arange(BEAT) / BEAT
    for b in range(4, 28):
        dip = depth * (0.45 if 8 <= b < 16 else 1)
        gain[b * BEAT:(b + 1) * BEAT] = 1 - dip * np.exp(-t * 5.2) * (1 - np.exp(-t * 220))
    return gain[:, None]


def widen(wave, by=1.5):
    """Stretch the difference between the two sides."""
    mid, aside = wave.mean(1), (wave[:, 0] - wave[:, 1]) / 2 * by
    return np.c_[mid + aside, mid - aside]


def shelf(wave):
    """Less boom from the strikes and toms, more of their skin."""
    return wave - 0.45 * band(wave, None, 90, 1)


def finished(wave):
    """Air on top, no rumble, one low end."""
    wave = wave + 0.5 * band(wave, 3800, None, 1)
    return one_low_end(band(wave, 28))[:LENGTH]


def mix(rng):
    """The four stems; their sum is the mix."""
    kick, percussion = drums(rng)
    low, pad, arp = bass_line(), pads(rng), arpeggio()
    horns, icicles = melody(rng)
    eighth = 60 / BPM / 2
    arp_wet, bell_wet = echo(arp, eighth * 1.5, 0.42), echo(icicles, eighth * 1.5, 0.5)
    side = pumping(0.72)
    horns = band(horns + 0.22 * echo(horns, eighth * 2, 0.3, 3), 200) * pumping(0.25)
    # Every part stands in the same room: its impulse is drawn anew from one seed.
    room = lambda wave: hall(band(wave, 160), 2.6, np.random.default_rng(11)) * 0.26 * (0.4 + 0.6 * side)
    stems = {
        'drums': kick * 0.62 + shelf(percussion) * 1.05 + room(percussion * 0.4),
        'bass': saturate(low * 0.62, 0.6) * pumping(0.85),
        'harmony': (widen(band(pad, 150)) * 2.0 + widen(band(arp + 0.42 * arp_wet, 220)) * 2.1) * side + room(pad * 0.5 + arp * 0.8),
        'melody': horns * 1.7 + icicles * 1.5 + 0.8 * bell_wet + room(horns * 0.9 + icicles * 1.2),
    }
    return {name: finished(wave) for name, wave in stems.items()}


if __name__ == '__main__':
    write_stems(sys.argv[1], master(mix(np.random.default_rng(7))))
