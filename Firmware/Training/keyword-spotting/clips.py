"""Makes the windows that the network is trained with, as int8 features.

    python clips.py bank/people.npz bank/synthetic.npz bank/clips.npz

A digit is labelled as such where its middle lies near the middle of the window; a digit that
is still coming, is leaving, is cut to pieces or played backwards is "unknown", as other words are.
Words have neighbours, rooms, microphones, noise (under the word alone, as in a trimmed recording
that silence surrounds, or throughout) and levels from -35 dB to clipping. Every window carries the
name of the person in it, or "synthetic"; nobody is mixed with another person.
"""

import sys
from multiprocessing import Pool

import numpy as np
from scipy.signal import lfilter

import features

RATE, COUNT, MIDDLE = 16000, 50 * 320, 8224
SILENCE, UNKNOWN = 10, 11
CHUNK = 160
PEOPLE = ["george", "jackson", "lucas", "nicolas", "yweweler"]


class Bank:
    def __init__(self, people, synthetic):
        self.words, self.labels, self.voices, self.changed = [], [], [], []
        for path in (people, synthetic):
            data = np.load(path)
            ends = np.cumsum(data["lengths"])
            audio = data["audio"]
            self.words += [audio[end - n: end] for end, n in zip(ends, data["lengths"])]
            self.labels += data["labels"].tolist()
            real = "changed" in data
            self.voices += data["voices"].tolist() if real else ["synthetic"] * len(ends)
            self.changed += data["changed"].tolist() if real else [False] * len(ends)
        self.labels = np.array(self.labels)
        self.voices = np.array(self.voices)
        self.changed = np.array(self.changed)
        self.of_voice = {voice: np.flatnonzero(self.voices == voice) for voice in set(self.voices)}


def active(word):
    """First and last sample of what stands out of the word's own noise."""
    blocks = len(word) // 160
    if blocks < 4:
        return 0, len(word)
    energy = (word[: blocks * 160].reshape(blocks, 160) ** 2).mean(1)
    loud = np.flatnonzero(energy > energy.max() * 10**-2.6)
    return loud[0] * 160, (loud[-1] + 1) * 160


def spoken(bank, rng, index):
    """A word of the bank, a little faster or slower, as float with a peak of 1."""
    word = bank.words[index].astype(np.float32)
    rate = np.exp(rng.uniform(np.log(0.86), np.log(1.16)))
    word = np.interp(np.arange(0, len(word) - 1, rate), np.arange(len(word)), word)
    return word / max(np.abs(word).max(), 1)


def put(canvas, word, start):
    first, last = max(0, start), min(len(canvas), start + len(word))
    if last > first:
        canvas[first:last] += word[first - start: last - start]
    return first, max(first, last)


def noise(rng, count):
    kind = rng.integers(6)
    if kind == 0:
        return rng.normal(0, 1, count)
    if kind == 1:  # pink to brown
        return lfilter([1], [1, -rng.uniform(0.7, 0.99)], rng.normal(0, 1, count))
    if kind == 2:  # hum with harmonics
        base = rng.choice([50, 60, 100, 120]) * rng.uniform(0.99, 1.01)
        at = np.arange(count) / RATE * 2 * np.pi * base
        return sum(rng.uniform(0, 1) / k * np.sin(k * at + rng.uniform(0, 6)) for k in range(1, 12))
    if kind == 3:  # band of noise
        low = rng.uniform(0.9, 0.99)
        poles = [1, -2 * low * np.cos(rng.uniform(0.1, 1.5)), low * low]
        return lfilter([1, 0, -1], poles, rng.normal(0, 1, count))
    if kind == 4:  # noise that comes and goes
        sound, knots = rng.normal(0, 1, count), np.linspace(0, count, 12)
        return sound * np.interp(np.arange(count), knots, rng.uniform(0, 1, 12) ** 2)
    return rng.normal(0, 1, count) + 3 * (rng.random(count) < 0.002) * rng.normal(0, 3, count)


def babble(bank, rng, count):
    mixed = np.zeros(count)
    for index in rng.choice(bank.of_voice["synthetic"], 8):
        word = spoken(bank, rng, index)
        put(mixed, word * rng.uniform(0.3, 1), int(rng.integers(-4000, count)))
    return mixed


def through_room_and_microphone(rng, canvas):
    bins = 10241
    response = np.ones(bins, np.complex128)
    frequency = np.linspace(0, 8000, bins)
    if rng.random() < 0.6:
        knots = np.cumsum(rng.normal(0, 2.0, 9))
        response *= 10 ** (np.interp(frequency, np.linspace(0, 4000, 9), knots - knots.mean()) / 20)
    if rng.random() < 0.25:
        response /= 1 + (rng.uniform(100, 350) / np.maximum(frequency, 1)) ** 4
    if rng.random() < 0.25:
        response /= 1 + (frequency / rng.uniform(2800, 4000)) ** 16
    if rng.random() < 0.3:
        length = int(rng.uniform(0.03, 0.25) * RATE)
        tail = rng.normal(0, 1, length) * np.exp(-np.arange(length) / length * 6)
        tail *= rng.uniform(0.1, 0.7) / np.sqrt((tail**2).sum())
        tail[0] += 1
        response *= np.fft.rfft(tail, 20480)
    return np.fft.irfft(np.fft.rfft(canvas, 20480) * response, 20480)[: len(canvas)]


def finished(bank, rng, canvas, extent, quiet=False):
    """Room, noise and level: float canvas to int16."""
    if rng.random() < 0.7:
        canvas = through_room_and_microphone(rng, canvas)
    choice = rng.random()
    if choice < 0.65:
        added = babble(bank, rng, COUNT) if rng.random() < 0.2 else noise(rng, COUNT)
        power = (canvas[extent[0]: extent[1]] ** 2).mean() if extent[1] > extent[0] else 0.02
        added *= np.sqrt((power + 1e-9) / ((added**2).mean() + 1e-9))
        added *= 10 ** (-rng.uniform(3, 42) / 20)
        if rng.random() < 0.5 and not quiet:  # the noise of a recording, trimmed with it
            added[: max(0, extent[0] - int(rng.exponential(800)))] = 0
            added[extent[1] + int(rng.exponential(800)):] = 0
        canvas = canvas + added
    canvas = canvas / max(np.abs(canvas).max(), 1e-4)
    level = 10 ** (-rng.uniform(0, 35) / 20) if rng.random() < 0.97 else rng.uniform(1, 2)
    canvas = canvas * level * 32767
    if rng.random() < 0.5:  # what a quiet microphone adds
        canvas = canvas + rng.normal(0, 10 ** rng.uniform(-0.5, 1.2), COUNT)
    return np.clip(np.round(canvas), -32768, 32767).astype(np.int16)


def neighbour(bank, rng, voice):
    own = voice if rng.random() < 0.6 else "synthetic"
    return spoken(bank, rng, rng.choice(bank.of_voice[own])) * rng.uniform(0.4, 1)


def window(bank, rng, kind, index):
    """One window of int16 audio and its label."""
    canvas = np.zeros(COUNT)
    if kind == "silence":
        draw = rng.random()
        if draw < 0.12:
            return canvas.astype(np.int16), SILENCE
        audio = finished(bank, rng, noise(rng, COUNT), (0, COUNT), quiet=True)
        if draw < 0.3:  # noise that ends or begins
            at = rng.integers(COUNT)
            audio[:at] = 0 if rng.random() < 0.5 else audio[:at]
            audio[at:] = 0 if rng.random() < 0.5 else audio[at:]
        if draw > 0.6:
            audio = (audio * 10 ** rng.uniform(-3, -1)).astype(np.int16)
        return audio, SILENCE
    word, voice, label = spoken(bank, rng, index), bank.voices[index], bank.labels[index]
    first, last = active(word)
    crowded = rng.random() < 0.5
    reach = 0.13 if crowded else 0.24
    offset = rng.uniform(-reach, reach)
    if kind == "edge":
        label = UNKNOWN
        offset = rng.choice([-1, 1]) * rng.uniform(0.38, 0.44 + 0.4 * (last - first) / RATE)
    elif kind == "piece":
        label = UNKNOWN
        draw = rng.integers(3)
        cut = (last - first) * rng.uniform(0.2, 0.4)
        if draw == 0:
            word = word[::-1]
        elif draw == 1:
            word = word[first: first + int(cut)]
        else:
            word = word[last - int(cut):]
        word = np.ascontiguousarray(word)
        first, last = active(word)
    elif kind == "gap":  # between two words
        label, crowded = UNKNOWN, True
        offset = rng.uniform(0.3, 0.4)
    start = int(MIDDLE + offset * RATE - (first + last) / 2)
    extent = put(canvas, word, start)
    if crowded:
        for side in (-1, 1):
            if rng.random() < 0.55 or kind == "gap":
                other = neighbour(bank, rng, voice)
                a, b = active(other)
                gap = int(rng.uniform(0.01, 0.35) * RATE)
                if kind == "gap":
                    if side > 0:
                        continue
                    at = int(MIDDLE - rng.uniform(0.3, 0.4) * RATE - (a + b) / 2)
                elif side < 0:
                    at = start + first - gap - b
                else:
                    at = start + last + gap - a
                span = put(canvas, other, at)
                extent = min(extent[0], span[0]), max(extent[1], span[1])
    return finished(bank, rng, canvas, extent), label


bank = None


def start(people, synthetic):
    global bank
    bank = Bank(people, synthetic)


def chunk(task):
    seed, jobs = task
    rng = np.random.default_rng([7, seed])
    made = [window(bank, rng, kind, index) for kind, index in jobs]
    rows = features.rows_of(np.stack([audio for audio, _ in made]))[:, 2:]
    return features.window_of(rows), [label for _, label in made]


def plan(bank, rng):
    jobs = []
    digits = np.flatnonzero((bank.labels < 10))
    real = digits[bank.voices[digits] != "synthetic"]
    made = digits[bank.voices[digits] == "synthetic"]
    for index in real:
        jobs += [("word", index)] * (2 if bank.changed[index] else 4)
        jobs += [("edge", index)] * (rng.random() < 0.4) + [("gap", index)] * (rng.random() < 0.1)
        jobs += [("piece", index)] * (rng.random() < 0.15)
    for index in made:
        jobs += [("word", index)] * 5 + [("edge", index)] * (rng.random() < 0.8)
        jobs += [("piece", index)] * (rng.random() < 0.3) + [("gap", index)] * (rng.random() < 0.3)
    for index in np.flatnonzero(bank.labels == UNKNOWN):
        jobs += [("word", index)] * 4
    jobs += [("silence", -1)] * 7000
    return [jobs[i] for i in rng.permutation(len(jobs))]


def main(people, synthetic, output):
    start(people, synthetic)
    jobs = plan(bank, np.random.default_rng(2026))
    print(f"{len(jobs)} windows", flush=True)
    tasks = [(at, jobs[at: at + CHUNK]) for at in range(0, len(jobs), CHUNK)]
    windows, labels = [], []
    with Pool(2, start, (people, synthetic)) as pool:
        for made, given in pool.imap(chunk, tasks):
            windows.append(made)
            labels += given
    voices = [bank.voices[index] if index >= 0 else "synthetic" for _, index in jobs]
    people_first = [PEOPLE.index(voice) if voice in PEOPLE else len(PEOPLE) for voice in voices]
    np.savez(
        output,
        windows=np.concatenate(windows),
        labels=np.array(labels, np.int8),
        voices=np.array(people_first, np.int8),
        kinds=np.array([kind for kind, _ in jobs]),
    )
    print(np.bincount(labels), "->", output)


if __name__ == "__main__":
    main(*sys.argv[1:4])
