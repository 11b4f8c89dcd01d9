import { shapeOf, type Tensor, tensorFloats, tensorOf, type Value } from '@refold/ir';
import { type ConstRef, constant, list, named, no, op, type Rule, rule, yes } from '@refold/matcher';
import { rangesOf } from '../layout/slice.ts';
import { type Pass, rulePass } from '../manager/pass.ts';
import { producerOf } from '../support/view.ts';

/** A part x[.., row::2, column::2] of an image. */
interface Quarter {
  readonly x: Value;
  /** Where SpaceToDepth puts it: rows first. */
  readonly place: number;
}

function quarterOf(value: Value): Quarter | undefined {
  const node = producerOf(value, 'Slice');
  const x = node?.inputs[0];
  const ranges = node && rangesOf(node);
  const shape = shapeOf(x);
  if (!x || shape?.length !== 4 || ranges?.length !== 2) return undefined;
  const starts = [2, 3].map((axis) => {
    const range = ranges.find((r) => r.axis === axis);
    const size = shape[axis];
    const isWhole = range && (range.end === size || range.end >= 2 ** 31 - 1);
    const isEven = typeof size === 'number' && size % 2 === 0;
    return isWhole && isEven && range.step === 2 && (range.start === 0 || range.start === 1)
      ? range.start
      : undefined;
  });
  const [row, column] = starts;
  return row === undefined || column === undefined ? undefined : { x, place: 2 * row + column };
}

/** The image of four quarters in any order, and where SpaceToDepth puts each. */
function quartersOf(
  parts: readonly Value[],
): { readonly x: Value; readonly places: readonly number[] } | undefined {
  const quarters = parts.map(quarterOf);
  const [first] = quarters;
  const places = quarters.map((q) => (q && q.x === first?.x ? q.place : -1));
  const isWhole = places.length === 4 && [0, 1, 2, 3].every((place) => places.includes(place));
  return first && isWhole ? { x: first.x, places } : undefined;
}

/** Weights whose input channels stand in the order of SpaceToDepth. */
function reordered(weights: Tensor, places: readonly number[]): Tensor | undefined {
  const [outputs = 0, inputs = 0, ...kernel] = weights.dims;
  const [channels, size] = [inputs / 4, kernel.reduce((a, b) => a * b, 1)];
  const from = tensorFloats(weights);
  const to = new Float64Array(from.length);
  const block = channels * size;
  for (let o = 0; o < outputs; o += 1) {
    places.forEach((place, i) => {
      const at = (o * 4 + i) * block;
      to.set(from.subarray(at, at + block), (o * 4 + place) * block);
    });
  }
  return tensorOf(weights.dtype, weights.dims, to);
}

const floats: readonly string[] = ['float16', 'float32', 'float64', 'bfloat16'];

const canReorder = (w: ConstRef): boolean =>
  floats.includes(w.dtype) && w.rank === 4 && (w.dims[1] ?? 0) % 4 === 0;

const focus: Rule = rule({
  name: 'mov/focus',
  doc: 'Conv(Concat(x[::2, ::2], x[1::2, ::2], x[::2, 1::2], x[1::2, 1::2]), w) = Conv(SpaceToDepth(x), w in its order)',
  match: named(
    'conv',
    op('Conv', [op('Concat', [list('parts')], { params: { axis: 1 } }), constant('w')], {
      params: { group: 1 },
      extraInputs: 'allow',
    }),
  ),
  guard: (m) => {
    if (!quartersOf(m.parts)) return no('not-four-quarters', 'parts');
    return canReorder(m.w) ? yes : no('weights', 'w');
  },
  build: (m, b) => {
    const quarters = quartersOf(m.parts);
    const weights = quarters && reordered(m.w.tensor, quarters.places);
    if (!quarters || !weights) return undefined;
    const x = b.node('SpaceToDepth', [quarters.x], { blocksize: 2 });
    const inputs = [x, b.constant(weights), ...m.conv.inputs.slice(2)];
    return b.node('Conv', inputs, Object.fromEntries(m.conv.attributes));
  },
  emits: [
    { op: 'SpaceToDepth', since: 1 },
    { op: 'Conv', since: 1 },
  ],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['YOLOv5 and YOLOX: Focus'],
  traps: [
    'a quarter twice, or of another image',
    'a grouped convolution ties channels to groups',
    'odd sizes',
  ],
});

export const foldFocus: Pass = rulePass({
  name: 'mov/focus',
  summary: 'fold four interleaved parts of an image before a Conv into SpaceToDepth',
  rules: [focus],
});
