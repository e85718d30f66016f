"""The players of this world: wood, skin and brass, warm where the arena's are glass. Each function plays one note or
one stroke and returns a mono or stereo array."""
import numpy as np
from scipy.signal import lfilter

from signal_shapes import RATE, band, fade, hertz, pan, saw, seconds, sweep


def string(note, length, rng, brightness=0.6, damping=0.996):
    """A plucked string: a burst of noise that runs round a loop as long as a period and loses its highs on each turn
    (Karplus and Strong, 1983), the burst shaped by where and how softly it is plucked."""
    period = RATE / hertz(note)
    whole = int(period - 0.5)
    part = period - 0.5 - whole  # what the whole samples leave, by linear interpolation
    loop = np.zeros(whole + 3)
    loop[0] = 1
    mean = np.convolve([0.5, 0.5], [1 - part, part]) * damping
    loop[whole:whole + 3] -= mean
    burst = np.zeros(int(length * RATE))
    soft = band(rng.normal(0, 1, whole), None, 1200 + 7000 * brightness, 1)
    burst[:whole] = soft - np.roll(soft, int(whole * 0.18))
    wave = lfilter([1.0], loop, burst)
    return wave / (np.abs(wave).max() + 1e-9)


def kantele(note, length, rng, brightness=0.6):
    """Two strings a hair apart, left and right, over a small wooden body."""
    left, right = (string(note + d, length, rng, brightness) for d in (-0.035, 0.035))
    both = np.c_[0.85 * left + 0.25 * right, 0.25 * left + 0.85 * right]
    body = band(both, 180, 420) * 0.5 + band(both, 900, 1500) * 0.25
    return fade(band(both + body, 110), 0.0012, min(0.25, length / 3)) * 0.6


def glow(note, length, rng, opening=2600):
    """The synthetic pluck: five saws spread wide, a filter that falls shut."""
    t = seconds(length)
    wide = sum(pan(saw(hertz(note + s * 0.11), length, rng.random()), s) for s in np.linspace(-1, 1, 5)) / 2.4
    return fade(sweep(wide, 260 + opening * np.exp(-t * 8)) * np.exp(-t * 3.4)[:, None], 0.002, 0.06)


def strings(note, length, rng, attack=0.25, voices=9):
    """A large section: many detuned saws, each with its own slow drift and place."""
    t, out = seconds(length), 0.0
    for spread in np.linspace(-1, 1, voices):
        drift = 1 + 0.0016 * np.sin(2 * np.pi * rng.uniform(0.2, 0.7) * t + rng.uniform(0, 6))
        vibrato = 1 + 0.0018 * np.sin(2 * np.pi * rng.uniform(4.6, 5.8) * t + rng.uniform(0, 6))
        out = out + pan(saw(hertz(note + spread * 0.13) * drift * vibrato, length, rng.random()), spread)
    return fade(out / voices ** 0.6, min(attack, length / 3), min(0.22, length / 4))


def horn(note, length, rng, force=1.0, slide=0.0):
    """Three horns in one breath: brightness follows loudness, the tone settles onto its pitch, vibrato comes late."""
    t, out = seconds(length), 0.0
    breath = np.clip(t / 0.055, 0, 1) ** 0.7 * (0.82 + 0.18 * np.exp(-t * 5)) * np.clip((length - t) / 0.11, 0, 1)
    for place in (-0.35, 0.0, 0.38):
        late = rng.uniform(0, 0.014)
        bend = 2 ** ((slide * np.exp(-t * 22) - 0.35 * np.exp(-t * 48) + rng.normal(0, 0.03)) / 12)
        vibrato = 1 + 0.0035 * np.sin(2 * np.pi * rng.uniform(4.8, 5.4) * t) * np.clip((t - 0.35) / 0.4, 0, 1)
        tone = saw(hertz(note) * bend * vibrato, length, rng.random()) + 0.5 * np.sin(2 * np.pi * hertz(note) * t)
        shift = int(late * RATE)
        out = out + pan(np.concatenate([np.zeros(shift), tone[:len(tone) - shift]]), place)
    bright = 320 + (1500 + 1900 * force) * breath ** 1.6 + 900 * np.exp(-t * 14)
    tone = sweep(out * 0.42, bright)
    air = band(rng.normal(0, 1, (len(t), 2)), 900, 4200) * 0.012
    return fade(np.tanh((tone + air) * breath[:, None] * 1.5) * 0.7, 0.004, 0.03)


def whistle(note, length, rng):
    """High wood: a sine with breath round it, far off."""
    t = seconds(length)
    vibrato = 1 + 0.004 * np.sin(2 * np.pi * 5.1 * t) * np.clip((t - 0.12) / 0.2, 0, 1)
    phase = 2 * np.pi * np.cumsum(hertz(note) * vibrato) / RATE
    breath = band(rng.normal(0, 1, len(t)), hertz(note) * 0.8, hertz(note) * 1.3) * 0.35
    return fade(np.sin(phase) + 0.12 * np.sin(2 * phase) + breath, 0.05, min(0.15, length / 2)) * 0.5


def bass(note, length, rng, growl=1.0):
    """A round low tone: sine, and a saw whose filter opens with each stroke."""
    t = seconds(length)
    reed = sweep(saw(hertz(note), length, rng.random()) + saw(hertz(note + 0.06), length, rng.random()), 130 + 620 * growl * np.exp(-t * 6))[:, 0]
    tone = 0.85 * np.sin(2 * np.pi * hertz(note) * t) + 0.42 * reed
    return fade(np.tanh(1.35 * tone) * 0.75, 0.006, 0.05)


def kick(depth=1.0):
    t = seconds(0.5)
    body = np.sin(2 * np.pi * np.cumsum(44 + 95 * np.exp(-t * 34) + 180 * np.exp(-t * 190)) / RATE) * np.exp(-t * 7.2)
    return fade(np.tanh(1.7 * body) * depth, 0.0006, 0.1)


def taiko(note, rng, length=1.5):
    """Big skin, three drummers not quite together, the shell ringing under them."""
    t, out = seconds(length), 0.0
    for place in (-0.6, 0.05, 0.6):
        late = int(abs(rng.normal(0, 0.006)) * RATE)
        f = hertz(note + rng.normal(0, 0.12)) * (1 + 0.32 * np.exp(-t * 26))
        skin = np.sin(2 * np.pi * np.cumsum(f) / RATE) * np.exp(-t * 4.4)
        ring = np.sin(2 * np.pi * np.cumsum(f * 1.59) / RATE) * np.exp(-t * 8.5) * 0.3
        stick = band(rng.normal(0, 1, len(t)), 260, 3400) * np.exp(-t * 62) * 0.55
        stroke = np.tanh(1.5 * (skin + ring + stick))
        out = out + pan(np.concatenate([np.zeros(late), stroke[:len(stroke) - late]]), place)
    return fade(out / 1.9, 0.0006, 0.3)


def snare(rng, length=0.9):
    """The half-time backbeat: crack, rattle, and a room that is shut off."""
    t = seconds(length)
    body = np.sin(2 * np.pi * np.cumsum(176 + 110 * np.exp(-t * 55)) / RATE) * np.exp(-t * 17)
    rattle = band(rng.normal(0, 1, (len(t), 2)), 1300, 9500) * np.exp(-t * 15)[:, None]
    gate = np.clip((0.42 - t) / 0.09, 0, 1) * np.exp(-t * 3.2)
    room = band(rng.normal(0, 1, (len(t), 2)), 350, 5200) * gate[:, None] * 0.24
    return fade(np.tanh(1.3 * (body[:, None] * 0.75 + rattle * 0.5 + room)), 0.0006, 0.05)


def clap(rng):
    """A handful of people, each a little late in their own way."""
    t, out = seconds(0.34), 0.0
    for _ in range(7):
        late = abs(rng.normal(0, 0.011))
        stroke = band(rng.normal(0, 1, len(t)), rng.uniform(750, 1100), rng.uniform(3800, 7000))
        out = out + pan(stroke * np.where(t >= late, np.exp(-(t - late) * rng.uniform(50, 110)), 0), rng.uniform(-0.8, 0.8))
    return fade(out * 0.3, 0.0006, 0.06)


def shaker(rng, length=0.09):
    t = seconds(length)
    grain = band(rng.normal(0, 1, len(t)), 5200, 14_000)
    return fade(grain * np.clip(t / 0.018, 0, 1) * np.exp(-np.clip(t - 0.018, 0, 1) * 58), 0.003, 0.01)


def cymbal(rng, length=3.0):
    t = seconds(length)
    wash = band(rng.normal(0, 1, (len(t), 2)), 2600, 15_000) * (np.exp(-t * 1.9) + 0.6 * np.exp(-t * 11))[:, None]
    shimmer = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) * np.exp(-t * rng.uniform(1.2, 3.2)) for f in rng.uniform(2800, 9800, 40)) / 11
    return fade((wash * 0.32 + shimmer[:, None] * 0.3), 0.0015, 0.5)


def boom(rng, length=2.8):
    """The mountain answering: a low fall, stones, air."""
    t = seconds(length)
    low = np.sin(2 * np.pi * np.cumsum(34 + 46 * np.exp(-t * 7)) / RATE) * np.exp(-t * 1.9)
    stones = band(rng.normal(0, 1, (len(t), 2)), 70, 1400) * np.exp(-t * 7.5)[:, None] * 0.6
    air = band(rng.normal(0, 1, (len(t), 2)), 900, 6500) * np.exp(-t * 3)[:, None] * 0.1
    return fade(np.tanh(1.25 * (low[:, None] + stones + air)), 0.0008, 0.7)


def swell(rng, length, low=300, high=8200):
    """Wind that climbs and is cut off."""
    t = seconds(length)
    climb = (t / length) ** 1.7
    wind = sweep(rng.normal(0, 1, (len(t), 2)), low * (high / low) ** climb, 'bandpass')
    gust = 1 + 0.25 * np.sin(2 * np.pi * (2.2 + 3 * climb) * t + rng.uniform(0, 6))
    return fade(wind * (climb ** 1.4 * gust)[:, None], 0.08, 0.012)
