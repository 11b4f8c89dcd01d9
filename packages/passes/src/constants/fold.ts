import { constantTensor, dtypeKind, type Model, type Node, type Tensor, type Value } from '@refold/ir';
import { evaluateNode } from '@refold/runtime';
import { graphPass, type Pass, type PassContext } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { balancesOf } from './balance.ts';
import { materialize } from './materialize.ts';

/**
 * Evaluates nodes whose operands are all constant, on the reference runtime.
 *
 * Results are first only computed, and written into the model where a node that is not constant itself reads
 * them. What that may cost is bounded: the constants of a connected region may take the bytes that disappear
 * with its nodes and inputs, plus `foldLimit` each; beyond that all constants together may spend
 * {@link SHARE} of the model's own weights.
 */
export const foldConstants: Pass = graphPass({
  name: 'constants/fold',
  summary: 'evaluate nodes whose operands are all constant',
  run: (context) => new Folding(context).run(),
});

/** Share of the bytes of all initializers that folding may add in one run over the model. */
const SHARE = 0.01;

/** A result above this is not even computed unless its inputs take as much. */
const MAX_COMPUTED = 8 << 20;

/** Bytes of results that are computed and not written yet. */
const MAX_PENDING = 256 << 20;

/** Operators that engines look for as they are, even on constants: quantized weights stay quantized. */
const kept: ReadonlySet<string> = new Set(['Constant', 'DequantizeLinear']);

class Folding {
  private readonly computed = new Map<Value, Tensor>();
  private readonly context: PassContext;
  private pending = 0;

  constructor(context: PassContext) {
    this.context = context;
  }

  run(): number {
    for (const node of allNodes(this.context.model)) {
      this.context.tick();
      this.compute(node);
    }
    return this.computed.size === 0 ? 0 : this.write();
  }

  private compute(node: Node): void {
    if (node.graphs.length > 0 || (node.domain === '' && kept.has(node.opType))) return;
    const inputs: (Tensor | undefined)[] = [];
    let operandBytes = 0;
    for (const value of node.inputs) {
      const tensor = value && (this.computed.get(value) ?? constantTensor(value));
      if (value && !tensor) return;
      operandBytes += tensor?.byteLength ?? 0;
      inputs.push(tensor);
    }
    if (node.outputs.every((o) => !o || o.useCount === 0)) return;
    const free = Math.min(MAX_COMPUTED, MAX_PENDING - this.pending);
    const result = evaluateNode(node, inputs, { memoryLimit: 4 * operandBytes + Math.max(free, 0) });
    if (result.kind === 'refused') {
      this.context.refuse(result.refusal, node.label);
      return;
    }
    node.outputs.forEach((value, i) => {
      const tensor = result.outputs[i];
      if (!value || !tensor) return;
      this.pending += tensor.byteLength;
      this.computed.set(value, tensor);
    });
  }

  /** Writes the results that nodes outside the constant part read, region by region. */
  private write(): number {
    const { editor, model, options, refuse } = this.context;
    let allowance = SHARE * weightBytes(model);
    let changes = 0;
    for (const { results, grows } of balancesOf(this.computed)) {
      const excess = grows - options.foldLimit * results.length;
      if (excess > allowance) {
        for (const value of results) refuse('fold-grows', value.name);
        continue;
      }
      if (excess > 0) allowance -= excess;
      for (const value of results) {
        const tensor = this.computed.get(value);
        if (tensor && materialize(editor, value, tensor)) changes += 1;
      }
    }
    return changes;
  }
}

function weightBytes(model: Model): number {
  let bytes = 0;
  for (const graph of model.graphs()) {
    for (const value of graph.initializers) {
      if (value.tensor && dtypeKind(value.tensor.dtype) !== 'string') bytes += value.tensor.byteLength;
    }
  }
  return bytes;
}
