import type { Model, Node, Value } from '@refold/ir';
import { createSession, type Feeds, type NdArray, type Session, type SessionOptions } from '@refold/runtime';

/**
 * Told of a value each time it is computed. The array is lent by the run until the visit ends: who keeps it copies it, and
 * nobody writes to it.
 */
export type Visit = (value: Value, array: NdArray) => void;

/** Runs a model on samples, and shows some values. Nothing is kept between values. */
export interface Observation {
  readonly session: Session;
  /** Answers the outputs of the model, which are lent until the next run. */
  run(feeds: Feeds): ReturnType<Session['run']>;
}

/**
 * Values are shown by the nodes that make them, else by the first operand that reads them when the model runs: inputs of
 * graphs come from no node, and what follows from sizes alone may have been computed before. `onNode` is told of all nodes as well.
 */
export function observe(
  model: Model,
  wanted: (value: Value) => boolean,
  visit: Visit,
  options: SessionOptions = {},
): Observation {
  /** Values that nodes made, or first operands showed, in this run; and the operands that show inputs of graphs. */
  const shown = new Set<Value>();
  const readers = new Map<Value, Operand>();
  const show = (value: Value | undefined, array: unknown): void => {
    if (value && wanted(value) && isArray(array)) visit(value, array);
  };
  const session = createSession(model, {
    ...options,
    lends: true,
    onNode(event) {
      const { node, inputs, outputs } = event;
      node.outputs.forEach((value, i) => {
        if (value) shown.add(value);
        show(value, outputs[i]);
      });
      node.inputs.forEach((value, i) => {
        if (!value || shown.has(value) || !inputs[i]) return;
        if (value.producer) shown.add(value);
        else if (!isFirstReader(readers, value, node, i)) return;
        show(value, inputs[i]);
      });
      options.onNode?.(event);
    },
  });
  return {
    session,
    run(feeds) {
      shown.clear();
      readers.clear();
      return session.run(feeds);
    },
  };
}

interface Operand {
  readonly node: Node;
  readonly index: number;
}

/** Inputs of bodies are shown once a turn: by what has read them first of all that ran. */
function isFirstReader(readers: Map<Value, Operand>, value: Value, node: Node, index: number): boolean {
  const first = readers.get(value) ?? { node, index };
  readers.set(value, first);
  return first.node === node && first.index === index;
}

function isArray(array: unknown): array is NdArray {
  return typeof array === 'object' && array !== null && 'kind' in array && array.kind === 'tensor';
}
