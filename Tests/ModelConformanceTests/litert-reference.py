#!/usr/bin/env python3
# Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Holds TensorFlow Lite Micro's answers against the reference kernels of LiteRT (BUILTIN_REF).

    pip install tensorflow-cpu numpy
    tflite-micro.py /tmp/cases --record /tmp/recorded --outputs
    litert-reference.py /tmp/cases CONV_2D DEPTHWISE_CONV_2D TRANSPOSE_CONV

Prints, by operator and type of its input: models compared, how many differ, by how much at most,
and how many LiteRT refuses. Models that are invoked more than once are compared at the first.
"""

import collections
import glob
import os
import sys

import numpy
import tensorflow


def compare(path):
    """The type of the first input, and the largest difference, or None where LiteRT refuses."""
    stem = path[:-len('.tflite')]
    interpreter = tensorflow.lite.Interpreter(
        model_path=path,
        experimental_op_resolver_type=tensorflow.lite.experimental.OpResolverType.BUILTIN_REF)
    inputs = interpreter.get_input_details()
    kind = numpy.dtype(inputs[0]['dtype']).name
    try:
        interpreter.allocate_tensors()
        for index, detail in enumerate(inputs):
            values = numpy.fromfile(f'{stem}.in{index}', dtype=detail['dtype'])
            interpreter.set_tensor(
                detail['index'], values[:numpy.prod(detail['shape'])].reshape(detail['shape']))
        interpreter.invoke()
    except (RuntimeError, ValueError):
        return kind, None
    largest = 0
    for index, detail in enumerate(interpreter.get_output_details()):
        ours = interpreter.get_tensor(detail['index']).astype('float64').ravel()
        theirs = numpy.fromfile(f'{stem}.out{index}', dtype=detail['dtype']).astype('float64')
        largest = max(largest, numpy.abs(ours - theirs[:ours.size]).max(initial=0))
    return kind, largest


def main():
    folder, operators = sys.argv[1], sys.argv[2:]
    for operator in operators:
        results = collections.defaultdict(list)
        for path in sorted(glob.glob(os.path.join(folder, operator, '*.tflite'))):
            kind, largest = compare(path)
            results[kind].append(largest)
        for kind, values in sorted(results.items()):
            known = [value for value in values if value is not None]
            print(
                f'{operator} {kind}: {len(known)} compared, {sum(v > 0 for v in known)} differ, '
                f'largest {max(known, default=0):g}, {len(values) - len(known)} refused')


main()
