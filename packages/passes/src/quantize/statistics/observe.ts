import type { Model, Node, Value } from '@refold/ir';
import { createSession, type Feeds, type NdArray, type Session, type SessionOptions } from '@refold/runtime';

/** Told of a value each time it is computed. The array is shared with the run: read it, never write. */
export type Visit = (value: Value, array: NdArray) => void;

/** Runs a model on samples, and shows some values. Nothing is kept between values. */
export interface Observation {
  readonly session: Session;
  /** Answers the outputs of the model. */
  run(feeds: Feeds): ReturnType<Session['run']>;
}

/**
 * Values are shown by the nodes that make them, else by the first operand that reads them: inputs of graphs come from no
 * node, and what follows from sizes alone may have been computed before. `onNode` is told of all nodes as well.
 */
export function observe(
  model: Model,
  wanted: (value: Value) => boolean,
  visit: Visit,
  options: SessionOptions = {},
): Observation {
  /** Values that nodes made, or first operands showed, in this run. */
  const shown = new Set<Value>();
  const show = (value: Value | undefined, array: unknown): void => {
    if (value && wanted(value) && isArray(array)) visit(value, array);
  };
  const session = createSession(model, {
    ...options,
    onNode(event) {
      const { node, inputs, outputs } = event;
      node.outputs.forEach((value, i) => {
        if (value) shown.add(value);
        show(value, outputs[i]);
      });
      node.inputs.forEach((value, i) => {
        if (!value || shown.has(value)) return;
        if (value.producer) shown.add(value);
        else if (!isFirstUse(value, node, i)) return;
        show(value, inputs[i]);
      });
      options.onNode?.(event);
    },
  });
  return {
    session,
    run(feeds) {
      shown.clear();
      return session.run(feeds);
    },
  };
}

/** Inputs of bodies are shown once a turn. */
function isFirstUse(value: Value, node: Node, index: number): boolean {
  const first = value.uses().next().value;
  return first?.node === node && first.index === index;
}

function isArray(array: unknown): array is NdArray {
  return typeof array === 'object' && array !== null && 'kind' in array && array.kind === 'tensor';
}
