"""Accuracy of each fold on the person it has never heard.

    python evaluate.py ../../../../shared/data/spoken-digits bank/folds

For each person: the float and the int8 network on the window with the word in its middle, then
the int8 network every 160 ms over the recording and a second of silence, with the decisions of
`spotter.py`. A recording counts as right if exactly one word is printed and it is the right one.
The scores are kept in `<folds>/<person>.npz` for `spotter.py` to be tuned on.
"""

import glob
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import soundfile
import tensorflow as tf
from scipy.signal import resample_poly

import features
import spotter
from clips import PEOPLE, active

STEP = 8  # hops between inferences
RESOLVER = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES


def recording(path):
    audio, rate = soundfile.read(path)
    divisor = np.gcd(rate, 16000)
    audio = resample_poly(audio, 16000 // divisor, rate // divisor)
    return np.clip(np.round(audio * 32767), -32768, 32767).astype(np.int16)


def windows_over(audio, before=0, after=16000):
    """The window at every inference: the recording after `before` samples, then silence."""
    hops = -(-(before + len(audio) + after) // 320)
    whole = np.zeros(hops * 320, np.int16)
    whole[before: before + len(audio)] = audio
    rows = np.concatenate([np.zeros((48, 32), np.int16), features.rows_of(whole)])
    ends = np.arange(STEP, hops + 1, STEP)
    return features.window_of(np.stack([rows[end: end + 48] for end in ends]))


def window_around(audio):
    """The window with the word in its middle."""
    first, last = active(audio.astype(np.float32))
    before = max(0, 7680 - (first + last) // 2)
    whole = np.zeros(before + len(audio) + 15360, np.int16)
    whole[before: before + len(audio)] = audio
    start = before + (first + last) // 2 - 7680
    whole = whole[start: start + 15360]
    return features.window_of(features.rows_of(whole))


class Int8Network:
    def __init__(self, path):
        self.interpreter = tf.lite.Interpreter(
            path, num_threads=1,
            experimental_op_resolver_type=RESOLVER)
        self.interpreter.allocate_tensors()
        self.given = self.interpreter.get_input_details()[0]
        self.answer = self.interpreter.get_output_details()[0]

    def scores(self, windows):
        scores = np.empty((len(windows), 12), np.int8)
        for index, window in enumerate(windows):
            self.interpreter.set_tensor(self.given["index"], window[None, ..., None])
            self.interpreter.invoke()
            scores[index] = self.interpreter.get_tensor(self.answer["index"])[0]
        return scores


def evaluate(person, data, folds):
    paths = sorted(glob.glob(f"{data}/*_{person}_*.wav"))
    labels = np.array([int(os.path.basename(path)[0]) for path in paths])
    audio = [recording(path) for path in paths]
    middle = np.stack([window_around(a) for a in audio])
    float_model = tf.keras.models.load_model(f"{folds}/{person}.keras")
    answers = float_model.predict(middle[..., None] / np.float32(64), 500, verbose=0)
    network = Int8Network(f"{folds}/{person}.tflite")
    single = network.scores(middle).argmax(1)
    rng = np.random.default_rng(3)
    # Every other recording begins at once, the rest somewhere between two inferences.
    before = rng.integers(0, 2560, len(audio)) * (np.arange(len(audio)) % 2)
    streams = [windows_over(a, int(b)) for a, b in zip(audio, before)]
    counts = np.array([len(stream) for stream in streams])
    scores = network.scores(np.concatenate(streams))
    np.savez(f"{folds}/{person}.npz", scores=scores, counts=counts, labels=labels)
    heard = spotter.heard_in(scores, counts)
    return (
        np.mean(answers.argmax(1) == labels),
        np.mean(single == labels),
        np.mean([len(words) == 1 and words[0][0] == label for words, label in zip(heard, labels)]),
        heard, labels,
    )


def main(data, folds):
    table = []
    for person in PEOPLE:
        if not os.path.exists(f"{folds}/{person}.tflite"):
            continue
        *figures, heard, labels = evaluate(person, data, folds)
        none, more = sum(len(words) == 0 for words in heard), sum(len(words) > 1 for words in heard)
        table.append(figures)
        percents = " ".join(f"{100 * figure:.1f}" for figure in figures)
        print(person, percents, f"none {none} several {more}", flush=True)
        wrong = np.zeros((10, 10), int)
        for words, label in zip(heard, labels):
            if words:
                wrong[label, words[0][0]] += words[0][0] != label
        pairs = [(wrong[a, b], a, b) for a in range(10) for b in range(10)]
        pairs = sorted(pairs, reverse=True)[:5]
        print("   ", ", ".join(f"{a} heard as {b}: {n}" for n, a, b in pairs if n), flush=True)
    print("mean", " ".join(f"{100 * figure:.1f}" for figure in np.mean(table, 0)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
