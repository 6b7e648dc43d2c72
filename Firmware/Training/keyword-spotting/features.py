"""The audio features of Sources/AudioFeatures in numpy, bit for bit, many recordings at once.

The Swift code is the definition. A golden vector in Tests/AudioFeaturesTests holds the two equal.
"""

import numpy as np

HOP, LENGTH, BANDS, ROWS = 320, 512, 32, 48
FLOOR_EXPONENT = 18
QUIETEST_LEVEL = 5 * 256


def log2(x, bits):
    """log2 of unsigned integers with `bits` fractional bits, by repeated squaring."""
    x = np.asarray(x, np.uint64)
    exponent = np.zeros(x.shape, np.int64)
    mantissa = x.copy()
    for step in (32, 16, 8, 4, 2, 1):
        low = mantissa < (np.uint64(1) << np.uint64(64 - step))
        mantissa = np.where(low, mantissa << np.uint64(step), mantissa)
        exponent += np.where(low, 0, step)
    mantissa >>= np.uint64(32)
    result = exponent
    for _ in range(bits):
        square = mantissa * mantissa
        carry = square >> np.uint64(63)
        mantissa = square >> (np.uint64(31) + carry)
        result = 2 * result + carry.astype(np.int64)
    return result


def sine_table():
    """sin(2 pi i / 512) for i in 0...384, Q31, by Taylor's series in Q30."""
    table = np.zeros(385, np.int64)
    for i in range(129):
        x = (i * 1_686_629_713) >> 7
        square = (x * x) >> 30
        series = 1 << 30
        for reciprocal in (9_761_289, 14_913_081, 25_565_282, 53_687_091, 178_956_971):
            series = (1 << 30) - ((square * ((series * reciprocal) >> 30)) >> 30)
        table[i] = min(((x * series) >> 30) * 2, 2**31 - 1)
    table[128:257] = table[128::-1]
    table[256:385] = -table[:129]
    return table


SINE = sine_table()
HANN = ((1 << 31) - SINE[128 + np.minimum(np.arange(512), 512 - np.arange(512))]) >> 17
REVERSED = np.array([int(f"{i:08b}"[::-1], 2) for i in range(256)])
LOWEST, HIGHEST = int(log2(125, 16)), int(log2(736, 16))
MEL_OF_BIN = [int(log2(112 + 5 * k, 16)) for k in range(125)]
POSITION = (np.array(MEL_OF_BIN) - LOWEST) * (33 * 256) // (HIGHEST - LOWEST)
FIRST_BIN, END_BIN = 3, 125


def mel_matrix():
    """Weights of bins FIRST_BIN..<END_BIN in each band, Q8."""
    weights = np.zeros((END_BIN - FIRST_BIN, BANDS + 2), np.uint64)
    for k in range(FIRST_BIN, END_BIN):
        band, fraction = POSITION[k] >> 8, POSITION[k] & 255
        weights[k - FIRST_BIN, band + 1] += np.uint64(fraction)
        weights[k - FIRST_BIN, band] += np.uint64(256 - fraction)
    return weights[:, 1:BANDS + 1]


MEL = mel_matrix()


def times(a, b):
    """The upper word of a 32 x 32 bit product, as SMMUL gives it."""
    return (a * b) >> 32


def spectrum(frames):
    """Power of bins FIRST_BIN..<END_BIN of int16 frames (n, 512)."""
    windowed = (frames.astype(np.int64) * HANN) >> 8
    re, im = windowed[:, 0::2][:, REVERSED].copy(), windowed[:, 1::2][:, REVERSED].copy()
    half = 1
    while half < 256:
        k = np.arange(half) * (256 // half)
        c, s = SINE[128 + k], SINE[k]
        r, i = re.reshape(len(re), -1, 2, half), im.reshape(len(im), -1, 2, half)
        upper_re, upper_im = r[:, :, 0].copy(), i[:, :, 0].copy()
        lower_re = (times(r[:, :, 1], c) + times(i[:, :, 1], s)) * 2
        lower_im = (times(i[:, :, 1], c) - times(r[:, :, 1], s)) * 2
        r[:, :, 0], r[:, :, 1] = upper_re + lower_re, upper_re - lower_re
        i[:, :, 0], i[:, :, 1] = upper_im + lower_im, upper_im - lower_im
        half *= 2
    k = np.arange(FIRST_BIN, END_BIN)
    even_re, even_im = (re[:, k] + re[:, 256 - k]) >> 1, (im[:, k] - im[:, 256 - k]) >> 1
    odd_re, odd_im = (im[:, k] + im[:, 256 - k]) >> 1, (re[:, 256 - k] - re[:, k]) >> 1
    c, s = SINE[128 + k], SINE[k]
    x = even_re + (times(odd_re, c) + times(odd_im, s)) * 2
    y = even_im + (times(odd_im, c) - times(odd_re, s)) * 2
    return (x * x + y * y).astype(np.uint64) >> np.uint64(12)


def log_mel(frames):
    """Rows of log-mel energies, Q8 octaves of energy above the floor: (n, 512) -> (n, 32)."""
    energy = spectrum(frames) @ MEL + np.uint64(1 << FLOOR_EXPONENT)
    return (log2(energy, 8) - FLOOR_EXPONENT * 256).astype(np.int16)


def rows_of(audio):
    """Log-mel rows of int16 audio (..., samples), a whole number of hops; silence came before."""
    *shape, count = audio.shape
    flat = audio.reshape(-1, count)
    padded = np.concatenate([np.zeros((len(flat), LENGTH - HOP), np.int16), flat], axis=1)
    frames = np.lib.stride_tricks.sliding_window_view(padded, LENGTH, axis=1)[:, ::HOP]
    rows = log_mel(frames.reshape(-1, LENGTH))
    return rows.reshape(*shape, count // HOP, BANDS)


def window_of(rows):
    """What the network is given: int8 (..., 48, 32), relative to the loudest row of the window."""
    rows = rows.astype(np.int32)
    level = rows.sum(-1) >> 5
    loudest = np.maximum(level.max(-1), QUIETEST_LEVEL)
    return np.clip(((rows - loudest[..., None, None]) * 5 >> 7) + 20, -128, 127).astype(np.int8)
