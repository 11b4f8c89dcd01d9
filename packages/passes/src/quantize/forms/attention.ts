import {
  type AttentionView,
  addDims,
  attention,
  type Dim,
  dtypeOf,
  type Editor,
  type Node,
  shapeOf,
  type Value,
  viewAs,
} from '@refold/ir';
import { isPlainMask, maskScores } from './attention-mask.ts';
import { standInForAll } from './stand-in.ts';
import { Steps } from './steps.ts';

/** An attention of which all is known that takes to write it in several steps. */
interface Form {
  readonly view: AttentionView;
  readonly scale: number;
  readonly q: Operand;
  readonly k: Operand;
  readonly v: Operand;
  readonly mask: Value | undefined;
  readonly pastKey: Value | undefined;
  readonly pastValue: Value | undefined;
}

/** Queries, keys or values: [B, heads, length, size], or flat as [B, length, heads * size]. */
interface Operand {
  readonly value: Value;
  readonly isFlat: boolean;
  readonly heads: number;
  readonly size: number;
  readonly length: Dim | undefined;
}

/**
 * Attention in operators that run on codes: products, a scale, a soft cap, masks, Softmax. Answers whether it was one of a
 * form that can be written so: without windows and lengths of samples, of known heads and sizes.
 */
export function spellAttention(editor: Editor, node: Node): boolean {
  const form = node.is('Attention') ? formOf(node) : undefined;
  if (!form) return false;
  const steps = new Steps(editor, node);
  const results = write(steps, form);
  const read = node.outputs.flatMap((result, i): [Value, Value][] => {
    const value = results[i];
    if (!result || !value || result.useCount === 0) return [];
    // What a cache holds may be just what came in.
    return [[result, node.inputs.includes(value) ? steps.node('Identity', [value]) : value]];
  });
  if (standInForAll(editor, node, new Map(read))) return true;
  steps.drop();
  return false;
}

function formOf(node: Node): Form | undefined {
  const view = viewAs(node, attention);
  const [, , , mask, pastKey, pastValue, lengths] = node.inputs;
  if (!view || view.scale === undefined || lengths) return undefined;
  if (view.leftWindowSize !== undefined || view.rightWindowSize !== undefined) return undefined;
  if (view.softmaxPrecision !== undefined && view.softmaxPrecision !== 'float32') return undefined;
  // With a mask, that stage has infinities.
  const showsBias = view.qkMatmulOutputMode === 2 && (mask !== undefined || view.isCausal);
  if (showsBias && node.outputs[3]?.useCount) return undefined;
  const q = operandOf(node.inputs[0], view.qNumHeads);
  const [k, v] = [1, 2].map((i) => operandOf(node.inputs[i], view.kvNumHeads));
  if (!q || !k || !v) return undefined;
  const form = { view, scale: view.scale, q, k, v, mask, pastKey, pastValue };
  return isPlainMask(node, keysOf(form)) ? form : undefined;
}

function operandOf(value: Value | undefined, heads: number | undefined): Operand | undefined {
  const shape = shapeOf(value);
  const last = shape?.at(-1);
  if (!value || !shape || heads === undefined || typeof last !== 'number') return undefined;
  if (dtypeOf(value) !== 'float32') return undefined;
  const isFlat = shape.length === 3;
  const size = isFlat ? last / heads : last;
  return Number.isInteger(size)
    ? { value, isFlat, heads, size, length: shape.at(isFlat ? 1 : 2) }
    : undefined;
}

function keysOf({ k, pastKey }: Pick<Form, 'k' | 'pastKey'>): Dim | undefined {
  if (!pastKey) return k.length;
  const past = shapeOf(pastKey)?.[2];
  return past === undefined || k.length === undefined ? undefined : addDims(past, k.length);
}

/** The results of an attention: Y, present key and value, and the scores of the stage that is asked for. */
function write(steps: Steps, form: Form): readonly Value[] {
  const { view, scale, q, k, v } = form;
  const queries = headsFirst(steps, q);
  const [key, values] = [withPast(steps, k, form.pastKey), withPast(steps, v, form.pastValue)];
  const scaled = scale === 1 ? queries : steps.node('Mul', [queries, steps.float(scale)]);
  const turned = steps.transpose(forEachQuery(steps, key, form), 0, 1, 3, 2);
  const product = steps.node('MatMul', [scaled, turned]);
  const capped = view.softcap > 0 ? softCap(steps, product, view.softcap) : product;
  const sizes = {
    queries: q.length,
    keys: keysOf(form),
    counts: {
      queries: () => steps.size(queries, 2),
      keys: () => steps.size(key, 2),
      past: () => form.pastKey && steps.size(form.pastKey, 2),
    },
  };
  const masked = maskScores(steps, capped, form.mask, view, sizes);
  const probabilities = masked.clear(steps.node('Softmax', [masked.scores], { axis: -1 }));
  const y = steps.node('MatMul', [probabilities, forEachQuery(steps, values, form)]);
  const stages = [product, capped, masked.scores, probabilities];
  return [q.isFlat ? flat(steps, y, q.heads * v.size) : y, key, values, stages[view.qkMatmulOutputMode] ?? y];
}

function headsFirst(steps: Steps, { value, isFlat, heads, size }: Operand): Value {
  return isFlat ? steps.transpose(steps.reshape(value, 0, 0, heads, size), 0, 2, 1, 3) : value;
}

function flat(steps: Steps, value: Value, size: number): Value {
  return steps.reshape(steps.transpose(value, 0, 2, 1, 3), 0, 0, size);
}

/** What a cache holds afterwards. */
function withPast(steps: Steps, operand: Operand, past: Value | undefined): Value {
  const present = headsFirst(steps, operand);
  return past ? steps.node('Concat', [past, present], { axis: 2 }) : present;
}

/** Keys or values, once for each head of the queries that share them; one alone is shared by all as it is. */
function forEachQuery(steps: Steps, present: Value, { q, k }: Form): Value {
  if (k.heads === q.heads || k.heads === 1) return present;
  const shared = Array.from({ length: q.heads }, (_, i) => Math.floor(i / (q.heads / k.heads)));
  return steps.node('Gather', [present, steps.ints(...shared)], { axis: 1 });
}

function softCap(steps: Steps, scores: Value, cap: number): Value {
  const bounded = steps.node('Tanh', [steps.node('Mul', [scores, steps.float(1 / cap)])]);
  return steps.node('Mul', [bounded, steps.float(cap)]);
}
