"""From parts of a score to stems: one slow leveller and one limiter move all of them alike, so that the stems are the
mix, taken apart. A film's mix turns single stems down while somebody speaks; nothing else changes by that."""
import os

import numpy as np
from scipy.io import wavfile
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from signal_shapes import RATE, band

STEMS = ('drums', 'bass', 'harmony', 'melody')


def saturate(wave, drive):
    """Gentle overtones; what is soft stays as it is."""
    return np.tanh(wave * drive) / drive


def one_low_end(wave, below=130):
    """Lows in the middle: phones and halls have one of them."""
    mid, aside = wave.mean(1), (wave[:, 0] - wave[:, 1]) / 2
    aside = band(aside, below)
    return np.c_[mid + aside, mid - aside]


def levelling(total, depth=0.22):
    """Gain of a slow compressor that evens loud and soft bars, a little."""
    loud = np.sqrt(np.maximum(1e-9, band((total ** 2).mean(1), None, 6, 1)))
    reference = np.percentile(loud, 80)
    return np.minimum(1.6, (np.maximum(loud, reference * 0.2) / reference) ** -depth)


def limiting(total, ceiling, ahead=0.004):
    """Gain that has come down before a peak arrives and goes back over twenty times as long."""
    needed = np.minimum(1, ceiling / np.maximum(1e-9, np.abs(total).max(1)))
    width = int(ahead * RATE)
    held = 1 - maximum_filter1d(1 - needed, 2 * width + 1)
    slow = 1 - maximum_filter1d(1 - needed, 20 * width, origin=10 * width - 1)
    return uniform_filter1d(np.minimum(held, 0.5 * held + 0.5 * uniform_filter1d(slow, 10 * width)), width)


def master(stems, tail=0.55, ceiling=0.8, crest=3.4):
    """Levels, limits and ends `stems` (name to stereo array, all of one length). `crest`: how far peaks may stand above
    the loud bars' mean before the limiter takes them. Answers stems of the same names whose sum never exceeds `ceiling`."""
    total = sum(stems.values())
    gain = levelling(total)
    loud = np.percentile(np.sqrt(np.maximum(0, band(((total * gain[:, None]) ** 2).mean(1), None, 6, 1))), 85)
    gain = gain * ceiling / (loud * crest)
    gain = gain * limiting(total * gain[:, None], ceiling)
    n = int(tail * RATE)
    gain[-n:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(n) / n)
    return {name: wave * gain[:, None] for name, wave in stems.items()}


def write_stems(folder, stems):
    """Each stem, and their sum as `mix`, as 32-bit float WAV."""
    for name, wave in {**{stem: stems[stem] for stem in STEMS}, 'mix': sum(stems.values())}.items():
        wavfile.write(os.path.join(folder, f'{name}.wav'), RATE, wave.astype(np.float32))
