import { sameDim, type Value } from '@refold/ir';
import { rangesOf } from '../layout/slice.ts';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewNumber } from '../support/view.ts';

/** Where operands of a Concat begin along its axis; undefined from the first one on whose length is not known. */
function starts(operands: readonly (Value | undefined)[], axis: number): readonly (number | undefined)[] {
  let at: number | undefined = 0;
  return operands.map((x) => {
    const start = at;
    const length = shapeOf(x)?.[axis];
    at = at !== undefined && typeof length === 'number' ? at + length : undefined;
    return start;
  });
}

const slice = nodeRule({
  name: 'mov/concat-slice',
  doc: 'Slice(Concat(a, b), where b lies) = b',
  ops: 'Slice',
  over: ['Concat'],
  exactness: 'exact',
  rewrite: (node, b) => {
    const concat = producerOf(node.inputs[0], 'Concat');
    const ranges = rangesOf(node);
    const [range, ...others] = ranges ?? [];
    const axis = concat && viewNumber(concat, 'axis');
    if (!concat || !range || others.length > 0 || range.axis !== axis || range.step !== 1) return undefined;
    const total = shapeOf(node.inputs[0])?.[axis];
    if (typeof total !== 'number') return b.fail('size-unknown');
    const place = (v: number): number => Math.min(Math.max(v < 0 ? v + total : v, 0), total);
    const [first, end] = [place(range.start), place(range.end)];
    const index = starts(concat.inputs, axis).indexOf(first);
    const part = concat.inputs[index];
    const length = shapeOf(part)?.[axis];
    // An operand of length 0 begins where the next one does.
    return part && length === end - first && length > 0 ? part : undefined;
  },
});

const split = nodeRule({
  name: 'mov/concat-slice.split',
  doc: 'Split(Concat(a, b), [length of a, length of b]) = a, b',
  ops: 'Split',
  over: ['Concat'],
  exactness: 'exact',
  rewrite: (node, b) => {
    const concat = producerOf(node.inputs[0], 'Concat');
    const axis = viewNumber(node, 'axis');
    if (!concat || axis === undefined || viewNumber(concat, 'axis') !== axis) return undefined;
    const parts = concat.inputs;
    if (parts.length !== node.outputs.length || axis < 0) return undefined;
    const isPart = (x: Value | undefined, i: number): boolean => {
      const [from, to] = [shapeOf(x)?.[axis], shapeOf(node.outputs[i])?.[axis]];
      return from !== undefined && to !== undefined && sameDim(from, to) === 'yes';
    };
    if (!parts.every(isPart)) return b.fail('parts-differ');
    node.outputs.forEach((output, i) => {
      const part = parts[i];
      if (i > 0 && output && output.useCount > 0 && part) b.replace(output, part);
    });
    return parts[0];
  },
});

export const concatSlice: Pass = rulePass({
  name: 'mov/concat-slice',
  summary: 'take operands of a Concat instead of cutting it up again',
  rules: [slice, split],
});
