import { constantTensor, type Model, tensorFloats, type Value } from '@refold/ir';
import { createSession, type Feeds, type NdValue, type RunOptions, reals } from '@refold/runtime';
import { Histogram } from './histogram.ts';

/**
 * Runs a model on samples and counts the numbers of some values, by key. Nothing but counts is kept: a value is
 * counted when it is computed. Constants count once.
 */
export function calibrate(
  model: Model,
  samples: Iterable<Feeds>,
  values: ReadonlyMap<string, Value>,
  options: Omit<RunOptions, 'onNode'> = {},
): Map<string, Histogram> {
  const statistics = new Map<string, Histogram>();
  const wanted = new Map<Value, Histogram>();
  for (const [key, value] of values) {
    const constant = constantTensor(value);
    const histogram = constant ? Histogram.of(tensorFloats(constant)) : new Histogram();
    statistics.set(key, histogram);
    if (!constant) wanted.set(value, histogram);
  }
  const session = createSession(model, {
    ...options,
    onNode({ node, inputs, outputs }) {
      for (const [i, value] of node.outputs.entries()) count(wanted, value, outputs[i]);
      // Inputs of graphs come from no node: their first reader shows them.
      node.inputs.forEach((value, i) => {
        const first = value?.producer ? undefined : value?.uses().next().value;
        if (first && first.node === node && first.index === i) count(wanted, value, inputs[i]);
      });
    },
  });
  for (const feeds of samples) session.run(feeds);
  for (const [key, histogram] of statistics) if (isUnseen(histogram)) statistics.delete(key);
  return statistics;
}

function count(
  wanted: ReadonlyMap<Value, Histogram>,
  value: Value | undefined,
  seen: NdValue | undefined,
): void {
  const histogram = value && wanted.get(value);
  if (histogram && seen?.kind === 'tensor') histogram.add(reals(seen));
}

function isUnseen(h: Histogram): boolean {
  return h.count + h.nan + h.positiveInfinite + h.negativeInfinite === 0;
}
