"""The effects of this world, each to a WAV of its own. Run: build.sh

whoosh   0.8 s  somebody going past at speed; loudest at 0.4 s, so put that on the cut
hit      2.4 s  a big drum and the valley's answer, from its first sample
riser    1.6 s  wind that climbs and is cut off: its end goes on the cut
cheer    5.0 s  the finish bursts out: voices, cowbells, a horn
crowd    8.0 s  people along the course, cowbells here and there; ends as it begins, so it may loop
ambience 6.4 s  wind over a ridge; ends as it begins
glide    1.1 s  an edge carving into hard snow, and the spray
shutter  0.3 s  a press camera, two frames"""
import os
import sys

import numpy as np
from scipy.io import wavfile

import instruments as play
from gathering import claps, murmur, people
from signal_shapes import RATE, band, fade, hall, pan, seconds, sweep

# Modes of a bell folded from sheet steel, as shares of its lowest.
BELL_MODES = ((1, 1, 7), (1.49, .8, 9), (1.98, .55, 11), (2.43, .6, 13), (3.07, .4, 17), (4.21, .3, 22), (5.4, .2, 28))


def bell(rng, base):
    t = seconds(0.7)
    tone = sum(level * np.sin(2 * np.pi * base * ratio * t + rng.uniform(0, 6)) * np.exp(-t * decay) for ratio, level, decay in BELL_MODES)
    clank = band(rng.normal(0, 1, len(t)), 2200, 8000) * np.exp(-t * 160)
    return fade(tone * 0.3 + clank * 0.35, 0.0005, 0.2)


def bells(rng, length, ringers, strokes_per_second, swell=lambda share: 1.0, wrap=False):
    """Each ringer swings one bell to and fro, unevenly, from one place."""
    out = np.zeros((int(length * RATE), 2))
    for _ in range(ringers):
        tones = [bell(rng, rng.uniform(390, 980)) for _ in range(2)]
        where, near, at = rng.uniform(-1, 1), rng.uniform(0.25, 1) ** 2, rng.uniform(0, 0.6)
        stroke = 0
        while at < length:
            sound = pan(tones[stroke % 2], where) * near * rng.uniform(0.5, 1) * swell(at / length)
            place = np.arange(int(at * RATE), int(at * RATE) + len(sound))
            if wrap:
                np.add.at(out, place % len(out), sound)
            else:
                inside = place < len(out)
                out[place[inside]] += sound[inside]
            at += rng.normal(1, 0.12) / strokes_per_second * (0.8 if stroke % 2 else 1.2)
            stroke += 1
    return out


def looped(make, length, over=1.0):
    """A stretch of `make(length + over)` whose end runs into its start."""
    wave = make(length + over)
    n, body = int(over * RATE), int(length * RATE)
    mix = (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n))[:, None]
    loop = wave[:body].copy()
    loop[:n] = wave[:n] * np.sqrt(mix) + wave[body:body + n] * np.sqrt(1 - mix)
    return loop


def wind(rng, length, low=240, high=1300):
    """Gusts: a band of noise that wanders, wider and louder as it rises, different for each ear."""
    t = seconds(length)
    gust = sum(np.sin(2 * np.pi * rng.uniform(0.12, 0.55) * t + rng.uniform(0, 6)) for _ in range(4)) / 4
    out = np.zeros((len(t), 2))
    for side in (0, 1):
        own = gust + 0.3 * np.sin(2 * np.pi * rng.uniform(0.3, 0.8) * t + rng.uniform(0, 6))
        body = sweep(rng.normal(0, 1, len(t)), low + (high - low) * np.clip(0.5 + 0.5 * own, 0, 1) ** 1.5, 'bandpass')[:, 0]
        out[:, side] = body * (0.55 + 0.45 * own) + 0.16 * band(rng.normal(0, 1, len(t)), 1800, 6500) * np.clip(own, 0, 1) ** 2
    return out


def whoosh(rng):
    t = seconds(0.8)
    near = 1 / (1 + ((t - 0.4) / 0.075) ** 2)
    doppler = 1 - 0.32 * np.tanh((t - 0.4) * 9)
    air = sweep(rng.normal(0, 1, (len(t), 2)), (420 + 3300 * near) * doppler, 'bandpass') * near[:, None]
    skis = band(rng.normal(0, 1, (len(t), 2)), 3000, 11_000) * (near ** 1.6)[:, None] * 0.4
    low = sweep(rng.normal(0, 1, (len(t), 2)), 130 + 260 * near, 'bandpass') * near[:, None] * 0.8
    return fade(pan((air + low).mean(1), 0.85 * np.tanh((t - 0.4) * 8)) + 0.4 * air + skis, 0.03, 0.14)


def hit(rng):
    dry = np.zeros((int(2.4 * RATE), 2))
    for sound, level in ((play.boom(rng, 2.3), 0.55), (play.taiko(38, rng), 0.8), (play.snare(rng), 0.55), (play.cymbal(rng, 2.2), 0.5)):
        dry[:len(sound)] += sound[:len(dry)] * level
    return fade(dry + 0.24 * hall(dry, 2.4, rng, 3800), 0.0006, 0.5)


def riser(rng):
    return play.swell(rng, 1.6, 260, 9500)


def crowd(rng):
    length = 8.0
    voices = people(rng, length, 130, ['oh', 'ah', 'eh'], 120, 330, lambda r: r.uniform(0, length), True)
    dry = murmur(rng, length) * 0.4 + voices * 0.2 + claps(rng, length, 60, 1.1) + bells(rng, length, 9, 2.6, wrap=True) * 0.16
    twice = np.vstack([dry, dry])
    return (twice + 0.3 * hall(twice, 1.2, rng, 3000))[len(dry):]


def cheer(rng):
    length = 5.0
    t = seconds(length)
    burst = lambda r: min(length - 0.3, r.gamma(1.8, 0.6))
    voices = people(rng, length, 300, ['ah', 'eh', 'oh', 'eh'], 170, 500, burst, False)
    fall = lambda share: np.interp(share, [0, 0.05, 0.4, 0.8, 1], [0.4, 1, 0.9, 0.45, 0.1])
    swell = np.interp(t, [0, 0.16, 1.7, 3.6, 5.0], [0, 1, 0.95, 0.45, 0])[:, None]
    tooter = np.zeros((len(t), 2))
    for at, note, span in ((0.55, 58, .5), (1.2, 58, .9), (1.35, 62, .8)):
        s = seconds(span)
        tone = band(np.tanh(3 * np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * (1 + 0.004 * rng.normal()) * s)), 250, 2600)
        start = int(at * RATE)
        tooter[start:start + len(s)] += pan(fade(tone, 0.03, 0.12), rng.uniform(-0.7, 0.7)) * 0.06
    dry = voices * 0.3 + (murmur(rng, length) * 0.75 + claps(rng, length, 260, 1.6)) * swell + bells(rng, length, 26, 4.2, fall) * 0.3 + tooter
    return fade(dry + 0.4 * hall(dry, 1.5, rng, 3200), 0.025, 0.9)


def ambience(rng):
    return looped(lambda length: wind(rng, length), 6.4)


def glide(rng):
    t = seconds(1.1)
    press = np.exp(-((t - 0.42) / 0.24) ** 2)
    chatter = 0.6 + 0.4 * np.sin(2 * np.pi * np.cumsum(34 + 26 * press) / RATE)
    edge = sweep(rng.normal(0, 1, (len(t), 2)), 900 + 3600 * press, 'bandpass') * (press * chatter)[:, None]
    low = band(rng.normal(0, 1, (len(t), 2)), 140, 520) * press[:, None] * 0.5
    grains = np.repeat(rng.random(len(t) // 90 + 1) ** 3, 90)[:len(t)]
    spray = band(rng.normal(0, 1, (len(t), 2)), 3200, 13_000) * (grains * np.clip((t - 0.3) / 0.08, 0, 1) * np.exp(-np.clip(t - 0.5, 0, 9) * 5))[:, None]
    return fade(edge + low + spray * 0.9, 0.04, 0.25)


def shutter(rng):
    t = seconds(0.3)
    out = np.zeros((len(t), 2))
    for at, level in ((0.0, 0.7), (0.009, 0.5), (0.05, 0.9), (0.135, 0.6), (0.144, 0.45), (0.185, 0.8)):
        start = int(at * RATE)
        s = t[:len(t) - start]
        click = band(rng.normal(0, 1, len(s)), 2200, 9500) * np.exp(-s * 380) + 0.25 * np.sin(2 * np.pi * 520 * s) * np.exp(-s * 110)
        out[start:] += pan(click, -0.15) * level
    return fade(out, 0.0004, 0.05)


if __name__ == '__main__':
    for seed, effect in enumerate((whoosh, hit, riser, crowd, cheer, ambience, glide, shutter), 301):
        wave = band(effect(np.random.default_rng(seed)), 30 if effect is hit else 120)
        wave = np.tanh(0.8 * wave / np.abs(wave).max()) / np.tanh(0.8) * 0.62  # peak -4 dB: room for the encoder
        wavfile.write(os.path.join(sys.argv[1], f'{effect.__name__}.wav'), RATE, (wave * 32767).astype(np.int16))
