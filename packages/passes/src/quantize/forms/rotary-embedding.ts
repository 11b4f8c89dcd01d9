import { dtypeOf, type Editor, type Node, rotaryEmbedding, shapeOf, type Value, viewAs } from '@refold/ir';
import { standIn } from './stand-in.ts';
import { Steps } from './steps.ts';

/**
 * RotaryEmbedding in operators that run on codes: the elements that are rotated in pairs, (a, b) becoming
 * (a cos - b sin, a sin + b cos), and the rest as it is. Answers whether it was one, of known sizes.
 */
export function spellRotaryEmbedding(editor: Editor, node: Node): boolean {
  const view = node.is('RotaryEmbedding') ? viewAs(node, rotaryEmbedding) : undefined;
  const [x, cos, sin, positions] = node.inputs;
  const shape = shapeOf(x);
  const last = shape?.at(-1);
  if (!view || !x || !cos || !sin || typeof last !== 'number' || dtypeOf(x) !== 'float32') return false;
  const isFlat = shape?.length === 3;
  const heads = isFlat ? view.numHeads : 1;
  const size = heads === undefined ? undefined : last / heads;
  const rotated = view.rotaryEmbeddingDim ?? size;
  if (size === undefined || rotated === undefined || !Number.isInteger(size) || rotated > size) return false;
  const half = rotated / 2;
  if (!Number.isInteger(half) || half === 0) return false;

  const steps = new Steps(editor, node);
  // [B, length, heads, size] or [B, heads, length, size]; angles are the same for all heads.
  const data = isFlat ? steps.reshape(x, 0, 0, heads ?? 1, size) : x;
  const angles = (cache: Value): Value => {
    const rows = positions ? steps.node('Gather', [cache, positions]) : cache;
    return steps.node('Unsqueeze', [rows, steps.ints(isFlat ? 2 : 1)]);
  };
  const [c, s] = [angles(cos), angles(sin)];
  const isWhole = rotated === size;
  const [pairs = data, rest] = isWhole ? [data] : steps.split(data, [rotated, size - rotated]);
  const [a, b] = view.interleaved ? neighbours(steps, pairs, half) : steps.split(pairs, [half, half]);
  if (!a || !b) return false;
  const first = steps.node('Sub', [steps.node('Mul', [a, c]), steps.node('Mul', [b, s])]);
  const second = steps.node('Add', [steps.node('Mul', [a, s]), steps.node('Mul', [b, c])]);
  const turned = view.interleaved ? interleaved(steps, first, second, rotated) : undefined;
  const parts = [...(turned ? [turned] : [first, second]), ...(rest ? [rest] : [])];
  const [only] = parts;
  const joined = only && parts.length === 1 ? only : steps.node('Concat', parts, { axis: -1 });
  if (standIn(editor, node, isFlat ? steps.reshape(joined, 0, 0, last) : joined)) return true;
  steps.drop();
  return false;
}

/** The elements at even and at odd places of the last axis. */
function neighbours(steps: Steps, pairs: Value, half: number): readonly Value[] {
  const parts = steps.reshape(pairs, 0, 0, 0, half, 2);
  return steps.split(parts, [1, 1]).map((part) => steps.node('Squeeze', [part, steps.ints(-1)]));
}

function interleaved(steps: Steps, first: Value, second: Value, rotated: number): Value {
  const parts = [first, second].map((part) => steps.node('Unsqueeze', [part, steps.ints(-1)]));
  return steps.reshape(steps.node('Concat', parts, { axis: -1 }), 0, 0, 0, rotated);
}
