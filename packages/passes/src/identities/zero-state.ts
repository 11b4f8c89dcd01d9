import { type Node, tensorFloats, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { splatOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

/** Operators that only move or repeat the elements of their first operand. */
const movers = [
  'Expand',
  'Slice',
  'Split',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Identity',
  'Tile',
];

/** How many of them are looked through. */
const MAX_MOVES = 8;

/** Whether a value is zero everywhere, computed or constant. */
function isZero(value: Value): boolean {
  let at = value;
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    if (splatOf(at) === 0) return true;
    const node = producerOf(at, 'ConstantOfShape', ...movers);
    if (node?.opType === 'ConstantOfShape') {
      const fill = node.attributes.get('value');
      return fill === undefined || (fill.type === 'tensor' && tensorFloats(fill.value)[0] === 0);
    }
    const [operand] = node?.inputs ?? [];
    if (!operand) return false;
    at = operand;
  }
  return false;
}

/** Operands that default to zero when they are absent. */
const states: ReadonlyMap<string, readonly number[]> = new Map([
  ['LSTM', [5, 6]],
  ['GRU', [5]],
  ['RNN', [5]],
]);

// Code, not a pattern: one or two of the operands may be zero, and any of the results be read.
const zeroState = nodeRule({
  name: 'identities/zero-state',
  doc: 'LSTM(..., initial_h = 0, initial_c = 0) = LSTM(...), GRU and RNN alike',
  ops: [...states.keys()],
  exactness: 'exact',
  emits: [...states.keys()].map((op) => ({ op, since: 1 })),
  decreases: 'edges',
  rewrite: (node, b) => {
    const zeros = (states.get(node.opType) ?? []).filter((i) => node.inputs[i] && isZero(node.inputs[i]));
    if (zeros.length === 0) return undefined;
    const inputs = node.inputs.map((v, i) => (zeros.includes(i) ? undefined : v));
    const results = b.nodeN(node.opType, node.outputs.length, inputs, Object.fromEntries(node.attributes));
    return firstOf(node, results, (from, to) => b.replace(from, to));
  },
});

/** Replaces every output that is read by its twin; gives back the twin of the first one that is there. */
function firstOf(
  node: Node,
  results: readonly Value[],
  replace: (from: Value, to: Value) => void,
): Value | undefined {
  const root = node.outputs.findIndex((o) => o !== undefined);
  node.outputs.forEach((from, i) => {
    const to = results[i];
    if (from && to && i !== root) replace(from, to);
  });
  return results[root];
}

export const dropZeroStates: Pass = rulePass({
  name: 'identities/zero-state',
  summary: 'drop initial states of recurrent operators that are zero',
  rules: [zeroState],
});
