import { type Node, OpContext, type Value } from '@refold/ir';
import { captures } from '../plan/captures.ts';
import type { Program } from '../run/interpreter.ts';
import { locateError } from '../run/locate-error.ts';
import { ValueFacts } from '../run/operand-facts.ts';
import { NdArray, type NdValue } from '../tensor/nd-array.ts';
import { fromReals } from '../tensor/reals.ts';
import { owned } from './owned.ts';
import type { Place } from './places.ts';
import type { Storage } from './storage.ts';
import type { RunState } from './task.ts';
import type { TracedStep } from './trace.ts';

/** How a value is read at run time by code that knows nothing of the arena. */
export interface Source {
  readonly place: Place | undefined;
  read(state: RunState): NdValue | undefined;
}

/**
 * Prepares to read a value by the task that comes now. What lies in the arena is seen in place, and only until the
 * task ends, unless `copied`.
 */
export function sourceOf(
  storage: Storage,
  program: Program,
  value: Value,
  node: Node | undefined,
  copied: boolean,
): Source {
  const fact = storage.fact(value);
  if (storage.isFramed(value)) {
    return { place: undefined, read: ({ frame }) => frame.get(value) };
  }
  if (storage.has(value, 'plain') || storage.has(value, 'blocked')) {
    const place = storage.read(value, 'plain', node);
    const dims = storage.dims(value);
    const dtype = fact?.type?.kind === 'tensor' ? fact.type.dtype : 'float32';
    const count = place.bytes / 4;
    const { memory } = storage;
    return {
      place,
      read() {
        const floats = memory.floats(place.at, count);
        if (dtype !== 'float32') return fromReals(dtype, dims, floats);
        return new NdArray(dtype, dims, copied ? floats.slice() : floats);
      },
    };
  }
  if (fact?.kind !== 'known') return { place: undefined, read: () => undefined };
  let made: NdValue | undefined;
  const read = (): NdValue => {
    const constant = program.constants.of(value);
    if (constant) return constant;
    made ??= fact.value();
    return made;
  };
  return { place: undefined, read };
}

/** Plans a node on its reference kernel: operands and results are arrays, as they are for every kernel there. */
export function planReferenceStep(storage: Storage, program: Program, traced: TracedStep): void {
  const { step } = traced;
  const { node } = step;
  // Initializers that only nested graphs read are not part of the trace; the interpreter finds them.
  const captured = [...captures(node)].filter((value) => value.graph === node.graph && storage.fact(value));
  // What runs inside may move the arena, or use the memory behind it.
  const runsGraphs = node.graphs.length > 0 || step.callee !== undefined;
  const copied = runsGraphs || step.results.some((value) => value && !isTensor(storage, value));
  const sources = node.inputs.map((value) => value && sourceOf(storage, program, value, node, copied));
  const outer = captured.map((value) => ({ value, source: sourceOf(storage, program, value, node, true) }));
  const places = [...sources, ...outer.map(({ source }) => source)].map((source) => source?.place);
  for (const value of node.inputs) if (value && storage.isFramed(value)) storage.readFramed(value);
  for (const value of captured) if (storage.isFramed(value)) storage.readFramed(value);
  for (const value of step.results) if (value) storage.bindFramed(value);
  storage.emit(node, 'reference', storage.flops(traced), places, (state) => {
    const { frame, interpreter } = state;
    const inputs = sources.map((source) => source?.read(state));
    const lent = outer.filter(({ value }) => !frame.has(value));
    for (const { value, source } of lent) frame.bind(value, source.read(state));
    try {
      const op = new OpContext(node, step.schema, new ValueFacts(inputs));
      const outputs = interpreter.execute(step, op, inputs, frame);
      for (const { value } of lent) frame.release(value);
      step.results.forEach((value, i) => {
        if (value) frame.bind(value, owned(storage.memory, outputs[i]));
      });
    } catch (error) {
      throw locateError(error, node, frame.path);
    }
  });
}

function isTensor(storage: Storage, value: Value): boolean {
  return storage.fact(value)?.type?.kind === 'tensor';
}
