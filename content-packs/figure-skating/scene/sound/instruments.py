"""The band: each function plays one note or one stroke and returns a mono or stereo array."""
import numpy as np

from signal_shapes import RATE, band, fade, harmonics, hertz, pan, saw, seconds, sweep


def kick():
    t = seconds(0.42)
    pitch = 47 + 150 * np.exp(-t * 42) + 260 * np.exp(-t * 260)
    body = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.exp(-t * 8.5)
    return fade(np.tanh(1.8 * body) * 0.95, 0.0004, 0.06)


def clap(rng):
    t = seconds(0.32)
    noise = band(rng.normal(0, 1, len(t)), 850, 7500)
    strokes = sum(np.where(t >= at, np.exp(-(t - at) * rate), 0) * level for at, rate, level in ((0, 190, .55), (.011, 190, .6), (.022, 190, .7), (.031, 19, .9)))
    body = np.sin(2 * np.pi * 196 * t) * np.exp(-t * 34) * 0.9
    return fade(noise * strokes * 0.55 + body * 0.5, 0.0004, 0.05)


def snare(rng, level=1.0):
    t = seconds(0.2)
    rattle = band(rng.normal(0, 1, len(t)), 1400, 11_000) * np.exp(-t * 26)
    return fade((rattle * 0.5 + np.sin(2 * np.pi * (185 + 90 * np.exp(-t * 60)) * t) * np.exp(-t * 30) * 0.7) * level, 0.0004, 0.03)


def hat(rng, open_for=0.05):
    t = seconds(open_for * 5)
    metal = sum(np.sign(np.sin(2 * np.pi * f * t + rng.uniform(0, 6))) for f in (3170, 4320, 5390, 6170, 7830, 9410)) / 6
    return fade(band(metal * 0.5 + rng.normal(0, 0.5, len(t)), 7200, 16_000) * np.exp(-t / open_for), 0.0005, 0.02)


def tom(note, rng):
    t = seconds(0.7)
    f = hertz(note) * (1 + 0.5 * np.exp(-t * 22))
    drum = np.sin(2 * np.pi * np.cumsum(f) / RATE) * np.exp(-t * 6.5)
    skin = band(rng.normal(0, 1, len(t)), 200, 2600) * np.exp(-t * 45) * 0.35
    return fade(np.tanh(1.4 * (drum + skin)), 0.0006, 0.1)


def cymbal(rng, length=2.4, brightness=9000):
    t = seconds(length)
    shimmer = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) * np.exp(-t * rng.uniform(1.5, 4)) for f in rng.uniform(3200, 12_500, 46)) / 9
    wash = rng.normal(0, 1, (len(t), 2)) * np.exp(-t * 2.4)[:, None]
    return fade(band(wash * 0.5 + shimmer[:, None] * 0.5, 2800, brightness * 1.7) * 0.6, 0.001, 0.4)


def impact(rng, length=2.6):
    """Sub boom, crack and debris: for the first bar, the drop and the last chord."""
    t = seconds(length)
    sub = np.sin(2 * np.pi * np.cumsum(36.7 + 60 * np.exp(-t * 9)) / RATE) * np.exp(-t * 2.3)
    crack = band(rng.normal(0, 1, (len(t), 2)), 120, 3200) * np.exp(-t * 9)[:, None]
    air = band(rng.normal(0, 1, (len(t), 2)), 1500, 9000) * np.exp(-t * 3.8)[:, None] * 0.14
    return fade(np.tanh(1.3 * (sub[:, None] + crack * 0.55 + air)), 0.0006, 0.5)


def bass(note, length):
    """A growling saw over a clean sine an octave lower."""
    tone = harmonics(hertz(note), length, 1.9, 1.2, 34)
    sub = np.sin(2 * np.pi * hertz(note) * seconds(length))
    return fade(np.tanh(1.7 * (tone * 0.75 + sub * 0.55)) * 0.8, 0.002, 0.03)


def pluck(note, length=0.5, brightness=1.0):
    """The arpeggio: glassy, two voices a few cents apart."""
    tone = sum(harmonics(hertz(note + d), length, 3.2 / brightness, 5.0, 26) for d in (-0.05, 0.05))
    return fade(tone * 0.42, 0.0012, 0.05)


def bell(note, length=2.4):
    """A struck icicle: frequency modulation at an inharmonic ratio."""
    t, f = seconds(length), hertz(note)
    modulator = np.sin(2 * np.pi * f * 3.53 * t) * np.exp(-t * 5) * 1.7
    return fade((np.sin(2 * np.pi * f * t + modulator) * np.exp(-t * 2.6) + 0.3 * np.sin(2 * np.pi * f * 2.005 * t) * np.exp(-t * 4)) * 0.6, 0.001, 0.2)


def ensemble(note, length, rng, voices=7, cents=16):
    """A wide section: detuned saws spread from left to right."""
    out = 0.0
    for spread in np.linspace(-1, 1, voices):
        drift = 1 + 0.0011 * np.sin(2 * np.pi * rng.uniform(0.25, 0.6) * seconds(length) + rng.uniform(0, 6))
        out = out + pan(saw(hertz(note + spread * cents / 100) * drift, length, rng.random()), spread * 0.9)
    return out / voices ** 0.62


def lead(note, length, rng):
    """The tune: an ensemble with its octave and a little vibrato that comes late, like a horn section."""
    t = seconds(length)
    bend = 1 + 0.0045 * np.sin(2 * np.pi * 5.4 * t) * np.clip((t - 0.18) / 0.25, 0, 1)
    low = sum(pan(saw(hertz(note + d) * bend, length, rng.random()), d * 5) for d in (-0.09, 0, 0.09))
    high = sum(pan(saw(hertz(note + 12 + d) * bend, length, rng.random()), d * -6) for d in (-0.11, 0.11))
    tone = sweep(low * 0.34 + high * 0.15, 1500 + 5200 * np.exp(-t * 5) + 700 * np.clip(t * 3, 0, 1))
    return fade(tone, 0.006, 0.06)


def riser(length, rng, low=260, high=9000):
    """Noise and a gliding saw that climb and swell until they are cut off."""
    t = seconds(length)
    climb = (t / length) ** 1.6
    noise = sweep(rng.normal(0, 1, (len(t), 2)), low * (high / low) ** climb, 'bandpass')
    whine = pan(saw(146.83 * 2 ** (2 * climb), length), 0.6 * np.sin(2 * np.pi * 4 * t * (1 + climb)))
    return fade(noise * (climb ** 1.3)[:, None] * 1.1 + band(whine, 400, 6000) * (climb ** 2)[:, None] * 0.16, 0.05, 0.012)
