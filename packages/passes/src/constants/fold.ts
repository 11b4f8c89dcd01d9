import { constantTensor, type Node, type Tensor, type Value } from '@refold/ir';
import { evaluateNode } from '@refold/runtime';
import { graphPass, type Pass, type PassContext } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { eraseDead } from '../support/erase-dead.ts';
import { modelBytes } from '../support/size.ts';
import { materialize } from './materialize.ts';
import { type Balance, type Region, regionsOf } from './region.ts';

/**
 * Evaluates nodes whose operands are all constant, on the reference runtime.
 *
 * Results are first only computed, and written into the model where a node that is not constant itself reads
 * them. What that may cost is bounded: the constants of a connected region may take the bytes that disappear
 * with its nodes and inputs, plus `foldLimit` each; beyond that, what the run has taken off the model so far may
 * be spent, so that the model does not grow. Where nobody has set a limit, a region may also take a small part of
 * a model (see {@link Folding.grace}). What does not fit is folded up to where it is narrower.
 */
export const foldConstants: Pass = graphPass({
  name: 'constants/fold',
  summary: 'evaluate nodes whose operands are all constant',
  run: (context) => new Folding(context).run(),
});

/** A result above this is not even computed unless its inputs take as much. */
const MAX_COMPUTED = 8 << 20;

/** Bytes of results that are computed and not written yet, beyond four times those of the model. */
const MAX_PENDING = 256 << 20;

/** Bytes that a node which disappears may cost, in a model of some size. */
const NODE_GRACE = 1 << 16;

/** The part of a model that one region may add to it. */
const MODEL_GRACE = 1 / 64;

/** The limit where nobody has set one. */
const DEFAULT_LIMIT = 1024;

/** Operators that engines look for as they are, even on constants: quantized weights stay quantized. */
const kept: ReadonlySet<string> = new Set(['Constant', 'DequantizeLinear']);

class Folding {
  private readonly computed = new Map<Value, Tensor>();
  private readonly context: PassContext;
  private readonly limit: number;
  /** Bytes that one region may add, however many nodes it takes off. */
  private readonly grace: number;
  private pending = 0;

  constructor(context: PassContext) {
    const { foldLimit } = context.options;
    this.context = context;
    this.limit = foldLimit ?? DEFAULT_LIMIT;
    // By powers of two, so that a second run, whose model is hardly larger, comes to the same.
    const size = 2 ** Math.floor(Math.log2(Math.max(1, context.originalBytes)));
    this.grace = foldLimit === undefined ? size * MODEL_GRACE : 0;
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
    // Operands may be results themselves, each larger than the one before, so that needs a bound of its own.
    const left = MAX_PENDING + 4 * this.context.originalBytes - this.pending;
    const memoryLimit = Math.max(0, Math.min(4 * operandBytes + MAX_COMPUTED, left));
    const result = evaluateNode(node, inputs, { memoryLimit });
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
    const { editor, model, originalBytes } = this.context;
    let allowance = Math.max(0, originalBytes - modelBytes(model));
    const replaced: Node[] = [];
    const regions = regionsOf(this.computed).map((region) => ({
      region,
      whole: region.balance(Number.POSITIVE_INFINITY),
    }));
    // What costs least comes first, so that as much as possible fits into the allowance.
    for (const { region, whole } of regions.sort((a, b) => a.whole.grows - b.whole.grows)) {
      const balance = this.affordable(region, whole, allowance);
      allowance -= Math.max(0, this.excess(balance));
      for (const value of balance.results) {
        const tensor = this.computed.get(value);
        const node = value.producer;
        if (tensor && node && materialize(editor, value, tensor)) replaced.push(node);
      }
    }
    eraseDead(editor, replaced);
    return replaced.length;
  }

  /** The balance of a region that the allowance can pay: as a whole, or folded to where it is narrower. */
  private affordable(region: Region, whole: Balance, allowance: number): Balance {
    const { refuse } = this.context;
    let balance = whole;
    for (let limit = region.widest / 2; this.excess(balance) > allowance; limit /= 2) {
      refuse('fold-grows');
      if (limit < this.limit) return region.balance(this.limit);
      balance = region.balance(limit);
    }
    return balance;
  }

  private excess({ results, grows, nodes }: Balance): number {
    return grows - this.limit * results.length - Math.min(this.grace, NODE_GRACE * nodes);
  }
}
