import {
  canReplaceValue,
  type Editor,
  type Node,
  outputOf,
  replaceValue,
  tensorOf,
  type Value,
} from '@refold/ir';
import { clipBounds } from '../../identities/clip-bounds.ts';
import { producerOf } from '../../support/view.ts';
import { placeBehind } from '../layers/place-behind.ts';
import type { Theta } from '../theta/theta.ts';
import { type CodePair, codePair, samePair } from './code-pair.ts';
import { drop } from './drop.ts';
import type { CodeLimits } from './fit.ts';

/** What the pairs of a value say of it. */
export interface TakenPair {
  readonly theta: Theta;
  /** The codes that occur, where that is a part of those of the type. */
  readonly limits: CodeLimits | undefined;
}

/**
 * Takes pairs of `QuantizeLinear` and `DequantizeLinear` out of a graph. Where training used a part of the codes of the
 * type, a `Clip` of numbers stays in their place. Values whose pairs differ, and those that go from codes to other codes,
 * are left.
 */
export function takePairs(
  editor: Editor,
  ends: readonly Node[],
): { readonly taken: ReadonlyMap<Value, TakenPair>; readonly left: readonly Value[] } {
  const byData = new Map<Value, CodePair[]>();
  const requantized = new Set<Value>();
  for (const node of ends) {
    const pair = node.graph && codePair(node);
    if (!pair) continue;
    const known = byData.get(pair.data);
    if (known) known.push(pair);
    else byData.set(pair.data, [pair]);
    const before = pair.data.producer && codePair(pair.data.producer);
    if (before) for (const value of [before.data, pair.data]) requantized.add(value);
  }
  const taken = new Map<Value, TakenPair>();
  const left: Value[] = [];
  for (const [data, pairs] of byData) {
    const [first] = pairs;
    if (!first) continue;
    const agree = pairs.every((p) => samePair(p, first)) && !requantized.has(data);
    const value = agree ? putInPlace(editor, data, pairs, first) : undefined;
    if (value) taken.set(value, first);
    else left.push(data);
  }
  return { taken, left };
}

/** What is read in place of pairs of a value now: the value, or what is clipped of it. */
function putInPlace(
  editor: Editor,
  data: Value,
  pairs: readonly CodePair[],
  { theta, limits }: CodePair,
): Value | undefined {
  const value = limits ? clippedTo(editor, data, pairs, theta, limits) : data;
  const results = pairs.map((p) => outputOf(p.dequantize));
  if (!results.every((r) => canReplaceValue(r, value))) {
    if (value !== data) drop(editor, [value.producer]);
    return undefined;
  }
  // What one pair gives up may keep another from taking over a name.
  const isDone = results.every((r) => replaceValue(editor, r, value));
  for (const { dequantize, clip, quantize } of pairs) drop(editor, [dequantize, clip, quantize]);
  if (value !== data) drop(editor, [data.producer]);
  return isDone ? value : undefined;
}

/** A value between the numbers that two codes stand for; `Relu` or `Clip` before that does no more goes. */
function clippedTo(
  editor: Editor,
  data: Value,
  pairs: readonly CodePair[],
  { scale, zeroPoint }: Theta,
  limits: CodeLimits,
): Value {
  let [low = 0, high = 0] = limits.map((code) => Math.fround((code - zeroPoint) * scale));
  let from = data;
  const before = producerOf(data, 'Relu', 'Clip');
  const bounds = before && (before.is('Relu') ? { lo: 0, hi: undefined } : clipBounds(before));
  const isReadElsewhere = data.useCount > new Set(pairs.map((p) => p.quantize)).size;
  if (before?.inputs[0] && bounds && !isReadElsewhere) {
    from = before.inputs[0];
    low = Math.max(low, bounds.lo ?? low);
    high = Math.min(high, bounds.hi ?? high);
  }
  const graph = data.graph ?? editor.model.graph;
  const inputs = [from, ...[low, high].map((x) => editor.addConstant(graph, tensorOf('float32', [], [x])))];
  const outputs = [editor.freshName(`${data.name}_clipped`)];
  const spec = { opType: 'Clip', inputs, outputs, types: [data.type] };
  return outputOf(editor.createNode(spec, placeBehind(data)));
}
