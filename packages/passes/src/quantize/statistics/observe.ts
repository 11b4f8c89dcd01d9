import type { Model, Value } from '@refold/ir';
import { createSession, type Feeds, type NdArray, type Session, type SessionOptions } from '@refold/runtime';

/** Told of a value each time it is computed. The array is shared with the run: read it, never write. */
export type Visit = (value: Value, array: NdArray) => void;

/** Runs a model on samples, and shows some values. Nothing is kept between values. */
export interface Observation {
  /** What the model takes. */
  readonly inputs: Session['inputs'];
  run(feeds: Feeds): void;
}

/** Inputs of graphs are shown when they are read first. `onNode` is told of all nodes as well. */
export function observe(
  model: Model,
  wanted: (value: Value) => boolean,
  visit: Visit,
  options: SessionOptions = {},
): Observation {
  const show = (value: Value | undefined, array: unknown): void => {
    if (value && wanted(value) && isArray(array)) visit(value, array);
  };
  const session = createSession(model, {
    ...options,
    onNode(event) {
      const { node, inputs, outputs } = event;
      node.outputs.forEach((value, i) => {
        show(value, outputs[i]);
      });
      node.inputs.forEach((value, i) => {
        const first = value?.producer ? undefined : value?.uses().next().value;
        if (first && first.node === node && first.index === i) show(value, inputs[i]);
      });
      options.onNode?.(event);
    },
  });
  return { inputs: session.inputs, run: (feeds) => void session.run(feeds) };
}

function isArray(array: unknown): array is NdArray {
  return typeof array === 'object' && array !== null && 'kind' in array && array.kind === 'tensor';
}
