"""refold's dynamic and weight-only quantization and float16 beside ONNX Runtime's own tools: noise, size, time.

Usage: onnxruntime_methods.py [--refold "node packages/cli/dist/bin/main.js"] [--models FOLDER] [--out DIR]
       [--only METHOD ...] [NAME ...]

Theirs are quantize_dynamic (the better of a scale per tensor and per channel; tables of embeddings left alone),
MatMulNBitsQuantizer (blocks of 32, with zero points), and convert_float_to_float16 of onnxruntime.transformers, which
gets a model of the same opset. Ours reads the model as it is. Prints one JSON object for each model and method, and a
table for each method with geometric means at the end; a noise of 1e-12 is none.
"""

import argparse
import json
import logging
import math
import os
import shlex
import subprocess
import sys

import numpy as np
import onnx
import onnx.version_converter
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime_quantization import normal, noise, outputs, picture, prepared, seconds, session, tokens, waves

logging.disable(logging.INFO)
HELD_OUT = 16
HERE = os.getcwd()

# The inputs named "" is the first one of the model.
MODELS = {
    "hf_bert_tiny.ts14": tokens(32, 500, ("attention_mask", 1), ("token_type_ids", 0)),
    "hf_distilbert.ts12": tokens(32, 500, ("attention_mask", 1)),
    "hf_gpt2.ts13": tokens(32, 500, ("attention_mask", 1)),
    "text_minilm_float": tokens(16, 20000, ("attention_mask", 1), ("token_type_ids", 0)),
    "tv_resnet18.ts11": picture((64, 64)),
    "tv_mobilenet_v2.ts9": picture((64, 64)),
    "tm_vit_tiny.ts17": picture((224, 224)),
    "ocr_v4_rec": picture((48, 160), -1),
    "pitch_basic": waves(1, 43844, 1),
    "speech_embedding": normal(1, 76, 32, 1, scale=1.0),
}


def dynamic(source, target, wanted, feeds):
    """Their dynamic quantization, with the granularity that loses less."""
    noises = {}
    for per_channel in (False, True):
        path = f"{target}.{per_channel}"
        kinds = ["Conv", "MatMul", "Attention", "LSTM"]
        try:
            quantize_dynamic(source, path, kinds, per_channel=per_channel, weight_type=QuantType.QInt8)
            noises[path] = noise(wanted, outputs(session(path), feeds))
        except Exception as error:  # noqa: BLE001: their tool fails on some models
            print(os.path.basename(source), "quantize_dynamic", str(error)[:200], file=sys.stderr)
    if noises:
        os.replace(min(noises, key=noises.get), target)


def weights(bits):
    def quantize(source, target, _wanted, _feeds):
        quantizer = MatMulNBitsQuantizer(onnx.load(source), bits=bits, block_size=32, is_symmetric=False)
        quantizer.process()
        onnx.save(quantizer.model.model, target)

    return quantize


def float16(source, target, _wanted, _feeds):
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target)


# Their tool for weights knows MatMul alone; in the second row of each size, ours does what it does by default.
THE_SAME = "--ends --format matmulnbits --keep Gemm"
METHODS = {
    "dynamic": (dynamic, "quantize --method dynamic"),
    "weights 4": (weights(4), f"quantize --method weights --bits 4 {THE_SAME}"),
    "weights 8": (weights(8), f"quantize --method weights --bits 8 {THE_SAME}"),
    "weights 4, defaults": (None, "quantize --method weights --bits 4"),
    "weights 8, defaults": (None, "quantize --method weights --bits 8"),
    "weights 4, all": (None, "quantize --method weights --bits 4 --ends --embeddings --format matmulnbits"),
    "float16": (float16, "convert --to float16"),
}


def coded(path):
    """Nodes that read codes or 16 bits, in words."""
    kinds = {}
    for node in onnx.load(path).graph.node:
        known = ("MatMulInteger", "ConvInteger", "MatMulNBits", "DequantizeLinear", "Cast", "GatherBlockQuantized")
        if node.op_type in known:
            kinds[node.op_type] = kinds.get(node.op_type, 0) + 1
    return kinds


def tried(what, make):
    try:
        return make()
    except Exception as error:  # noqa: BLE001: a tool fails on some models
        print(what, str(error)[:300], file=sys.stderr)
        return None


def measure(name, draw, args):
    folder = os.path.join(args.out, name)
    os.makedirs(folder, exist_ok=True)
    kinds = ("exported", "macro")
    source = next(p for k in kinds if os.path.exists(p := os.path.join(args.models, k, f"{name}.onnx")))
    floats = session(source)
    first = floats.get_inputs()[0].name
    known = {i.name for i in floats.get_inputs()}
    rng = np.random.default_rng(1)
    feeds = [{k or first: v for k, v in draw(rng).items()} for _ in range(HELD_OUT)]
    feeds = [{k: v for k, v in f.items() if k in known} for f in feeds]
    wanted = outputs(floats, feeds)
    ready = prepared(source, folder)
    for method, (theirs_by, options) in METHODS.items():
        if args.only and method not in args.only:
            continue
        ours, theirs = (os.path.join(folder, f"{method}-{who}.onnx".replace(" ", "-").replace(",", "")) for who in ("ours", "theirs"))
        for path in (ours, theirs):
            if os.path.exists(path):
                os.remove(path)
        done = subprocess.run(
            [*shlex.split(args.refold), *(words := shlex.split(options))[:1], source, ours, *words[1:]],
            capture_output=True,
            text=True,
            check=False,
            cwd=HERE,
        )
        if done.returncode != 0:
            print(name, method, done.stderr.strip(), file=sys.stderr)
        if theirs_by:
            tried(f"{name} {method} theirs", lambda: theirs_by(ready, theirs, wanted, feeds))
        result = {"model": name, "method": method, "bytes": os.path.getsize(source)}
        runs = {"float": floats}
        for who, path in (("ours", ours), ("theirs", theirs)):
            run = tried(f"{name} {method} {who}", lambda: session(path)) if os.path.exists(path) else None
            if run is None:
                continue
            runs[who] = run
            result[who] = {"noise": noise(wanted, outputs(run, feeds)), "bytes": os.path.getsize(path), "nodes": coded(path)}
        for who, best in zip(runs, seconds(list(runs.values()), feeds[0], args.rounds)):
            result.setdefault(who, {})["milliseconds"] = round(best * 1000, 3)
        print(json.dumps(result), flush=True)
        yield result


def table(method, results):
    rows = [r for r in results if r["method"] == method]
    print(f"\n{method}")
    print(f"{'model':22} {'noise':>8} {'theirs':>8}  {'MB':>6} {'ours':>6} {'theirs':>6}  {'ms':>7} {'ours':>7} {'theirs':>7}")

    def cell(r, who, what, width, form, scale=1.0):
        value = r.get(who, {}).get(what)
        return f"{'-':>{width}}" if value is None else f"{value * scale:{width}{form}}"

    for r in rows:
        print(
            f"{r['model']:22} {cell(r, 'ours', 'noise', 8, '.1e')} {cell(r, 'theirs', 'noise', 8, '.1e')}  "
            f"{r['bytes'] / 1e6:6.1f} {cell(r, 'ours', 'bytes', 6, '.1f', 1e-6)} {cell(r, 'theirs', 'bytes', 6, '.1f', 1e-6)}  "
            f"{cell(r, 'float', 'milliseconds', 7, '.2f')} {cell(r, 'ours', 'milliseconds', 7, '.2f')} "
            f"{cell(r, 'theirs', 'milliseconds', 7, '.2f')}"
        )
    both = [r for r in rows if "noise" in r.get("ours", {}) and "noise" in r.get("theirs", {})]

    def mean(what):
        ratios = [max(r["theirs"][what], 1e-12) / max(r["ours"][what], 1e-12) for r in both]
        return math.exp(sum(map(math.log, ratios)) / len(ratios))

    if both:
        shown = ", ".join(f"{w} {mean(w):.2f}" for w in ("noise", "bytes", "milliseconds"))
        print(f"geometric means of theirs over ours: {shown}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--refold", default="node packages/cli/dist/bin/main.js")
    parser.add_argument("--models", default=os.path.expanduser("~/.cache/refold-models"))
    parser.add_argument("--out", default="node_modules/.cache/refold-methods")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], choices=METHODS)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    args.models, args.out = os.path.abspath(args.models), os.path.abspath(args.out)
    os.makedirs(args.out, exist_ok=True)
    # Their preparation leaves files where it runs.
    os.chdir(args.out)
    results = []
    for name, draw in MODELS.items():
        if not args.names or name in args.names:
            results.extend(measure(name, draw, args))
    for method in METHODS:
        if not args.only or method in args.only:
            table(method, results)


if __name__ == "__main__":
    main()
