import type { Node, Value } from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewInts } from '../support/view.ts';

/** What a slice takes of one axis. */
export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The ranges of a Slice with constant parameters and non-negative axes. */
export function rangesOf(node: Node): readonly Range[] | undefined {
  const starts = viewInts(node, 'starts');
  const ends = viewInts(node, 'ends');
  const axes = viewInts(node, 'axes');
  const steps = viewInts(node, 'steps');
  if (!starts || !ends || !axes || !steps || axes.some((a) => a < 0)) return undefined;
  return axes.map((axis, i) => ({ axis, start: starts[i] ?? 0, end: ends[i] ?? 0, step: steps[i] ?? 1 }));
}

/** Bounds counted from the front and inside the axis, when that can be said without knowing its length. */
function fromFront(range: Range, length: number | undefined): Range | undefined {
  if (range.step !== 1) return undefined;
  if (length === undefined) return range.start >= 0 && range.end >= 0 ? range : undefined;
  const place = (v: number): number => Math.min(Math.max(v < 0 ? v + length : v, 0), length);
  return { ...range, start: place(range.start), end: place(range.end) };
}

/** One range after another on the same axis, both counted from the front. */
function within(first: Range, second: Range): Range {
  const start = Math.min(first.start + second.start, Math.max(first.end, first.start));
  return { ...first, start, end: Math.max(start, Math.min(first.end, first.start + second.end)) };
}

/** Bounds beyond every length, such as the largest int64, as ones that are exact as numbers. */
function bounded(v: number): number {
  return Math.max(Math.min(v, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
}

/** A Slice by ranges, in the form of the opset: attributes up to 9, operands from 10 on. */
export function sliceBy(x: Value | undefined, ranges: readonly Range[], b: Builder, q: Query): Value {
  const starts = ranges.map((r) => bounded(r.start));
  const ends = ranges.map((r) => bounded(r.end));
  const axes = ranges.map((r) => r.axis);
  if (q.opset < 10) return b.node('Slice', [x], { starts, ends, axes });
  const steps = ranges.some((r) => r.step !== 1)
    ? b.ints(
        ranges.map((r) => r.step),
        'steps',
      )
    : undefined;
  return b.node('Slice', [x, b.ints(starts, 'starts'), b.ints(ends, 'ends'), b.ints(axes, 'axes'), steps]);
}

const chain = nodeRule({
  name: 'layout/slice-chain',
  doc: 'Slice(Slice(x, r), s) = Slice(x, r and s), axis by axis',
  ops: 'Slice',
  over: ['Slice'],
  exactness: 'exact',
  emits: [{ op: 'Slice', since: 1 }],
  rewrite: (node, b, q) => {
    const inner = producerOf(node.inputs[0], 'Slice');
    const first = inner && rangesOf(inner);
    const second = rangesOf(node);
    if (!inner || !first || !second) return undefined;
    const merged = new Map(first.map((r) => [r.axis, r]));
    const source = shapeOf(inner.inputs[0]);
    const middle = shapeOf(inner.outputs[0]);
    for (const range of second) {
      const before = merged.get(range.axis);
      if (!before) {
        merged.set(range.axis, range);
        continue;
      }
      const outer = fromFront(range, numeric(middle?.[range.axis]));
      const base = fromFront(before, numeric(source?.[range.axis]));
      if (!outer || !base) return b.fail('bounds-from-the-end');
      merged.set(range.axis, within(base, outer));
    }
    return sliceBy(inner.inputs[0], [...merged.values()], b, q);
  },
});

function numeric(dim: unknown): number | undefined {
  return typeof dim === 'number' ? dim : undefined;
}

export const mergeSlices: Pass = rulePass({
  name: 'layout/slice-chain',
  summary: 'merge slices that follow each other',
  rules: [chain],
});
