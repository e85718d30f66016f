"""The effects of this world, each to a WAV of its own. Run: build.sh

whoosh  0.7 s  a camera move; loudest at 0.35 s, so put that on the cut
hit     2.0 s  a strike on its first sample
riser   1.4 s  wind and a whine that climb and are cut off: its end goes on the cut
cheer   5.0 s  a hall that bursts out and settles
crowd   8.0 s  the murmur and clapping of a full house; ends as it begins, so it may loop
glide   0.9 s  a blade biting into the ice and a spray
shutter 0.25 s a press camera"""
import os
import sys

import numpy as np
from scipy.io import wavfile

import instruments as play
from gathering import claps, murmur, people
from signal_shapes import RATE, band, fade, hall, pan, seconds, sweep


def whoosh(rng):
    t = seconds(0.7)
    shape = np.exp(-((t - 0.35) / 0.12) ** 2)
    air = sweep(rng.normal(0, 1, (len(t), 2)), 350 + 4200 * shape, 'bandpass') * shape[:, None]
    body = sweep(rng.normal(0, 1, (len(t), 2)), 120 + 500 * shape, 'bandpass') * shape[:, None]
    side = np.tanh((t - 0.35) * 7)
    moving = pan((air + 0.7 * body).mean(1), side * 0.8) + 0.4 * air
    return fade(moving, 0.02, 0.1)


def hit(rng):
    dry = np.zeros((2 * RATE, 2))
    for sound, level in ((play.impact(rng, 2.0), 0.6), (play.cymbal(rng, 1.9), 0.8), (play.tom(45, rng), 0.7), (play.clap(rng), 0.7)):
        stereo = sound if sound.ndim == 2 else np.c_[sound, sound]
        dry[:len(stereo)] += stereo[:len(dry)] * level
    return fade(dry + 0.2 * hall(dry, 2.2, rng), 0.0005, 0.4)


def crowd(rng):
    length = 8.0
    voices = people(rng, length, 150, ['oh', 'ah', 'oo'], 110, 300, lambda r: r.uniform(0, length), True)
    dry = murmur(rng, length) * 0.5 + voices * 0.22 + claps(rng, length, 120, 1.4)
    twice = np.vstack([dry, dry])
    return (twice + 0.7 * hall(twice, 1.8, rng, 3200))[len(dry):]


def riser(rng):
    return play.riser(1.4, rng, 380, 10_000)


def cheer(rng):
    length = 5.0
    t = seconds(length)
    burst = lambda r: min(length - 0.3, r.gamma(2.0, 0.55))
    voices = people(rng, length, 320, ['ah', 'eh', 'oh', 'ah'], 190, 520, burst, False)
    whistles = np.zeros((len(t), 2))
    for _ in range(7):
        at, span = rng.uniform(0.3, 3.2), rng.uniform(0.25, 0.6)
        s = seconds(span)
        tone = np.sin(2 * np.pi * np.cumsum(rng.uniform(1900, 2700) + 700 * np.sin(np.pi * s / span)) / RATE)
        start = int(at * RATE)
        whistles[start:start + len(s)] += pan(fade(tone, 0.04, 0.1), rng.uniform(-1, 1)) * rng.uniform(0.05, 0.16)
    swell = np.interp(t, [0, 0.18, 1.6, 3.6, 5.0], [0, 1, 0.95, 0.5, 0])[:, None]
    dry = voices * 0.32 + (murmur(rng, length) * 0.9 + claps(rng, length, 420, 1.9)) * swell + whistles
    return fade(dry + 0.8 * hall(dry, 2.0, rng, 3600), 0.03, 0.9)


def glide(rng):
    t = seconds(0.9)
    grain = np.repeat(rng.random(len(t) // 120 + 1) ** 2, 120)[:len(t)]
    bite = sweep(rng.normal(0, 1, (len(t), 2)), 1500 + 4800 * np.exp(-((t - 0.28) / 0.2) ** 2), 'bandpass') * np.exp(-((t - 0.3) / 0.17) ** 2)[:, None]
    edge = band(rng.normal(0, 1, (len(t), 2)), 5200, 12_000) * (grain * np.exp(-((t - 0.33) / 0.13) ** 2))[:, None]
    spray = band(rng.normal(0, 1, (len(t), 2)), 3500, 14_000) * (np.clip((t - 0.34) / 0.02, 0, 1) * np.exp(-np.clip(t - 0.36, 0, 9) * 8))[:, None] * 0.4
    dry = bite + edge * 0.9 + spray
    return fade(dry + 0.35 * hall(dry, 1.0, rng), 0.02, 0.2)


def shutter(rng):
    t = seconds(0.25)
    out = np.zeros((len(t), 2))
    for at, level in ((0.0, 0.8), (0.012, 0.5), (0.07, 1.0), (0.085, 0.4)):
        start = int(at * RATE)
        s = t[:len(t) - start]
        click = band(rng.normal(0, 1, len(s)), 1800, 9000) * np.exp(-s * 320) + 0.3 * np.sin(2 * np.pi * 410 * s) * np.exp(-s * 90)
        out[start:] += pan(click, 0.1) * level
    return fade(out, 0.0004, 0.05)


if __name__ == '__main__':
    for seed, effect in enumerate((whoosh, hit, crowd, cheer, glide, shutter, riser), 101):
        wave = effect(np.random.default_rng(seed))
        wave = band(wave, 30 if effect is hit else 140)
        wave = np.tanh(0.8 * wave / np.abs(wave).max()) / np.tanh(0.8) * 0.62  # peak -4 dB: room for the encoder
        wavfile.write(os.path.join(sys.argv[1], f'{effect.__name__}.wav'), RATE, (wave * 32767).astype(np.int16))
