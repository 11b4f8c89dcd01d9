import type { Value } from '@refold/ir';
import { dimsOf, type Growing } from '../growing.ts';
import { type Step, withAxes } from './step.ts';

const transpose: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2);
  const rank = (x && dimsOf(x)?.length) ?? 0;
  return x && g.node('Transpose', [x], { perm: g.choices.shuffled([...Array(rank).keys()]) });
};

/** Factors of a count, chosen one after another. */
function factors(g: Growing, count: number): readonly number[] {
  const dims: number[] = [];
  let rest = count;
  while (rest > 1 && dims.length < 3) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((d) => rest % d === 0);
    const d = g.choices.any(divisors) ?? 1;
    dims.push(d);
    rest /= d;
  }
  return [...dims, rest];
}

const reshape: Step = (g) => {
  const x = g.pick((dims) => dims.every((d) => d > 0));
  if (!x) return undefined;
  const dims = [
    ...factors(
      g,
      (dimsOf(x) ?? []).reduce((a, d) => a * d, 1),
    ),
  ];
  if (g.choices.flag()) dims[g.choices.below(dims.length)] = -1;
  return g.node('Reshape', [x, g.ints(...dims)]);
};

const flatten: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1);
  const rank = (x && dimsOf(x)?.length) ?? 0;
  return x && g.node('Flatten', [x], { axis: g.choices.between(0, rank) });
};

const unsqueeze: Step = (g) => {
  const x = g.pick((dims) => dims.length < 4);
  const rank = (x && dimsOf(x)?.length) ?? 0;
  return x && withAxes(g, 'Unsqueeze', x, [g.choices.below(rank + 1)], 13);
};

const squeeze: Step = (g) => {
  const x = g.pick((dims) => dims.includes(1));
  const axis = (x && dimsOf(x)?.indexOf(1)) ?? -1;
  return x && axis >= 0 ? withAxes(g, 'Squeeze', x, [axis], 13) : undefined;
};

function sliceOf(g: Growing, x: Value, axis: number, start: number, end: number, step: number): Value {
  return g.node('Slice', [
    x,
    g.ints(start),
    g.ints(end),
    g.ints(axis),
    ...(step === 1 ? [] : [g.ints(step)]),
  ]);
}

const slice: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1);
  const dims = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const axis = g.choices.below(dims.length);
  const size = dims[axis] ?? 1;
  const step = g.choices.any([1, 1, 2, -1]) ?? 1;
  if (step < 0) return sliceOf(g, x, axis, size, -size - 1, step);
  const start = g.choices.between(-size, size);
  const end = g.choices.any([size, -1, 2 ** 31 - 1, 1]) ?? size;
  return sliceOf(g, x, axis, start, end, step);
};

/** A value cut in two, and perhaps put together again. */
const halves: Step = (g) => {
  const x = g.pick((dims) => dims.some((d) => d >= 2));
  const dims = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const axis = dims.findIndex((d) => d >= 2);
  const cut = g.choices.between(1, (dims[axis] ?? 2) - 1);
  const sizes = [cut, (dims[axis] ?? 2) - cut];
  const parts = g.choices.flag()
    ? [sliceOf(g, x, axis, 0, cut, 1), sliceOf(g, x, axis, cut, 2 ** 31 - 1, 1)]
    : g.opset < 13
      ? g.nodeN('Split', 2, [x], { axis, split: sizes })
      : g.nodeN('Split', 2, [x, g.ints(...sizes)], { axis });
  if (g.choices.flag()) return g.node('Concat', g.choices.flag() ? parts : [...parts].reverse(), { axis });
  for (const part of parts) g.keep(part);
  return parts[0];
};

const concat: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1);
  if (!x) return undefined;
  const same = dimsOf(x)?.join();
  const others = g.floats((dims) => dims.join() === same).slice(0, 2);
  return g.node('Concat', [x, ...others], { axis: g.choices.below(dimsOf(x)?.length ?? 1) });
};

const gather: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && dims.every((d) => d > 0));
  const dims = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const axis = g.choices.below(dims.length);
  const size = dims[axis] ?? 1;
  const indices = Array.from({ length: g.choices.between(1, 3) }, () => g.choices.between(-size, size - 1));
  return g.node('Gather', [x, g.choices.flag() ? g.ints(...indices) : g.index(indices[0] ?? 0)], { axis });
};

const expand: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && dims.length < 4);
  const dims = (x && dimsOf(x)) ?? [];
  return x && g.node('Expand', [x, g.ints(g.choices.between(1, 2), ...dims.map((d) => (d === 1 ? 2 : 1)))]);
};

const reduce: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && dims.every((d) => d > 0));
  const op = g.choices.any(['ReduceSum', 'ReduceMean', 'ReduceMax']);
  if (!x || !op) return undefined;
  const axis = g.choices.below(dimsOf(x)?.length ?? 1);
  const keepdims = g.choices.below(2);
  const y = withAxes(g, op, x, [axis], op === 'ReduceSum' ? 13 : 18, { keepdims });
  return keepdims === 0 && g.choices.flag() ? withAxes(g, 'Unsqueeze', y, [axis], 13) : y;
};

const softmax: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && dims.every((d) => d > 0));
  if (!x) return undefined;
  const axis = g.choices.below(dimsOf(x)?.length ?? 1);
  if (g.choices.flag()) return g.node('Softmax', [x], { axis });
  // Of bounded numbers only: LogSoftmax is finite where Softmax underflows to 0.
  return g.node('Log', [g.node('Softmax', [g.node('Tanh', [x])], { axis })]);
};

export const layoutSteps: readonly Step[] = [
  ...[transpose, transpose, reshape, reshape, flatten, unsqueeze, squeeze, slice, slice, halves, concat],
  ...[gather, expand, reduce, softmax],
];
