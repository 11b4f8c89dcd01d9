import { elementCount, type Value } from '@refold/ir';
import { kernelOf } from '../kernels/registry.ts';
import { liveBytes, livenessBound, placeIntervals } from '../plan/arena.ts';
import { captures } from '../plan/captures.ts';
import type { Step } from '../plan/plan.ts';
import type { Program } from '../run/interpreter.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import type { Allowances } from './allowances.ts';
import { ALIGNMENT, type ArenaLayout, type FastMemory } from './memory.ts';
import { loweringOf } from './operators/index.ts';
import { planReferenceStep, type Source, sourceOf } from './reference-step.ts';
import { type FastOptions, Site, type Surroundings } from './site.ts';
import { Storage } from './storage.ts';
import type { RunState, Task } from './task.ts';
import type { Trace, TracedStep } from './trace.ts';

/** How to run a graph, or the first part of one, on feeds of certain sizes. */
export interface FastPlan extends ArenaLayout {
  readonly tasks: readonly Task[];
  /** Bytes that are in use during each task. */
  readonly live: readonly number[];
  /** The outputs of the graph, if this is the last part of it. What lies in the arena is seen in place. */
  readonly outputs: readonly Source[];
  /** The values of the frame when another part follows, and how to read those that are not there. */
  readonly carried: ReadonlyMap<Value, Source>;
}

export interface PlanRequest {
  readonly memory: FastMemory;
  readonly program: Program;
  readonly options: FastOptions;
  /** Memory for weights in larger forms; what a plan spends is spent. */
  readonly allowances: Allowances;
  /** Told of every node, which then are not fused. What lies in the arena is seen in place. */
  readonly observe:
    | ((step: TracedStep, inputs: readonly Read[], outputs: readonly Read[]) => void)
    | undefined;
}

export type Read = NdValue | undefined;

/** Chooses a kernel for each step of a trace, and a place in the arena for each value. */
export function planFast(trace: Trace, request: PlanRequest): FastPlan {
  const { memory, program, options } = request;
  const storage = new Storage(memory, trace.facts);
  const absorbed = new Set<TracedStep>();
  const readers = readersOf(trace);
  const observed = request.observe !== undefined;
  const around: Surroundings = {
    storage,
    options,
    program,
    readers: (value) => (observed ? [] : (readers.get(value) ?? [])),
    onlyReader(value) {
      const [reader, ...others] = this.readers(value);
      return others.length === 0 ? reader : undefined;
    },
    absorb: (step) => absorbed.add(step),
    afford: (constant, form, bytes) =>
      memory.has(constant, form) || request.allowances.spend(constant, bytes),
  };
  for (const value of trace.fed) storage.bindFramed(value);
  for (const step of trace.steps) {
    if (absorbed.has(step)) continue;
    if (!lowered(step, around)) planReferenceStep(storage, program, step);
    if (request.observe) observe(storage, program, step, request.observe);
  }
  const isLast = trace.rest.length === 0;
  const results = isLast ? trace.graph.outputs : trace.carried;
  const sources = results.map((value) => sourceOf(storage, program, value, undefined, false));
  // Conversions of some results are tasks as well, over which all others must last.
  for (const value of results) if (storage.isFramed(value)) storage.readFramed(value);
  for (const { place } of sources) place?.touch(storage.tasks.length);
  storage.finish(new Set(trace.carried));
  const intervals = storage.places.map(({ bytes, from, to }) => ({ bytes, from, to }));
  const { offsets, bytes } = placeIntervals(intervals, ALIGNMENT);
  return {
    tasks: storage.tasks,
    places: storage.places,
    offsets,
    arenaBytes: bytes,
    live: liveBytes(intervals, storage.tasks.length),
    boundBytes: livenessBound(intervals),
    outputs: isLast ? sources : [],
    carried: new Map(isLast ? [] : results.flatMap((value, i) => (sources[i] ? [[value, sources[i]]] : []))),
  };
}

/** Operators whose results are among the numbers of their operands, so that there is nothing to round. */
const moving: ReadonlySet<string> = new Set(
  'Abs Concat DepthToSpace Dropout Expand Flatten Gather Identity Max MaxPool Min Neg ReduceMax ReduceMin Relu'
    .concat(' Reshape Slice SpaceToDepth Split Squeeze Tile Transpose Unsqueeze Where')
    .split(' '),
);

/** Whether the fast tier may have kernels for some of these steps. */
export function mayBeFast(steps: readonly Step[]): boolean {
  return steps.some(({ node }) => loweringOf(node.domain, node.opType) !== undefined);
}

/** Elements of a result that the fast tier computes: a quarter of what its memory can hold. */
const MAX_ELEMENTS = 2 ** 28;

function fits(dims: readonly number[] | undefined): boolean {
  return !dims || elementCount(dims) <= MAX_ELEMENTS;
}

/** Whether a kernel of the fast tier computes a step. Kernels that a caller gave come before all others. */
function lowered(step: TracedStep, around: Surroundings): boolean {
  const { node, kernel } = step.step;
  const lowering = loweringOf(node.domain, node.opType);
  if (!lowering || kernel !== kernelOf(node.domain, node.opType)) return false;
  // The reference kernel says what is missing.
  const required = node.inputs.slice(0, step.step.schema?.arity[0]);
  if (required.length < (step.step.schema?.arity[0] ?? 0) || required.includes(undefined)) return false;
  // What is too large for the memory is for the reference kernel to refuse, before tables are made for it.
  if (node.outputs.some((value) => value && !fits(around.storage.dimsIfKnown(value)))) return false;
  const site = new Site(step, around);
  if (!lowering(site)) return false;
  if (site.result && !moving.has(node.opType)) around.storage.round(site.result, node);
  return true;
}

/** The steps that read each value, once for each operand; none for values that something else needs too. */
function readersOf({ graph, steps, carried }: Trace): ReadonlyMap<Value, readonly TracedStep[]> {
  const readers = new Map<Value, TracedStep[]>();
  const pinned = new Set<Value>([...graph.outputs, ...carried]);
  for (const step of steps) {
    for (const value of step.step.node.inputs) {
      if (!value) continue;
      const list = readers.get(value);
      if (list) list.push(step);
      else readers.set(value, [step]);
    }
    for (const value of captures(step.step.node)) pinned.add(value);
  }
  for (const value of pinned) readers.delete(value);
  return readers;
}

function observe(
  storage: Storage,
  program: Program,
  step: TracedStep,
  tell: (step: TracedStep, inputs: readonly Read[], outputs: readonly Read[]) => void,
): void {
  const { node, results } = step.step;
  const read = (values: readonly (Value | undefined)[]): readonly (Source | undefined)[] =>
    values.map((value) => value && sourceOf(storage, program, value, node, false));
  const inputs = read(node.inputs);
  const outputs = read(results);
  for (const value of [...node.inputs, ...results])
    if (value && storage.isFramed(value)) storage.readFramed(value);
  const places = [...inputs, ...outputs].map((source) => source?.place);
  storage.emit(node, 'observe', 0, places, (state: RunState) => {
    const values = (sources: readonly (Source | undefined)[]) => sources.map((source) => source?.read(state));
    tell(step, values(inputs), values(outputs));
  });
}
