"""Many people: voices, hands and the murmur of a full house, for the crowds of any world."""
import numpy as np

from signal_shapes import RATE, band, fade, pan, saw, seconds, sweep

FORMANTS = {'oh': (480, 860), 'ah': (760, 1240), 'eh': (560, 1780), 'oo': (350, 720)}


def voice(rng, vowel, length, base):
    """One person calling: a buzzing throat through two formants, the pitch rising and falling."""
    t = seconds(length)
    glide = base * (1 + 0.22 * np.sin(np.pi * t / length) + 0.02 * np.sin(2 * np.pi * rng.uniform(4, 6.5) * t))
    throat = saw(glide, length, rng.random()) + 0.25 * rng.normal(0, 1, len(t))
    mouth = sum(sweep(throat, np.full(len(t), f * rng.uniform(0.92, 1.1)), 'bandpass', 4800)[:, 0] * g for f, g in zip(FORMANTS[vowel], (1, 0.6)))
    return fade(mouth, min(0.12, length / 4), length / 2.5)


def claps(rng, length, per_second, level):
    """Hands at random, near and far, over `length` seconds; the share that starts in the last moment wraps to the front."""
    out = np.zeros((int(length * RATE), 2))
    for at in rng.integers(0, len(out), int(length * per_second)):
        near = rng.random() ** 3
        t = seconds(0.035)
        stroke = band(rng.normal(0, 1, len(t)), rng.uniform(700, 1300), rng.uniform(2600, 6000)) * np.exp(-t * rng.uniform(120, 260))
        where = np.arange(at, at + len(t)) % len(out)
        out[where] += pan(stroke, rng.uniform(-1, 1)) * (0.08 + 0.5 * near) * level
    return out


def people(rng, length, count, vowels, low, high, when, wrap):
    """`count` voices; `when(rng)` says at which second each begins."""
    out = np.zeros((int(length * RATE), 2))
    for _ in range(count):
        call = voice(rng, vowels[rng.integers(len(vowels))], rng.uniform(0.5, 1.7), rng.uniform(low, high))
        start, sound = int(when(rng) * RATE), pan(call, rng.uniform(-1, 1)) * rng.uniform(0.15, 1) ** 2
        where = np.arange(start, start + len(sound))
        if wrap:
            np.add.at(out, where % len(out), sound)
        else:
            keep = where < len(out)
            out[where[keep]] += sound[keep]
    return out


def murmur(rng, length):
    """A bed of far voices: slow-moving noise shaped like speech, made to loop by a crossfade of its end into its start."""
    over = 1.0
    t = seconds(length + over)
    wave = np.stack([sum(band(rng.normal(0, 1, len(t)), f * 0.8, f * 1.3) * g * (0.8 + 0.3 * band(rng.normal(0, 1, len(t)), None, 2.5, 1) * 60)
                         for f, g in ((300, .9), (520, 1), (900, .7), (1500, .35), (2600, .16))) for _ in (0, 1)], -1)
    n, body = int(over * RATE), int(length * RATE)
    mix = (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n))[:, None]
    loop = wave[:body].copy()
    loop[:n] = wave[:n] * np.sqrt(mix) + wave[body:body + n] * np.sqrt(1 - mix)
    return loop
