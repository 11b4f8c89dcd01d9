"""Records what ONNX Runtime computes of the corpus, its optimizations off, one thread.

Usage: record.py SHARED OUT [GLOB ...]

SHARED is the folder of shared material, whose measure/ draws the inputs; full models are materialized in its cache.
OUT/TIER/NAME/test_data_set_K/ gets input_I.pb and output_I.pb: the layout of ONNX's own cases, tensors with their
names. Inputs: of exported and published models two seeded sets, the second with other sizes of the open dimensions
where the index names some; of traps all sets of cases.json.gz. OUT/TIER/NAME/refused.txt says why a set is missing.
Outputs that are no tensors are left out. Needs numpy, onnx, onnxruntime, ml_dtypes.
"""

import base64
import fnmatch
import gzip
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper


def session_of(path):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def case_array(kind, shape, data):
    """An array as cases.json.gz has it: text as a list, everything else as bytes."""
    if kind == "string":
        return np.array(data, object).reshape(shape)
    return np.frombuffer(base64.b64decode(data), np.dtype(kind)).reshape(shape)


def seeded_sets(feeds, model, spec):
    """A set with the sizes of the index, and one with others."""
    open_sizes = feeds.bindings(model, spec)[0]
    other = next(iter(spec.get("bindings") or []), {})
    yield feeds.make(model, spec, open_sizes, 0)
    yield feeds.make(model, spec, {**open_sizes, **other}, 1)


def save(folder, what, arrays):
    for i, (name, array) in enumerate(arrays):
        tensor = numpy_helper.from_array(np.asarray(array), name)
        (folder / f"{what}_{i}.pb").write_bytes(tensor.SerializeToString())


def record(path, sets, out):
    refused = []
    out.mkdir(parents=True, exist_ok=True)
    try:
        session = session_of(path)
        names = [o.name for o in session.get_outputs()]
        for k, inputs in enumerate(sets):
            try:
                results = session.run(None, inputs)
            except Exception as e:  # the runtime's errors have no common base
                refused.append(f"set {k}: {e}")
                continue
            folder = out / f"test_data_set_{k}"
            folder.mkdir(exist_ok=True)
            save(folder, "input", inputs.items())
            save(folder, "output", [(n, r) for n, r in zip(names, results) if isinstance(r, np.ndarray)])
    except Exception as e:
        refused.append(str(e))
    if refused:
        (out / "refused.txt").write_text("\n".join(refused) + "\n")
    return refused


def main():
    shared, out, *globs = sys.argv[1:]
    shared, out = pathlib.Path(shared), pathlib.Path(out)
    sys.path.insert(0, str(shared / "measure"))
    import common
    import feeds

    cases = json.loads(gzip.decompress((shared / "models/traps/cases.json.gz").read_bytes()))
    for model in common.find_models(["*"], ["exported", "macro", "traps"]):
        if globs and not any(fnmatch.fnmatch(model.id, glob) for glob in globs):
            continue
        path = model.file()
        if model.tier == "traps":
            sets = ({n: case_array(*a) for n, a in case["inputs"].items()} for case in cases.get(model.name, []))
        else:
            sets = seeded_sets(feeds, onnx.load(path), model.spec)
        refused = record(path, sets, out / model.tier / model.name)
        print(model.id, *(refused or ["ok"]), sep=": ", flush=True)


main()
