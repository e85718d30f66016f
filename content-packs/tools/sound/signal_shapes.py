"""Building blocks of sound: oscillators, envelopes, filters, echo and hall. Arrays of float64 at RATE samples a second;
stereo is (samples, 2). All randomness comes from a generator that is handed in."""
import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

RATE = 48_000


def seconds(duration):
    return np.arange(int(round(duration * RATE))) / RATE


def hertz(note):
    """Frequency of a MIDI note number, A4 = 69 = 440 Hz."""
    return 440.0 * 2 ** ((note - 69) / 12)


def saw(frequency, duration, phase=0.0):
    """A sawtooth with its step smoothed over one sample (polyBLEP), so that high notes do not alias. `frequency` may be an array."""
    step = np.broadcast_to(np.asarray(frequency, float) / RATE, seconds(duration).shape)
    at = (phase + np.cumsum(step)) % 1.0
    wave = 2 * at - 1
    early, late = at < step, at > 1 - step
    t = at[early] / step[early]
    wave[early] -= t + t - t * t - 1
    t = (at[late] - 1) / step[late]
    wave[late] -= t * t + t + t + 1
    return wave


def harmonics(frequency, duration, brightness, decay, count=40, odd=False):
    """A plucked tone: partials of 1/k that die the faster the higher they are, like a filter closing."""
    t, out = seconds(duration), 0.0
    for k in range(1, count + 1, 2 if odd else 1):
        if frequency * k > 17_000:
            break
        out = out + np.sin(2 * np.pi * frequency * k * t) / k * np.exp(-t * (decay + k * brightness))
    return out


def fade(wave, attack=0.003, release=0.01):
    """Ramps at both ends, against clicks."""
    wave = np.array(wave, float)
    a, r = min(len(wave), max(1, int(attack * RATE))), min(len(wave), max(1, int(release * RATE)))
    ramp = lambda n: 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)
    shape = (slice(None),) + (None,) * (wave.ndim - 1)
    wave[:a] *= ramp(a)[shape]
    wave[-r:] *= ramp(r)[::-1][shape]
    return wave


def band(wave, low=None, high=None, order=2):
    """Butterworth high-pass at `low` and low-pass at `high`, Hz; None leaves that side open."""
    if low is not None:
        wave = sosfilt(butter(order, low, 'highpass', fs=RATE, output='sos'), wave, axis=0)
    if high is not None:
        wave = sosfilt(butter(order, high, 'lowpass', fs=RATE, output='sos'), wave, axis=0)
    return wave


def sweep(wave, cutoff, kind='lowpass', block=96):
    """A second-order filter whose cutoff (Hz, one a sample) moves."""
    wave = wave if wave.ndim == 2 else wave[:, None]
    out, state = np.empty_like(wave), np.zeros((2, wave.shape[1]))
    for start in range(0, len(wave), block):
        edge = float(np.clip(cutoff[start], 30, 20_000))
        if kind == 'bandpass':
            b, a = butter(1, (edge * 0.72, min(edge * 1.38, 22_000)), 'bandpass', fs=RATE)
        else:
            b, a = butter(2, edge, kind, fs=RATE)
        out[start:start + block], state = lfilter(b, a, wave[start:start + block], axis=0, zi=state)
    return out


def pan(wave, where):
    """Mono to stereo at constant power; -1 left, 1 right. `where` may be an array."""
    angle = (np.asarray(where, float) + 1) * np.pi / 4
    return np.c_[wave * np.cos(angle), wave * np.sin(angle)] * np.sqrt(2) * 0.75


def echo(wave, delay, feedback=0.4, repeats=5, high=5200):
    """Ping-pong echo: repeats cross from side to side and grow duller. Returns the echo alone."""
    step, out, tap = int(round(delay * RATE)), np.zeros_like(wave), wave
    for n in range(1, repeats + 1):
        tap = band(tap[:, ::-1], 250, high, 1) * (feedback if n > 1 else 1)
        shifted = np.zeros_like(wave)
        if step * n >= len(wave):
            break
        shifted[step * n:] = tap[:len(wave) - step * n]
        out += shifted
    return out


def hall(wave, length, rng, damping=5000, pre_delay=0.018, low=180):
    """Convolve with decaying noise whose highs die first: a big cold room. Returns the room alone."""
    t = seconds(length)
    noise = rng.normal(0, 1, (len(t), 2))
    bright, dull = band(noise, low, damping * 2, 1), band(noise, low, damping * 0.45, 1)
    impulse = bright * np.exp(-t * 13 / length)[:, None] + 1.4 * dull * np.exp(-t * 6.2 / length)[:, None]
    impulse = np.vstack([np.zeros((int(pre_delay * RATE), 2)), impulse])
    impulse /= np.sqrt((impulse ** 2).sum(0))
    return np.stack([fftconvolve(wave[:, c], impulse[:, c])[:len(wave)] for c in (0, 1)], -1)
