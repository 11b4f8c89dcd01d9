import { isFloat } from '@refold/ir';
import { hasAxes, hasElements, type Site } from '../build/site.ts';
import { each, type Family, type Generator } from './generator.ts';

/** Some axes, each counted from either end; all or none of them now and then. */
function axesOf(s: Site, rank: number): readonly number[] {
  const axes = s.choices.some(Array.from({ length: rank }, (_, axis) => axis));
  return axes.map((axis) => (s.choices.rarely(3) ? axis - rank : axis));
}

const reduce =
  (test: (dims: readonly number[]) => boolean): Generator =>
  (s) => {
    const x = s.value(s.data(s.types(0)), { rank: [0, 4], fits: test });
    const axes = x.dims.length > 0 ? s.maybe(() => axesOf(s, x.dims.length)) : undefined;
    const keepdims = s.flag();
    if (s.has('axes')) return void s.node([x], { axes: axes?.length === 0 ? undefined : axes, keepdims });
    s.node([x, axes && s.ints(axes)], { keepdims, noop_with_empty_axes: s.flag() });
  };

const argExtreme: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  s.node([x], { axis: s.axis(x.dims.length), keepdims: s.flag(), select_last_index: s.flag() });
};

const alongAxis: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.version < 11 ? s.choices.below(x.dims.length) : s.axis(x.dims.length);
  s.node([x], { axis: s.maybe(() => axis) ?? (x.dims.length > 1 ? undefined : 0) });
};

const cumulative: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4] });
  const axis = s.known(s.dtype(s.types(1)), [], [s.axis(x.dims.length)]);
  s.node([x, axis], { exclusive: s.flag(), reverse: s.flag() });
};

const lpNormalization: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  s.node([x], { axis: s.maybe(() => s.axis(x.dims.length)), p: s.maybe(() => s.choices.of([1, 2])) });
};

const topK: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.axis(x.dims.length);
  const k = s.choices.between(1, x.dims.at(axis) ?? 1);
  if (s.version < 10) return void s.node([x], { axis, k }, 2);
  // Without an order of the results there would be many right ones.
  s.node([x, s.ints([k])], { axis, largest: s.flag(), sorted: s.maybe(() => 1) }, 2);
};

const unique: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 3], fits: hasElements });
  const outputs = [true, ...Array.from({ length: s.choices.below(4) }, () => s.choices.flag())];
  while (outputs.at(-1) === false) outputs.pop();
  s.node([x], { axis: s.maybe(() => s.axis(x.dims.length)), sorted: s.flag() }, outputs);
};

const nonZero: Generator = (s) => void s.node([s.value(s.data(s.types(0)), { fits: hasAxes })]);

const meanVariance: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [4, 4], fits: hasElements });
  const axes = s.maybe(() => s.choices.some([0, 1, 2, 3]));
  s.node([x], { axes: axes?.length === 0 ? undefined : axes });
};

const einsums = [
  'ij,jk->ik',
  'ij,kj->ik',
  'bij,bjk->bik',
  'ij->ji',
  'ii->i',
  'ii',
  'ij,ij->',
  'i,j->ij',
  '...i,...i->...',
  'ij,jk',
  'bhid,bhjd->bhij',
] as const;

const einsum: Generator = (s) => {
  const equation = s.choices.of(einsums);
  const [left = ''] = equation.split('->');
  const sizes = new Map<string, number>();
  const sizeOf = (label: string): number => {
    const size = sizes.get(label) ?? s.choices.between(1, 3);
    sizes.set(label, size);
    return size;
  };
  const dtype = s.dtype(s.data(s.types(0)));
  const operands = left.split(',').map((term) => {
    const labels = [...term.replace('...', 'ZY')];
    return s.like(dtype, labels.map(sizeOf));
  });
  s.node(operands, {
    equation: s.choices.flag() ? equation : equation.replaceAll(/([,>])/g, ' $1 ').replace('- >', '->'),
  });
};

const tall = (dims: readonly number[]): boolean =>
  dims.length >= 2 && dims.at(-1) === dims.at(-2) && hasElements(dims);

const det: Generator = (s) => {
  const x = s.value(s.data(s.types(0)).filter(isFloat), {
    rank: [2, 4],
    fits: tall,
    dims: () => {
      const size = s.choices.between(1, 4);
      return [...s.sizes(s.choices.below(2)), size, size];
    },
  });
  s.node([x]);
};

export const reductionFamily: Family = {
  ...each(
    'ReduceSum ReduceProd ReduceL1 ReduceL2 ReduceSumSquare',
    reduce(() => true),
  ),
  ...each('ReduceMax ReduceMin ReduceMean ReduceLogSum ReduceLogSumExp', reduce(hasElements)),
  ...each('ArgMax ArgMin', argExtreme),
  ...each('Softmax LogSoftmax Hardmax', alongAxis),
  ...each('CumSum CumProd', cumulative),
  LpNormalization: lpNormalization,
  TopK: topK,
  Unique: unique,
  NonZero: nonZero,
  MeanVarianceNormalization: meanVariance,
  Einsum: einsum,
  Det: det,
};
