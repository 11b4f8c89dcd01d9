"""Prints the milliseconds of processor time that each of some runs of onnx.reference takes, as JSON.

    python bench/python_evaluator.py MODEL.onnx '[1, 3, 224, 224]' RUNS

Every input is a tensor of float32 of the sizes given.
"""

import json
import os
import sys
import time

# One thread, as everything that it is compared with.
for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

path, dims, runs = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
model = onnx.load(path)
given = {tensor.name for tensor in model.graph.initializer}
rng = np.random.default_rng(0)
feeds = {
    value.name: rng.standard_normal(dims).astype(np.float32)
    for value in model.graph.input
    if value.name not in given
}
evaluator = ReferenceEvaluator(model)
times = []
for _ in range(runs):
    before = time.process_time()
    evaluator.run(None, feeds)
    times.append(1000 * (time.process_time() - before))
print(json.dumps(times))
