import { type Node, shapeOf, type Value } from '@refold/ir';
import { type Builder, named, no, op, type Query, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { viewInts } from '../support/view.ts';

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

/** Both ranges as one list, axis by axis; or why there is none. */
function mergedRanges(inner: Node, outer: Node): readonly Range[] | string {
  const [first, second] = [rangesOf(inner), rangesOf(outer)];
  if (!first || !second) return 'bounds-not-constant';
  const merged = new Map(first.map((r) => [r.axis, r]));
  const source = shapeOf(inner.inputs[0]);
  const middle = shapeOf(inner.outputs[0]);
  for (const range of second) {
    const before = merged.get(range.axis);
    if (!before) {
      merged.set(range.axis, range);
      continue;
    }
    const last = fromFront(range, numeric(middle?.[range.axis]));
    const base = fromFront(before, numeric(source?.[range.axis]));
    if (!last || !base) return 'bounds-from-the-end';
    merged.set(range.axis, within(base, last));
  }
  return [...merged.values()];
}

function numeric(dim: unknown): number | undefined {
  return typeof dim === 'number' ? dim : undefined;
}

const chain: Rule = rule({
  name: 'layout/slice-chain',
  doc: 'Slice(Slice(x, r), s) = Slice(x, r and s), axis by axis',
  match: op('Slice', [named('inner', op('Slice', ['x'], { extraInputs: 'allow' }))], {
    extraInputs: 'allow',
  }),
  guard: (m) => {
    const ranges = mergedRanges(m.inner, m.$node);
    return typeof ranges === 'string' ? no(ranges, 'inner') : yes;
  },
  build: (m, b, q) => {
    const ranges = mergedRanges(m.inner, m.$node);
    return typeof ranges === 'string' ? undefined : sliceBy(m.x, ranges, b, q);
  },
  emits: [{ op: 'Slice', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  exporters: ['torch.onnx: x[a:b, c:d], a Slice an axis'],
  traps: ['bounds from the end of an axis of unknown length', 'steps'],
  instances: [
    { shapes: { x: [9, 4] }, values: { starts: [1], ends: [8], axes: [0] } },
    { shapes: { x: [9, 4] }, values: { starts: [-7, 0], ends: [9, -1], axes: [0, 1] } },
  ],
});

export const mergeSlices: Pass = passOf(chain, 'merge slices that follow each other');
