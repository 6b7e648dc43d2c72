"""Makes a bank of the people's recordings, and of other people that they might have been.

    python recordings.py ../../../../shared/data/spoken-digits bank/people.npz 2026

Each recording is kept as it is and is also taken apart by WORLD (pitch, spectral envelope,
aperiodicity) and put together with another pitch, a vocal tract stretched by a wavy curve, another
breathiness and an uneven tempo. The copies keep the speaker's name, so that they are left out
with that speaker.
"""

import glob
import os
import sys
from multiprocessing import Pool

import numpy as np
import pyworld
import soundfile
from scipy.signal import resample_poly

COPIES = 7
PERIOD = 5.0  # ms between WORLD's frames


def wavy(rng, count, depth):
    """A smooth random curve around 1 of `count` points."""
    knots = 1 + rng.normal(0, depth, 5)
    return np.interp(np.linspace(0, 4, count), np.arange(5), np.clip(knots, 0.6, 1.6))


def someone_else(rng, pitch, envelope, noisiness):
    frames, bins = envelope.shape
    # Tempo: frames are read at an uneven pace.
    pace = np.clip(np.exp(rng.normal(0, 0.18)), 0.65, 1.5) * wavy(rng, frames * 2, 0.2)
    times = np.cumsum(pace)
    times = times[times < frames - 1]
    at = np.minimum(np.round(times).astype(int), frames - 1)
    pitch, envelope, noisiness = pitch[at], envelope[at], noisiness[at]
    # Vocal tract: output frequency f takes the envelope at f / stretch(f).
    stretch = np.exp(rng.uniform(np.log(0.82), np.log(1.24))) * wavy(rng, bins, 0.035)
    source = np.minimum(np.arange(bins) / stretch, bins - 1)
    low = np.minimum(source.astype(int), bins - 2)
    part = source - low
    envelope = envelope[:, low] * (1 - part) + envelope[:, low + 1] * part
    noisiness = noisiness[:, low] * (1 - part) + noisiness[:, low + 1] * part
    tilt = np.exp(rng.normal(0, 0.6) * np.linspace(0, 1, bins)) * wavy(rng, bins, 0.15) ** 2
    noisiness = np.clip(noisiness ** np.exp(rng.normal(0, 0.3)), 1e-4, 1)
    middle = np.median(pitch[pitch > 0]) if (pitch > 0).any() else 120
    target = np.exp(rng.uniform(np.log(80), np.log(300)))
    liveliness = rng.uniform(0.3, 1.6)
    moved = target * (np.maximum(pitch, 1) / middle) ** liveliness
    pitch = np.where(pitch > 0, moved, 0)
    return pitch, envelope * tilt, noisiness


def copies(task):
    path, index, seed = task
    rng = np.random.default_rng([seed, index])
    audio, rate = soundfile.read(path)
    digit, speaker, _ = os.path.basename(path).split("_")
    audio = resample_poly(audio, 16000 // rate, 1) if rate < 16000 else audio
    words = [audio]
    smooth = np.ascontiguousarray(audio + rng.normal(0, 1e-5, len(audio)))
    pitch, times = pyworld.dio(smooth, 16000, frame_period=PERIOD)
    pitch = pyworld.stonemask(smooth, pitch, times, 16000)
    envelope = pyworld.cheaptrick(smooth, pitch, times, 16000)
    noisiness = pyworld.d4c(smooth, pitch, times, 16000)
    for _ in range(COPIES):
        parts = someone_else(rng, pitch, envelope, noisiness)
        parts = [np.ascontiguousarray(part) for part in parts]
        if len(parts[0]) > 10:
            words.append(pyworld.synthesize(*parts, 16000, PERIOD))
    words = [word / max(np.abs(word).max(), 1e-4) * 0.7 * 32767 for word in words]
    return [(w.astype(np.int16), int(digit), speaker, number > 0) for number, w in enumerate(words)]


def main(folder, output, seed):
    paths = sorted(glob.glob(f"{folder}/*.wav"))
    with Pool(2) as pool:
        tasks = [(path, index, int(seed)) for index, path in enumerate(paths)]
        words = [word for made in pool.imap(copies, tasks, 20) for word in made]
    np.savez(
        output,
        audio=np.concatenate([word[0] for word in words]),
        lengths=np.array([len(word[0]) for word in words]),
        labels=np.array([word[1] for word in words]),
        voices=np.array([word[2] for word in words]),
        changed=np.array([word[3] for word in words]),
    )
    print(f"{len(words)} words -> {output}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
