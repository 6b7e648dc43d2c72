#!/usr/bin/env python3
# Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Asks TensorFlow Lite Micro what random models compute, and records it.

    pip install --pre tflite-micro numpy tensorflow-cpu
    BREADBOARD_CASES=/tmp/cases swift test --filter CaseFolder
    tflite-micro.py /tmp/cases --record Tests/ModelConformanceTests/Recorded [OPERATOR ...]

Each line of a record is a seed, a hash of the case (model and inputs: does the generator still
make it?), the hash of the outputs' bytes, inference after inference (FNV-1a), and where outputs are
float32 two sums over them: of the values times fixed pseudo-random weights, and of their
magnitudes, which say how near results are whose last bits are another libm's, or another order of
summation.

What TensorFlow Lite Micro refuses is not recorded. It may abort the whole process, so each operator
runs in processes of its own, and again from behind the case that ended one. A case is recorded only
if it gives the same bytes twice, the second time in a used heap: some kernels read memory that
nothing wrote. TensorFlow Lite's own reference kernels (BUILTIN_REF) answer for REFERENCE.

--outputs also writes each case's outputs as N.out0, N.out1 ... beside its inputs.
"""

import argparse
import collections
import os
import subprocess
import sys

REFERENCE = {
    # TensorFlow Lite Micro does not have these,
    'GELU', 'RELU_N1_TO_1', 'TILE',
    # has these for float32 only,
    'EXP', 'LOG',
    # and pads with a byte of memory that nothing wrote.
    'SPACE_TO_BATCH_ND',
}


def fnv(data, value=0xCBF29CE484222325):
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def sums(answers):
    """Weighted sum and magnitude of all float32 outputs, in double precision."""
    import numpy
    values = numpy.concatenate([
        value.ravel() for answer in answers for value in answer if value.dtype == 'float32'])
    values = numpy.nan_to_num(values.astype('float64'), nan=7, posinf=5, neginf=3)
    places = numpy.arange(1, len(values) + 1, dtype='uint64')
    weights = ((places * 2654435761) % (1 << 32)) / (1 << 32) - 0.5
    return f'{(values * weights).sum():.9e} {abs(values).sum():.9e}'


class Micro:
    """TensorFlow Lite Micro, from its Python package."""

    def __init__(self, model):
        from tflite_micro import runtime
        self.interpreter = runtime.Interpreter.from_bytes(model, arena_size=4 << 20)

    def input(self, index):
        return self.interpreter.get_input_details(index)

    def set(self, index, values):
        self.interpreter.set_input(values, index)

    def run(self, count):
        self.interpreter.invoke()
        return [self.interpreter.get_output(index) for index in range(count)]


class Reference:
    """TensorFlow Lite with its reference kernels."""

    def __init__(self, model):
        import tensorflow
        self.interpreter = tensorflow.lite.Interpreter(
            model_content=model,
            experimental_op_resolver_type=(
                tensorflow.lite.experimental.OpResolverType.BUILTIN_REF))
        self.interpreter.allocate_tensors()

    def input(self, index):
        return self.interpreter.get_input_details()[index]

    def set(self, index, values):
        self.interpreter.set_tensor(self.interpreter.get_input_details()[index]['index'], values)

    def run(self, count):
        self.interpreter.invoke()
        details = self.interpreter.get_output_details()
        return [self.interpreter.get_tensor(details[index]['index']) for index in range(count)]


def counts(model):
    """How many inputs and outputs the main graph has."""
    from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema
    graph = schema.Model.GetRootAsModel(model, 0).Subgraphs(0)
    return graph.InputsLength(), graph.OutputsLength()


def outputs(oracle, folder, seed, runs):
    """Every output of every inference: a list of lists of arrays."""
    import numpy
    model = open(f'{folder}/{seed}.tflite', 'rb').read()
    inputs, results = counts(model)
    interpreter = oracle(model)
    data = [open(f'{folder}/{seed}.in{index}', 'rb').read() for index in range(inputs)]
    answers = []
    for run in range(runs):
        for index in range(inputs):
            detail = interpreter.input(index)
            size = len(data[index]) // runs
            values = numpy.frombuffer(data[index][run * size:(run + 1) * size], detail['dtype'])
            interpreter.set(index, values.reshape(detail['shape']))
        answers.append([numpy.array(value) for value in interpreter.run(results)])
    return answers


def work(arguments):
    """The cases from a seed on, one line each as soon as it is known."""
    folder, first = os.path.join(arguments.cases, arguments.work), arguments.first
    oracle = Reference if arguments.work in REFERENCE else Micro
    seeds = sorted(int(name[:-7]) for name in os.listdir(folder) if name.endswith('.tflite'))
    known = []
    for seed in [seed for seed in seeds if seed >= first]:
        print('start', seed, flush=True)
        case, runs = open(f'{folder}/{seed}.txt').readline().split()
        try:
            answers = outputs(oracle, folder, seed, int(runs))
        except Exception as error:
            print('refused', seed, str(error).splitlines()[0], flush=True)
            continue
        data = b''.join(value.tobytes() for answer in answers for value in answer)
        known.append((seed, int(runs), data))
        text = f'{case[-8:]} {fnv(data):016x}'
        if any(value.dtype == 'float32' for value in answers[0]):
            text += ' ' + sums(answers)
        if arguments.outputs:
            for index in range(len(answers[0])):
                with open(f'{folder}/{seed}.out{index}', 'wb') as file:
                    file.write(b''.join(answer[index].tobytes() for answer in answers))
        print('answer', seed, text, flush=True)
    for seed, runs, data in reversed(known):
        print('start', seed, flush=True)
        again = outputs(oracle, folder, seed, runs)
        if b''.join(value.tobytes() for answer in again for value in answer) != data:
            print('unstable', seed, flush=True)


def ask(arguments, name):
    """All answers for an operator by seed, and why the others have none."""
    answers, troubles, first = {}, collections.Counter(), 0
    while True:
        command = [sys.executable, __file__, arguments.cases, '--work', name, '--first', str(first)]
        command += ['--outputs'] * arguments.outputs
        process = subprocess.run(command, capture_output=True, text=True, errors='replace')
        last, noise = first, [line for line in process.stderr.splitlines() if line.strip()]
        for line in process.stdout.splitlines():
            kind, seed, *rest = line.split(' ', 2)
            last = int(seed)
            if kind == 'answer':
                answers[last] = rest[0]
            elif kind == 'refused':
                troubles[rest[0]] += 1
            elif kind == 'unstable':
                answers.pop(last, None)
                troubles['not the same twice'] += 1
        for line in noise if name not in REFERENCE else []:
            troubles[line[:160]] += 1
        if process.returncode == 0:
            return answers, troubles
        troubles[f'ended with status {process.returncode}'] += 1
        answers.pop(last, None)
        first = last + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('cases')
    parser.add_argument('operators', nargs='*')
    parser.add_argument('--record')
    parser.add_argument('--limit', type=int, default=200)
    parser.add_argument('--outputs', action='store_true')
    parser.add_argument('--work', help=argparse.SUPPRESS)
    parser.add_argument('--first', type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments)
    for name in arguments.operators or sorted(os.listdir(arguments.cases)):
        answers, troubles = ask(arguments, name)
        print(f'{name}: {len(answers)} answers', flush=True)
        for trouble, count in troubles.most_common(6):
            print(f'    {count} x {trouble}', flush=True)
        if arguments.record and answers:
            lines = [f'{seed} {answers[seed]}\n' for seed in sorted(answers)[:arguments.limit]]
            with open(os.path.join(arguments.record, name + '.txt'), 'w') as file:
                file.writelines(lines)


if __name__ == '__main__':
    main()
