"""Trains the keyword network, leaves each person out once, and writes int8 models.

    python train.py bank base              bank/base.keras: synthetic voices only
    python train.py bank fold george       bank/folds/george.*: everybody but one
    python train.py bank final             bank/final.*: everybody

Every fold starts from the same network, which has heard no person at all.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

from clips import PEOPLE

tf.config.threading.set_intra_op_parallelism_threads(2)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.keras.utils.set_random_seed(2026)
L = tf.keras.layers

INPUT_SCALE = 1 / 64
BATCH, PER_EPOCH = 256, 230  # batches of an epoch
BASE_EPOCHS, EPOCHS = 20, 14
BLOCKS = [(32, 2), (40, 1), (64, 2), (96, 1), (96, 1)]
STEM = 16


def network(blocks=None, stem=None, kernel=(3, 5)):
    """Depthwise-separable CNN; answers logits."""

    def normalised(x):
        return L.ReLU(6.0)(L.BatchNormalization(momentum=0.97)(x))

    given = L.Input((48, 32, 1))
    x = normalised(L.Conv2D(stem or STEM, kernel, strides=2, padding="same", use_bias=False)(given))
    for channels, stride in blocks or BLOCKS:
        x = normalised(L.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x))
        x = normalised(L.Conv2D(channels, 1, use_bias=False)(x))
    x = L.AveragePooling2D((x.shape[1], x.shape[2]))(x)
    x = L.Reshape((x.shape[-1],))(x)
    x = L.Dropout(0.15)(x)
    return tf.keras.Model(given, L.Dense(12)(x))


def changed(rng, windows):
    """Masks, small shifts of the mel axis, tilt, noise: float windows."""
    x = windows.astype(np.float32)
    n = len(x)
    shift = rng.integers(-1, 2, n)
    for s in (-1, 1):
        some = shift == s
        x[some] = np.roll(x[some], s, axis=2)
        x[some, :, 0 if s > 0 else -1] = x[some, :, 1 if s > 0 else -2]
    tilt = rng.normal(0, 6, (n, 1, 1)) * np.linspace(-1, 1, 32)
    x += tilt + rng.normal(0, 4, (n, 1, 1)) + 3 * rng.standard_normal(x.shape, np.float32)
    bands, rows = np.arange(32), np.arange(48)
    masks = (bands[None, None, :], 32, 6), (rows[None, :, None], 48, 7)
    for axis, count, widest in masks:
        wide = rng.integers(0, widest, (n, 1, 1)) * (rng.random((n, 1, 1)) < 0.6)
        first = rng.integers(0, count, (n, 1, 1))
        masked = (axis >= first) & (axis < first + wide)
        x = np.where(masked, x.mean((1, 2), keepdims=True), x)
    return np.clip(x, -128, 127) * INPUT_SCALE


def batches(windows, labels, groups, rng):
    """Endless batches; `groups` are (share, indices)."""
    counts = [int(round(share * BATCH)) for share, _ in groups]
    while True:
        drawn = [rng.choice(which, count) for count, (_, which) in zip(counts, groups)]
        chosen = np.concatenate(drawn)
        x = changed(rng, windows[chosen])
        y = np.eye(12, dtype=np.float32)[labels[chosen]]
        if rng.random() < 0.3:  # mix-up
            other = rng.permutation(len(x))
            part = rng.beta(0.3, 0.3, (len(x), 1)).astype(np.float32)
            x = x * part[:, :, None] + x[other] * (1 - part[:, :, None])
            y = y * part + y[other] * (1 - part)
        yield x[..., None].astype(np.float32), y


def groups_of(data, people):
    labels, voices = data["labels"], data["voices"]
    ours = np.isin(voices, people) | (voices == len(PEOPLE))
    real = (labels < 10) & np.isin(voices, people)
    made = (labels < 10) & (voices == len(PEOPLE))
    if not people:
        other = (labels == 11) & ours
        groups = [(0.09, labels == 10), (0.22, other), (0.69, made)]
    else:
        # No pieces of digits: a reversed "six" or the head of a quick "eight" is too near.
        other = (labels == 11) & ours & (data["kinds"] != "piece")
        groups = [(0.09, labels == 10), (0.15, other), (0.26, made), (0.5, real)]
    return [(share, np.flatnonzero(which)) for share, which in groups]


def train(model, data, people, epochs, rate, check=None):
    rng = np.random.default_rng(2026)
    schedule = tf.keras.optimizers.schedules.CosineDecay(rate, epochs * PER_EPOCH, 0.01)
    model.compile(
        tf.keras.optimizers.AdamW(schedule, weight_decay=2e-3),
        tf.keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05),
        metrics=["accuracy"],
    )
    groups = groups_of(data, people)
    source = batches(data["windows"], data["labels"], groups, rng)
    for epoch in range(epochs):
        history = model.fit(source, steps_per_epoch=PER_EPOCH, epochs=1, verbose=0).history
        loss, accuracy = history["loss"][0], history["accuracy"][0]
        line = f"epoch {epoch + 1} loss {loss:.3f} accuracy {accuracy:.3f}"
        if check is not None and (epoch % 4 == 3 or epoch == epochs - 1):
            x, y = check
            answers = model.predict(x[..., None] * np.float32(INPUT_SCALE), 512, verbose=0)
            line += f" left out {np.mean(answers.argmax(1) == y):.3f}"
        print(line, flush=True)


def left_out(data, person):
    """A sample of the windows of the person who was left out."""
    which = np.flatnonzero((data["voices"] == PEOPLE.index(person)) & (data["labels"] < 10))
    which = np.random.default_rng(1).choice(which, 2000, replace=False)
    return data["windows"][which].astype(np.float32), data["labels"][which]


def quantised(model, data, people):
    """Full int8 TFLite with the softmax inside; the input's scale is 1/64, its zero point 0."""
    given = L.Input(batch_shape=(1, 48, 32, 1))
    whole = tf.keras.Model(given, L.Softmax()(model(given)))
    rng = np.random.default_rng(5)
    ours = np.flatnonzero(np.isin(data["voices"], [*people, len(PEOPLE)]))
    chosen = rng.choice(ours, 600, replace=False)

    def examples():
        for index in chosen:
            yield [data["windows"][index][None, ..., None].astype(np.float32) * INPUT_SCALE]
        extremes = np.where(np.arange(48 * 32).reshape(1, 48, 32, 1) % 2, 127, -128)
        yield [extremes.astype(np.float32) * INPUT_SCALE]

    converter = tf.lite.TFLiteConverter.from_keras_model(whole)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def save(model, data, people, stem):
    os.makedirs(os.path.dirname(stem) or ".", exist_ok=True)
    model.save(stem + ".keras")
    with open(stem + ".tflite", "wb") as file:
        file.write(quantised(model, data, people))


def main(bank, what, person=None):
    data = dict(np.load(f"{bank}/clips.npz"))
    if what == "base":
        model = network()
        train(model, data, [], BASE_EPOCHS, 4e-3)
        model.save(f"{bank}/base.keras")
        return
    people = [number for number, name in enumerate(PEOPLE) if name != person]
    model = tf.keras.models.load_model(f"{bank}/base.keras")
    train(model, data, people, EPOCHS, 3e-3, left_out(data, person) if person else None)
    save(model, data, people, f"{bank}/folds/{person}" if person else f"{bank}/final")


if __name__ == "__main__":
    main(*sys.argv[1:])
