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
  // Tables that last as long as the session and are emptied for each run would leave old ones behind, which engines collect
  // late: so these say of which run they speak.
  let runs = 0;
  /** The last run in which a node made a value, or its first operand showed it. */
  const shown = new Map<Value, number>();
  /** The operands that show inputs of graphs. */
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
        if (value) shown.set(value, runs);
        show(value, outputs[i]);
      });
      node.inputs.forEach((value, i) => {
        if (!value || shown.get(value) === runs || !inputs[i]) return;
        if (value.producer) shown.set(value, runs);
        else if (!isFirstReader(readers, value, node, i, runs)) return;
        show(value, inputs[i]);
      });
      options.onNode?.(event);
    },
  });
  return {
    session,
    run(feeds) {
      runs += 1;
      return session.run(feeds);
    },
  };
}

/** What reads a value first in a run. */
interface Operand {
  run: number;
  node: Node;
  index: number;
}

/** Inputs of bodies are shown once a turn: by what has read them first of all that ran. */
function isFirstReader(
  readers: Map<Value, Operand>,
  value: Value,
  node: Node,
  index: number,
  run: number,
): boolean {
  const first = readers.get(value);
  if (first?.run === run) return first.node === node && first.index === index;
  if (first) Object.assign(first, { run, node, index });
  else readers.set(value, { run, node, index });
  return true;
}

function isArray(array: unknown): array is NdArray {
  return typeof array === 'object' && array !== null && 'kind' in array && array.kind === 'tensor';
}
