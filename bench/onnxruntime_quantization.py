"""refold's quantization beside ONNX Runtime's static quantization: noise, integer nodes, time.

Usage: onnxruntime_quantization.py [--refold "node packages/cli/dist/bin/main.js"] [--models FOLDER] [--inputs FOLDER]
       [--out DIR] [--options "..."] [--theirs-from DIR] [NAME ...]

Both get the same samples. The other tool is used at its best: its own preprocessing, weights per channel, and the
better of its MinMax and Percentile calibrators for each model, by the noise on data that neither has seen.
Prints one JSON object a model, and a table with geometric means at the end.
"""

import argparse
import collections
import json
import math
import os
import shlex
import subprocess
import sys
import time

import numpy as np
import onnx
import onnx.version_converter
import onnxruntime as ort
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

ort.set_default_logger_severity(3)
CALIBRATION, HELD_OUT = 32, 32


def smooth(rng, shape):
    """Pictures, of a kind: noise at several scales, normalised, each with a brightness and contrast of its own."""
    batch, channels, height, width = shape
    total = np.zeros(shape)
    for level in range(6):
        h, w = max(1, height >> level), max(1, width >> level)
        coarse = rng.normal(size=(batch, channels, h, w))
        rows = (np.arange(height) * h) // height
        columns = (np.arange(width) * w) // width
        total += coarse[:, :, rows][:, :, :, columns] * 1.6**level
    total /= total.std()
    return (total * rng.uniform(0.5, 1.2) + rng.normal() * 0.3).astype(np.float32)


def picture(size, low=None):
    def draw(rng):
        x = smooth(rng, (1, 3, *size))
        return {"": x if low is None else np.clip(x * 0.5, low, 1).astype(np.float32)}

    return draw


def tokens(length, vocabulary, *extra):
    def draw(rng):
        feeds = {"": rng.integers(0, vocabulary, (1, length)).astype(np.int64)}
        for name, value in extra:
            feeds[name] = np.full((1, length), value, np.int64)
        return feeds

    return draw


def normal(*shape, scale=1.0):
    return lambda rng: {"": (rng.normal(size=shape) * scale * rng.uniform(0.3, 1.5)).astype(np.float32)}


def waves(*shape, scale=1.0):
    """Sounds, of a kind: a few sines that grow and fade, and some noise."""

    def draw(rng):
        n = shape[1]
        t = np.arange(n) / n
        x = sum(
            rng.uniform(0.2, 1) * np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) * np.exp(-((t - rng.uniform()) ** 2) * 8)
            for f in np.exp(rng.uniform(1, math.log(n / 4), 8))
        )
        x = x / np.abs(x).max() * rng.uniform(0.2, 1) + rng.normal(size=n) * 0.01
        return {"": (x.reshape(shape) * scale).astype(np.float32)}

    return draw


def signals(rng):
    return {
        "raw_signal": rng.normal(size=(1, 1, 7500)).astype(np.float32),
        "spectrogram": rng.normal(size=(1, 15, 7500)).astype(np.float32),
    }


# The inputs named "" is the first one of the model.
MODELS = {
    "tv_resnet18.ts11": picture((64, 64)),
    "tv_resnet50.ts13": picture((64, 64)),
    "tv_mobilenet_v2.ts9": picture((64, 64)),
    "tm_repvgg_a0.ts13": picture((64, 64)),
    "tv_efficientnet_b0.ts13": picture((64, 64)),
    "tv_densenet121.ts12": picture((64, 64)),
    "tv_googlenet.ts10": picture((64, 64)),
    "tv_squeezenet1_1.ts9": picture((64, 64)),
    "hf_bert_tiny.ts14": tokens(32, 500, ("attention_mask", 1), ("token_type_ids", 0)),
    "tm_vit_tiny.ts17": picture((224, 224)),
    "ot_lstm_tagger.ts11": tokens(24, 100),
    "ot_rnn_unrolled.ts13": normal(1, 16, 24),
    "captcha_crnn": picture((60, 160), -1),
    "eeg_spindles": signals,
    "ocr_cls": picture((48, 192), -1),
    "ocr_v4_rec": picture((48, 160), -1),
    "pitch_basic": waves(1, 43844, 1),
    "speech_embedding": normal(1, 76, 32, 1, scale=1.0),
    "text_minilm_float": tokens(16, 20000, ("attention_mask", 1), ("token_type_ids", 0)),
}


class Reader(CalibrationDataReader):
    def __init__(self, feeds):
        self.feeds = iter(feeds)

    def get_next(self):
        return next(self.feeds, None)


def options(optimized=None):
    o = ort.SessionOptions()
    o.intra_op_num_threads = 1
    o.inter_op_num_threads = 1
    if optimized:
        o.optimized_model_filepath = optimized
    return o


def session(path, optimized=None):
    return ort.InferenceSession(path, options(optimized), providers=["CPUExecutionProvider"])


def noise(wanted, got):
    """Sum of squares of the error over that of the signal, over all float outputs: geometric mean of outputs."""
    ratios = []
    for name in wanted[0]:
        if wanted[0][name].dtype != np.float32:
            continue
        error = sum(float(((w[name].astype(np.float64) - g[name]) ** 2).sum()) for w, g in zip(wanted, got))
        signal = sum(float((w[name].astype(np.float64) ** 2).sum()) for w in wanted)
        ratios.append(error / signal if signal else 0.0)
    return math.exp(sum(math.log(max(r, 1e-12)) for r in ratios) / len(ratios))


def outputs(run, feeds):
    names = [o.name for o in run.get_outputs()]
    return [dict(zip(names, run.run(None, f))) for f in feeds]


def gives_floats(node):
    """Whether a node on codes gives floats: a product without a scale for its result."""
    if node.op_type == "QGemm":
        return len(node.input) < 9
    return node.op_type in ("MatMulIntegerToFloat", "MatMulInteger", "ConvInteger", "QAttention")


PRODUCTS = ("Conv", "Gemm", "MatMul", "Attention")


def integer_products(path):
    """How many of the products of an optimized graph run on integers, and how many there are."""
    kinds = [n.op_type for n in onnx.load(path).graph.node if any(p in n.op_type for p in PRODUCTS)]
    return sum("Integer" in k or k.startswith(("QLinear", "QGemm", "QAttention")) for k in kinds), len(kinds)


def integer_nodes(path):
    """Nodes of an optimized graph, without those between floats and codes, and how many of them read codes."""
    graph = onnx.load(path).graph
    codes = {i.name for i in graph.initializer if i.data_type in (2, 3)}
    kinds = collections.Counter()
    integers = total = 0
    order = list(graph.node)
    for node in order:
        op = node.op_type
        if op in ("QuantizeLinear", "DynamicQuantizeLinear"):
            codes.update(node.output[:1])
            continue
        if op == "DequantizeLinear":
            continue
        total += 1
        known = op.startswith(("QLinear", "QGemm", "QAttention")) or op.endswith(("Integer", "IntegerToFloat"))
        if known or any(x in codes for x in node.input[:1]):
            integers += 1
            if not gives_floats(node):
                codes.update(node.output)
        else:
            kinds[op] += 1
    return integers, total, dict(kinds.most_common(8))


def seconds(runs, feeds, rounds):
    """The best time of each of some sessions, in turns of at least a fiftieth of a second."""
    best = [math.inf] * len(runs)
    for turn in range(rounds):
        # There and back: none always runs behind the same other.
        order = range(len(runs)) if turn % 2 == 0 else reversed(range(len(runs)))
        for i in order:
            run = runs[i]
            start, count = time.process_time(), 0
            while time.process_time() - start < 0.02:
                run.run(None, feeds)
                count += 1
            best[i] = min(best[i], (time.process_time() - start) / count)
    return best


def theirs_by(method, source, target, feeds):
    quantize_static(
        source,
        target,
        Reader(feeds),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        calibrate_method=method,
    )


def theirs(name, source, folder, feeds):
    """Models that their tool made, by calibrator; made once."""
    found = {}
    ready = None
    for label, method in (("MinMax", CalibrationMethod.MinMax), ("Percentile", CalibrationMethod.Percentile)):
        target = os.path.join(folder, f"theirs-{label}.onnx")
        try:
            if not os.path.exists(target):
                ready = ready or prepared(source, folder)
                theirs_by(method, ready, target, feeds)
            session(target)
            found[label] = target
        except Exception as error:  # noqa: BLE001: their tool fails on some models
            print(name, label, str(error)[:200], file=sys.stderr)
    return found


def prepared(source, folder):
    """The model as their guide says to prepare it, at an opset that has scales per channel."""
    target = os.path.join(folder, "prepared.onnx")
    model = onnx.load(source)
    if next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx")) < 13:
        source = os.path.join(folder, "raised.onnx")
        onnx.save(onnx.version_converter.convert_version(model, 17), source)
    for how in ({}, {"skip_symbolic_shape": True}, {"skip_symbolic_shape": True, "skip_optimization": True}):
        try:
            quant_pre_process(source, target, **how)
            return target
        except Exception:  # noqa: BLE001: their preprocessing fails on some models
            continue
    return source


def measure(name, draw, args):
    folder = os.path.join(args.out, name)
    os.makedirs(folder, exist_ok=True)
    source = next(
        p for p in (os.path.join(args.models, kind, f"{name}.onnx") for kind in ("exported", "macro")) if os.path.exists(p)
    )
    floats = session(source)
    first = floats.get_inputs()[0].name
    rng = np.random.default_rng(1)
    samples = [{k or first: v for k, v in draw(rng).items()} for _ in range(CALIBRATION + HELD_OUT)]
    known = {i.name for i in floats.get_inputs()}
    samples = [{k: v for k, v in s.items() if k in known} for s in samples]
    calibration, held_out = samples[:CALIBRATION], samples[CALIBRATION:]
    data = os.path.join(folder, "data.npz")
    np.savez(data, **{k: np.stack([s[k] for s in calibration]) for k in calibration[0]})
    wanted = outputs(floats, held_out)
    result = {"model": name}
    found = theirs(name, source, folder, calibration)
    noises = {label: noise(wanted, outputs(session(path), held_out)) for label, path in found.items()}
    if noises:
        label = min(noises, key=noises.get)
        best = found[label]
        result["theirs"] = {"by": label, "noise": noises[label], "all": noises}
    ours = os.path.join(folder, "ours.onnx")
    start = time.time()
    command = [*shlex.split(args.refold), "quantize", source, ours, "--data", data, *shlex.split(args.options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        result["error"] = done.stderr.strip()
        return result
    took = time.time() - start
    result["ours"] = {"noise": noise(wanted, outputs(session(ours), held_out)), "seconds": round(took, 1)}
    paths = {"ours": ours, "theirs": best} if "theirs" in result else {"ours": ours}
    runs = []
    for who, path in paths.items():
        optimized = os.path.join(folder, f"{who}-optimized.onnx")
        runs.append(session(path, optimized))
        integers, total, rest = integer_nodes(optimized)
        products = "%d of %d" % integer_products(optimized)
        share = round(integers / total, 4)
        result[who].update(integers=integers, nodes=total, share=share, products=products, floats=rest)
    for who, best_time in zip(paths, seconds(runs, held_out[0], args.rounds)):
        result[who]["milliseconds"] = round(best_time * 1000, 3)
    return result


def table(results):
    rows = [r for r in results if "ours" in r and "theirs" in r]
    print(f"{'model':26} {'noise':>9} {'theirs':>9} {'ratio':>6}  {'share':>6} {'theirs':>6}  {'ms':>8} {'theirs':>8}")
    for r in rows:
        o, t = r["ours"], r["theirs"]
        print(
            f"{r['model']:26} {o['noise']:9.2e} {t['noise']:9.2e} {t['noise'] / o['noise']:6.2f}  "
            f"{o['share']:6.2f} {t['share']:6.2f}  {o['milliseconds']:8.2f} {t['milliseconds']:8.2f}"
        )
    if rows:
        mean = lambda f: math.exp(sum(math.log(f(r)) for r in rows) / len(rows))  # noqa: E731
        print(
            f"geometric means of theirs over ours: noise {mean(lambda r: r['theirs']['noise'] / r['ours']['noise']):.2f}, "
            f"time {mean(lambda r: r['theirs']['milliseconds'] / r['ours']['milliseconds']):.2f}"
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--refold", default="node packages/cli/dist/bin/main.js")
    parser.add_argument("--models", default=os.path.expanduser("~/.cache/refold-models"))
    parser.add_argument("--out", default="node_modules/.cache/refold-quantization")
    parser.add_argument("--options", default="", help="more options of refold quantize")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    results = []
    for name, draw in MODELS.items():
        if args.names and name not in args.names:
            continue
        result = measure(name, draw, args)
        results.append(result)
        print(json.dumps(result), flush=True)
    table(results)


if __name__ == "__main__":
    main()
