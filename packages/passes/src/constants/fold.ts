import {
  constantTensor,
  dtypeKind,
  type Model,
  type Node,
  type Tensor,
  type Value,
} from '@refold/ir';
import { evaluateNode } from '@refold/runtime';
import { graphPass, type Pass, type PassContext } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { materialize } from './materialize.ts';

/**
 * Evaluates nodes whose operands are all constant, on the reference runtime.
 *
 * Results are first only computed, and written into the model where a node that is not constant itself reads
 * them. What a constant may cost is bounded: the bytes that disappear with its inputs and nodes, plus
 * `foldLimit`; beyond that all constants together may spend {@link SHARE} of the model's own weights.
 */
export const foldConstants: Pass = graphPass({
  name: 'constants/fold',
  summary: 'evaluate nodes whose operands are all constant',
  run: (context) => new Folding(context).run(),
});

/** Share of the bytes of all initializers that folding may add in a whole run. */
const SHARE = 0.01;

/** A result above this is not even computed unless its inputs pay for it. */
const MAX_COMPUTED = 8 << 20;

/** Bytes of results that are computed and not written yet. */
const MAX_PENDING = 128 << 20;

/** Operators that engines look for as they are, even on constants: quantized weights stay quantized. */
const kept: ReadonlySet<string> = new Set(['Constant', 'DequantizeLinear']);

interface Computed {
  readonly tensor: Tensor;
  /** Bytes that disappear from the model if this value is written into it as a constant. */
  readonly saves: number;
}

class Folding {
  private readonly computed = new Map<Value, Computed>();
  private readonly context: PassContext;
  private allowance: number;
  private pending = 0;

  constructor(context: PassContext) {
    this.context = context;
    this.allowance = SHARE * weightBytes(context.model);
  }

  run(): number {
    for (const node of allNodes(this.context.model)) {
      this.context.tick();
      this.compute(node);
    }
    return this.write();
  }

  private compute(node: Node): void {
    if (node.domain === '' && kept.has(node.opType)) return;
    if (node.outputs.every((o) => !o || o.useCount === 0)) return;
    const inputs: (Tensor | undefined)[] = [];
    for (const value of node.inputs) {
      const tensor = value && (this.computed.get(value)?.tensor ?? constantTensor(value));
      if (value && !tensor) return;
      inputs.push(tensor);
    }
    if (node.graphs.length > 0) return;
    const saves = this.savingOf(node);
    const free = Math.min(MAX_COMPUTED, MAX_PENDING - this.pending);
    const operands = inputs.reduce((sum, tensor) => sum + (tensor?.byteLength ?? 0), 0);
    const memoryLimit = 2 * operands + Math.max(saves + this.context.options.foldLimit, free);
    const result = evaluateNode(node, inputs, { memoryLimit });
    if (result.kind === 'refused') {
      this.context.refuse(result.refusal, node.label);
      return;
    }
    node.outputs.forEach((value, i) => {
      const tensor = result.outputs[i];
      if (!value || !tensor) return;
      this.pending += tensor.byteLength;
      this.computed.set(value, { tensor, saves: saves / node.outputs.length });
    });
  }

  /** Bytes that go when a node and everything constant that only it reads go. */
  private savingOf(node: Node): number {
    let bytes = nodeBytes(node);
    for (const value of new Set(node.inputs)) {
      if (!value || !readOnlyBy(value, node)) continue;
      bytes += this.computed.get(value)?.saves ?? constantTensor(value)?.byteLength ?? 0;
    }
    return bytes;
  }

  /** Writes the results that nodes outside the constant part read. */
  private write(): number {
    let changes = 0;
    for (const [value, { tensor, saves }] of this.computed) {
      if (!this.isRead(value)) continue;
      const grows = tensor.byteLength - saves;
      if (grows > this.context.options.foldLimit) {
        if (grows > this.allowance) {
          this.context.refuse('fold-grows', value.name);
          continue;
        }
        this.allowance -= grows;
      }
      if (materialize(this.context.editor, value, tensor)) changes += 1;
    }
    return changes;
  }

  /** Whether something reads the value that is not computed itself. */
  private isRead(value: Value): boolean {
    for (const use of value.uses()) {
      if (!use.node) return true;
      if (!use.node.outputs.some((o) => o && this.computed.has(o))) return true;
    }
    return false;
  }
}

function readOnlyBy(value: Value, node: Node): boolean {
  for (const use of value.uses()) if (use.node !== node) return false;
  return true;
}

/** About what a node takes in a file: names and operator, and a few bytes of framing each. */
function nodeBytes(node: Node): number {
  let bytes = node.name.length + node.opType.length + 8;
  for (const output of node.outputs) bytes += output ? 2 * (output.name.length + 2) : 0;
  return bytes + node.attributes.size * 12;
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
