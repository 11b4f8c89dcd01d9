import { type Node, type ParamValue, sameDim, shapeOf, type Value } from '@refold/ir';
import { list, no, op, type Query, type Rule, rule, type Verdict, yes } from '@refold/matcher';
import { rangesOf } from '../layout/slice.ts';
import { type Pass, rulePass } from '../manager/pass.ts';

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

const joined = op('Concat', [list('parts')], { params: { axis: { capture: 'axis' } } });

interface Parts {
  readonly parts: readonly Value[];
  readonly axis: ParamValue;
  readonly $node: Node;
}

/** The operand of the Concat that a Slice takes; or why it takes none. */
function partOf({ parts, axis, $node }: Parts): Value | string {
  const [range, ...others] = rangesOf($node) ?? [];
  if (!range || others.length > 0 || range.axis !== axis || range.step !== 1) return 'other-axis';
  const total = shapeOf($node.inputs[0])?.[range.axis];
  if (typeof total !== 'number') return 'size-unknown';
  const place = (v: number): number => Math.min(Math.max(v < 0 ? v + total : v, 0), total);
  const [first, end] = [place(range.start), place(range.end)];
  const part = parts[starts(parts, range.axis).indexOf(first)];
  const length = shapeOf(part)?.[range.axis];
  // An operand of length 0 begins where the next one does.
  return part && length === end - first && length > 0 ? part : 'not-a-part';
}

const slice: Rule = rule({
  name: 'mov/concat-slice',
  doc: 'Slice(Concat(a, b), where b lies) = b',
  match: op('Slice', [joined], { extraInputs: 'allow' }),
  guard: (m) => {
    const part = partOf(m);
    return typeof part === 'string' ? no(part, 'parts') : yes;
  },
  build: (m) => {
    const part = partOf(m);
    return typeof part === 'string' ? undefined : part;
  },
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: 2.5,
  exporters: ['torch.onnx: chunk of a cat'],
  instances: [
    {
      model: `(float[2,3] a, float[2,4] b) => (float[2,4] y) <int64[1] s = {3}, int64[1] e = {7}, int64[1] o = {1}> {
        c = Concat <axis = 1> (a, b) t = Slice (c, s, e, o) y = Neg (t) }`,
    },
    {
      model: `(float[3,2] a, float[4,2] b) => (float[3,2] y) <int64[1] s = {0}, int64[1] e = {-4}> {
        c = Concat <axis = 0> (a, b) t = Slice (c, s, e) y = Neg (t) }`,
    },
  ],
});

/** Whether the results of a Split have the lengths of the operands of the Concat. */
function isTakenApart({ parts, axis, $node }: Parts, q: Query): Verdict {
  if (typeof axis !== 'number' || axis < 0) return no('axis-unknown');
  if (parts.length !== $node.outputs.length) return no('parts-differ', 'parts');
  const alike = parts.every((part, i) => {
    const output = $node.outputs[i];
    const [from, to] = [q.shape(part)?.[axis], output && q.shape(output)?.[axis]];
    return from !== undefined && to !== undefined && sameDim(from, to) === 'yes';
  });
  return alike ? yes : no('parts-differ', 'parts');
}

const split: Rule = rule({
  name: 'mov/concat-slice.split',
  doc: 'Split(Concat(a, b), [length of a, length of b]) = a, b',
  match: op('Split', [joined], { params: { axis: { capture: 'axis' } }, extraInputs: 'allow' }),
  guard: isTakenApart,
  build: ({ parts, $node }, b) => {
    $node.outputs.forEach((output, i) => {
      const part = parts[i];
      if (i > 0 && output && output.useCount > 0 && part) b.replace(output, part);
    });
    return parts[0];
  },
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  traps: ['parts of other lengths', 'another axis'],
  instances: [
    {
      model: `(float[2,3] a, float[2,4] b) => (float[2,3] y, float[2,4] z) <int64[2] n = {3, 4}> {
        c = Concat <axis = 1> (a, b) p, q = Split <axis = 1> (c, n) y = Neg (p) z = Abs (q) }`,
    },
  ],
});

export const concatSlice: Pass = rulePass({
  name: 'mov/concat-slice',
  summary: 'take operands of a Concat instead of cutting it up again',
  rules: [slice, split],
});
