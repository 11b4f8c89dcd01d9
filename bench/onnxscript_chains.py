"""CPU time that onnxscript's rewriter takes for chains of operators.

Usage: onnxscript_chains.py MODEL CHAINS.json: prints one JSON object, number of rules to seconds.
"""

import json
import sys
import time

import onnx
from onnxscript import ir
from onnxscript.rewriter import RewriteRule, RewriteRuleSet


def pattern_of(chain):
    """A pattern function for a chain: its arguments are the operands beside the chain."""
    names = []

    def fresh():
        names.append(f"x{len(names)}")
        return names[-1]

    text = fresh()
    for link in reversed(chain):
        operands = [text if i == link["at"] else fresh() for i in range(link["arity"])]
        text = f"op.{link['op']}({', '.join(operands)})"
    arguments = ", ".join(["op", *names])
    scope = {}
    exec(f"def target({arguments}):\n    return {text}\n", scope)
    exec(f"def replacement({arguments}):\n    return op.Identity(x0)\n", scope)
    return RewriteRule(scope["target"], scope["replacement"])


def main():
    model_path, chains_path = sys.argv[1:]
    seconds = {}
    for chains in json.load(open(chains_path, encoding="utf-8")):
        rules = RewriteRuleSet([pattern_of(chain) for chain in chains])
        model = ir.from_proto(onnx.load(model_path))
        start = time.process_time()
        rules.apply_to_model(model)
        seconds[len(chains)] = time.process_time() - start
    print(json.dumps(seconds))


main()
