"""Makes a bank of words spoken by Debian's synthesisers: digits 0-9 and other words (label 11).

    python synthesise.py bank/synthetic.npz

Needs espeak-ng, flite, festival with festvox-* voices and, if there, pico2wave. A voice that is
not installed is left out and named. The bank holds int16 audio at 16 kHz, back to back.
"""

import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import soundfile
from scipy.signal import resample_poly

DIGITS = "zero one two three four five six seven eight nine".split()
OTHERS = (
    "yes no up down left right on off stop go hello world music light lamp open close window "
    "door table chair house garden water coffee orange apple banana yellow green purple monday "
    "thursday sunday morning evening please thanks sorry maybe later always never people mother "
    "father doctor computer keyboard battery machine river mountain forest happy bird dog cat "
    "marvin sheila visual backward learn follow hundred thousand eleven ten twenty minus plus "
    "point equals and the what where who how because little big quick slow again pardon ah mm "
    "oh ship chip jam book cook look room move push shop bed bath breath call ball wall game "
    "name "
).split()

# English words as people of other tongues would write what they hear.
ACCENTS = {
    "de": "siro wann tuh sri fohr faif sicks säwen äjt nain".split(),
    "fr": "ziro ouanne tou sri fôr faïve sixe sévène éite naïne".split(),
    "it": "ziro uan tu tri for faiv sics seven eit nain".split(),
    "es": "síro uan tu zri for faiv siks séven eit náin".split(),
    "nl": "ziero wan toe srie foor faaif siks seven eet nain".split(),
    "pl": "ziro łan tu sri for fajw siks sewen ejt najn".split(),
    "hi": "ज़ीरो वन टू थ्री फ़ोर फ़ाइव सिक्स सेवन एट नाइन".split(),
    "cs": "zírou uan tú srí fór fajv siks sevn ejt najn".split(),
    "fi": "siirou uan tuu srii foor faiv siks seven eit nain".split(),
}
VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene "
    "Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike Nguyen Storm adam anika antonio "
    "aunty belinda benjamin boris caleb david ed edward edward2 grandma grandpa gustave iven "
    "iven2 iven3 iven4 john kaukovalta linda marcelo max michel miguel norbert pablo paul pedro "
    "quincy rob robert sandro shelby steph steph2 steph3 travis victor klatt klatt2 klatt4 "
    "klatt5 croak whisper whisperf "
).split()
ENGLISH = (
    "en-us en-us en-gb en-gb en-gb-scotland en-gb-x-gbclan en-gb-x-rp en-gb-x-gbcwmd "
    "en-029 en-us-nyc "
).split()
FOREIGN = "de fr it es nl pl hi fr de".split()
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
FESTIVAL = {  # voice -> spelling
    "cmu_us_slt_arctic_hts": "en", "kal_diphone": "en", "ked_diphone": "en",
    "lp_diphone": "it", "pc_diphone": "it", "czech_dita": "cs", "czech_krb": "cs",
    "czech_machac": "cs", "czech_ph": "cs", "suo_fi_lj_diphone": "fi", "hy_fi_mv_diphone": "fi",
}


def spelling(language, label):
    return ACCENTS[language][label] if language in ACCENTS else DIGITS[label]


def trimmed(audio, rate):
    """16 kHz int16 without the silence before and after, or None if no word is left."""
    if audio.ndim > 1:
        audio = audio[:, 0]
    if rate != 16000:
        divisor = np.gcd(rate, 16000)
        audio = resample_poly(audio, 16000 // divisor, rate // divisor)
    peak = np.abs(audio).max() if len(audio) else 0
    if peak < 1e-3:
        return None
    loud = np.flatnonzero(np.abs(audio) > 0.02 * peak)
    audio = audio[max(0, loud[0] - 160): loud[-1] + 320] / peak * 0.7
    if not 0.1 < len(audio) / 16000 < 1.4:
        return None
    return (audio * 32767).astype(np.int16)


def render(command, path):
    try:
        subprocess.run(command, **QUIET, timeout=20)
        return trimmed(*soundfile.read(path))
    except (OSError, RuntimeError, subprocess.TimeoutExpired):
        return None
    finally:
        if os.path.exists(path):
            os.remove(path)


def espeak_jobs(rng, folder):
    for voice in range(560):
        foreign = voice % 4 == 3
        language = rng.choice(FOREIGN if foreign else ENGLISH)
        variant = rng.choice(VARIANTS)
        pitch, speed = str(rng.randint(10, 90)), str(rng.randint(105, 250))
        options = ["-v", f"{language}+{variant}", "-p", pitch, "-s", speed]
        name = f"espeak/{language}+{variant}/{voice}"
        for label in range(10):
            yield name, label, ["espeak-ng", *options], spelling(language, label)
        for word in rng.sample(OTHERS, 0 if foreign else 6):
            yield name, 11, ["espeak-ng", *options], word


def flite_jobs(rng, folder):
    means = {"slt": 170, "rms": 100, "awb": 120, "kal16": 105, "kal": 105, "awb_time": 120}
    for voice, mean in means.items():
        if voice == "awb_time":
            continue
        for _ in range(14):
            options = ["--setf", f"duration_stretch={rng.uniform(0.6, 1.5):.2f}",
                       "--setf", f"int_f0_target_mean={mean * rng.uniform(0.75, 1.35):.0f}",
                       "--setf", f"int_f0_target_stddev={rng.uniform(2, 30):.0f}"]
            for label in range(10):
                yield f"flite/{voice}", label, ["flite", "-voice", voice, *options], DIGITS[label]
            for word in rng.sample(OTHERS, 12):
                yield f"flite/{voice}", 11, ["flite", "-voice", voice, *options], word


def pico_jobs(rng, folder):
    for language in ["en-US", "en-GB", "de-DE", "fr-FR", "it-IT", "es-ES"]:
        for _ in range(7):
            speed, pitch = rng.randint(65, 150), rng.randint(65, 140)
            for label in range(10):
                text = f'<pitch level="{pitch}">{spelling(language[:2], label)}</pitch>'
                text = f'<speed level="{speed}">{text}</speed>'
                yield f"pico/{language}", label, ["pico2wave", "-l", language], text
            for word in rng.sample(OTHERS, 12 if language[:2] == "en" else 0):
                yield f"pico/{language}", 11, ["pico2wave", "-l", language], word


def run_job(job, folder, index):
    voice, label, command, text = job
    path = f"{folder}/{index}.wav"
    if command[0] == "espeak-ng":
        command = [*command, "-w", path, text]
    elif command[0] == "flite":
        command = [*command, "-t", text, "-o", path]
    else:
        command = [*command, "-w", path, text]
    return voice, label, render(command, path)


def festival_words(rng, folder):
    for voice, language in FESTIVAL.items():
        lines, jobs = [f"(voice_{voice})"], []
        for repeat in range(8):
            lines.append(f"(Parameter.set 'Duration_Stretch {rng.uniform(0.6, 1.4):.2f})")
            words = [(label, spelling(language, label)) for label in range(10)]
            if language == "en":
                words += [(11, word) for word in rng.sample(OTHERS, 12)]
            for label, text in words:
                path = f"{folder}/{voice}_{len(jobs)}.wav"
                jobs.append((label, path))
                spoken = f'(utt.synth (Utterance Text "{text}"))'
                lines.append(f'(utt.save.wave {spoken} "{path}" \'riff)')
        script = f"{folder}/{voice}.scm"
        with open(script, "w", encoding="iso-8859-2") as file:
            file.write("\n".join(lines))
        subprocess.run(["festival", "-b", script], **QUIET, timeout=300)
        made = 0
        for label, path in jobs:
            try:
                audio = trimmed(*soundfile.read(path))
            except (OSError, RuntimeError):
                continue
            if audio is not None:
                made += 1
                yield f"festival/{voice}", label, audio
        print(f"{voice}: {made} of {len(jobs)}", flush=True)


def main(output):
    rng = random.Random(2026)
    words = []
    with tempfile.TemporaryDirectory() as folder:
        jobs = [*flite_jobs(rng, folder), *pico_jobs(rng, folder), *espeak_jobs(rng, folder)]
        with ThreadPoolExecutor(2) as pool:
            made = pool.map(lambda pair: run_job(pair[1], folder, pair[0]), enumerate(jobs))
            words += [word for word in made if word[2] is not None]
        print(f"espeak-ng, flite, pico: {len(words)} of {len(jobs)}", flush=True)
        words += festival_words(rng, folder)
    np.savez(
        output,
        audio=np.concatenate([audio for _, _, audio in words]),
        lengths=np.array([len(audio) for _, _, audio in words]),
        labels=np.array([label for _, label, _ in words]),
        voices=np.array([voice for voice, _, _ in words]),
    )
    print(f"{len(words)} words, {len(set(voice for voice, _, _ in words))} voices -> {output}")


if __name__ == "__main__":
    main(sys.argv[1])
