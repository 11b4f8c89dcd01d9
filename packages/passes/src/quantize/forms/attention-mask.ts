import {
  type AttentionView,
  constantTensor,
  type Dim,
  dtypeOf,
  type Node,
  sameDim,
  shapeOf,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import type { Steps } from './steps.ts';

/** What is far below all scores, and yet a number, so that it does not spoil the range of codes. */
const FILLING = Math.fround(-3.4028234663852886e38);

/** Causal masks of known sizes up to this many elements are constants; others are made of these sizes. */
const LARGEST_MASK = 2 ** 16;

/** Sizes along which a mask lies. */
export interface MaskedSizes {
  readonly queries: Dim | undefined;
  readonly keys: Dim | undefined;
  /** The number of queries, of keys, and of keys before the first query, as scalars. */
  readonly counts: {
    queries(): Value;
    keys(): Value;
    past(): Value | undefined;
  };
}

/** Scores with a mask, and the same mask for the probabilities that follow. */
export interface MaskedScores {
  readonly scores: Value;
  /** Probabilities without those of queries that see nothing, which are 0. */
  clear(probabilities: Value): Value;
}

/** Whether the mask of an attention is of a form that can be written in several steps. */
export function isPlainMask(node: Node, keys: Dim | undefined): boolean {
  const mask = node.inputs[3];
  if (!mask) return true;
  const dtype = dtypeOf(mask);
  const width = shapeOf(mask)?.at(-1);
  if (dtype !== 'bool' && dtype !== 'float32') return false;
  // Since opset 24, keys that a mask does not reach are hidden.
  const mayBeNarrow = (node.graph?.opset() ?? 0) >= 24;
  return !mayBeNarrow || (width !== undefined && keys !== undefined && sameDim(width, keys) === 'yes');
}

export function maskScores(
  steps: Steps,
  scores: Value,
  mask: Value | undefined,
  { isCausal }: AttentionView,
  sizes: MaskedSizes,
): MaskedScores {
  const causal = isCausal ? causalMask(steps, sizes) : undefined;
  const isBias = mask !== undefined && dtypeOf(mask) === 'float32';
  const shown = mask && !isBias ? mask : undefined;
  const allowed = causal && shown ? steps.node('And', [shown, causal]) : (causal ?? shown);
  const biased = mask && isBias ? steps.node('Add', [scores, mask]) : scores;
  const masked = allowed ? steps.node('Where', [allowed, biased, steps.float(FILLING)]) : biased;
  return {
    scores: masked,
    clear(probabilities) {
      const open = mask && isBias ? notHidden(steps, mask) : undefined;
      // A causal query sees the first key at least.
      if (!shown && !open) return probabilities;
      const visible = allowed && open ? steps.node('And', [allowed, open]) : (allowed ?? open);
      return visible ? steps.node('Where', [visible, probabilities, steps.float(0)]) : probabilities;
    },
  };
}

/** Where a bias is not minus infinity; undefined when it never is. */
function notHidden(steps: Steps, bias: Value): Value | undefined {
  const tensor = constantTensor(bias);
  if (tensor && !tensorFloats(tensor).includes(Number.NEGATIVE_INFINITY)) return undefined;
  return steps.node('Not', [steps.node('Equal', [bias, steps.float(Number.NEGATIVE_INFINITY)])]);
}

/** Query i sees the keys of the past and those up to its own place: [queries, keys]. */
function causalMask(steps: Steps, { queries, keys, counts }: MaskedSizes): Value {
  const past = counts.past();
  if (!past && typeof queries === 'number' && typeof keys === 'number' && queries * keys <= LARGEST_MASK) {
    const seen = Array.from({ length: queries * keys }, (_, i) => Number(i % keys <= Math.floor(i / keys)));
    return steps.constant(tensorOf('bool', [queries, keys], seen));
  }
  const upTo = (count: Value): Value => steps.node('Range', [steps.int(0), count, steps.int(1)]);
  const rows = upTo(counts.queries());
  const places = past ? steps.node('Add', [rows, past]) : rows;
  return steps.node('LessOrEqual', [
    steps.node('Unsqueeze', [upTo(counts.keys()), steps.ints(0)]),
    steps.node('Unsqueeze', [places, steps.ints(1)]),
  ]);
}
