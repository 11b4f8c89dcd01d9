import type { Model, Value } from '@refold/ir';
import { createSession, type Feeds, type NdArray, type RunOptions } from '@refold/runtime';

/** Told of a value each time it is computed. The array is shared with the run: read it, never write. */
export type Visit = (value: Value, array: NdArray) => void;

/** Runs a model on samples, and shows some values. Nothing is kept between values. */
export interface Observation {
  run(feeds: Feeds): void;
}

/** Inputs of graphs are shown when they are read first. */
export function observe(
  model: Model,
  wanted: (value: Value) => boolean,
  visit: Visit,
  options: Omit<RunOptions, 'onNode'> = {},
): Observation {
  const show = (value: Value | undefined, array: unknown): void => {
    if (value && wanted(value) && isArray(array)) visit(value, array);
  };
  const session = createSession(model, {
    ...options,
    onNode({ node, inputs, outputs }) {
      node.outputs.forEach((value, i) => {
        show(value, outputs[i]);
      });
      node.inputs.forEach((value, i) => {
        const first = value?.producer ? undefined : value?.uses().next().value;
        if (first && first.node === node && first.index === i) show(value, inputs[i]);
      });
    },
  });
  return { run: (feeds) => void session.run(feeds) };
}

function isArray(array: unknown): array is NdArray {
  return typeof array === 'object' && array !== null && 'kind' in array && array.kind === 'tensor';
}
