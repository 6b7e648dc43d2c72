"""The decisions of Sources/WordSpotting, to tune them on the scores that evaluate.py kept."""

import numpy as np

THRESHOLDS = {
    "present": 77, "enough": 200, "best": 70, "sure": 128, "gone": 64, "evidence": 450,
}


class WordSpotter:
    def __init__(self, **thresholds):
        self.least = THRESHOLDS | thresholds
        self.sums, self.peaks = np.zeros(10, int), np.zeros(10, int)

    def hear(self, scores):
        digits = scores[:10].astype(int) + 128
        top, now = int(self.sums.argmax()), int(digits.argmax())
        if digits.sum() < self.least["present"]:
            return self.finish(np.zeros(10, int))
        changes = digits[now] >= self.least["sure"] and digits[top] < self.least["gone"]
        if now != top and changes and self.sums[top] > 0:
            if self.sums[top] < self.least["evidence"]:
                self.sums[:] = self.peaks[:] = 0
            else:
                return self.finish(digits)
        self.sums += digits
        self.peaks = np.maximum(self.peaks, digits)
        return None

    def finish(self, digits):
        top = int(self.sums.argmax())
        heard = self.sums[top] >= self.least["enough"] and self.peaks[top] >= self.least["best"]
        word = (top, int(self.peaks[top]) * 100 >> 8) if heard else None
        self.sums, self.peaks = digits.copy(), digits.copy()
        return word


def heard_in(scores, counts, **thresholds):
    """The words heard in each of several streams whose scores lie back to back."""
    heard, at = [], 0
    for count in counts:
        spotter, words = WordSpotter(**thresholds), []
        for index in range(at, at + count):
            word = spotter.hear(scores[index])
            if word is not None:
                words.append(word)
        heard.append(words)
        at += count
    return heard
