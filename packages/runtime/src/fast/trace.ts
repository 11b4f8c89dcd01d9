import {
  attributesOfCall,
  type CallAttributes,
  elementCount,
  type FunctionDef,
  type Graph,
  type Node,
  newElements,
  normalDomain,
  OpContext,
  operatorOf,
  staticShape,
  tensorType,
  type Value,
  type ValueType,
} from '@refold/ir';
import { isDeterministic } from '../fold/deterministic.ts';
import { captures } from '../plan/captures.ts';
import { planGraph, type Step } from '../plan/plan.ts';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Program, type Values } from '../run/interpreter.ts';
import { NdArray, type NdValue } from '../tensor/nd-array.ts';
import { fromReals } from '../tensor/reals.ts';
import { codedFact, dimsOf, type Fact, initializerFact, knownFact, PlanFacts } from './facts.ts';
import { scaledCodes } from './find-scaled-codes.ts';

/** A node that has to run, as far as it is known before it does. */
export interface TracedStep {
  readonly step: Step;
  readonly op: OpContext;
  readonly facts: readonly (Fact | undefined)[];
}

/** What a graph, or a part of it, does on feeds of given sizes. */
export interface Trace {
  readonly graph: Graph;
  /** Values that are in the frame when it begins. */
  readonly fed: Iterable<Value>;
  readonly steps: readonly TracedStep[];
  /** Those that need not run, since all that they give is known. */
  readonly settled: readonly TracedStep[];
  readonly facts: ReadonlyMap<Value, Fact>;
  /** What cannot be followed before these steps have run, because they find out sizes that it depends on. */
  readonly rest: readonly Step[];
  /** The values that the rest, and outputs of the graph, need of what is fed and computed here. */
  readonly carried: readonly Value[];
}

/** Results of nodes that depend on constants alone, for all plans of a session. */
export type FixedResults = Map<Node, readonly (Fact | undefined)[]>;

/** Results larger than this are left to the run, unless they are no larger than what they are made of. */
const MAX_FOLDED = 1 << 18;

export interface TraceRequest {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly fed: ReadonlyMap<Value, ValueType>;
  /** Facts of an earlier part of the graph that no feed changes. */
  readonly known: ReadonlyMap<Value, Fact>;
  readonly program: Program;
  readonly fixed: FixedResults;
  /** Whether a rest that depends on sizes which nobody knows yet is worth waiting for; else nothing is put off. */
  readonly isWorth: (rest: readonly Step[]) => boolean;
  /** In the body of a function that is called. */
  readonly call?: Call;
}

/** A call whose body is followed for the types of its results. */
interface Call {
  readonly attributes: CallAttributes | undefined;
  /** How many calls there are around. */
  readonly depth: number;
  /** How many more nodes of bodies may be followed: calls in bodies of calls multiply. */
  readonly allowance: { nodes: number };
}

/** Nodes of function bodies that are followed for one trace. */
const MAX_BODY_NODES = 20_000;

/** Calls within calls that are followed. */
const MAX_CALLS = 32;

/**
 * Follows a graph without running it: types of all values by inference, and the values themselves where they depend
 * on constants and sizes only. The latter are computed here, by the reference kernels, and need no step.
 */
export function traceGraph(request: TraceRequest): Trace {
  const trace = follow(request, true);
  return trace.rest.length === 0 || request.isWorth(trace.rest) ? trace : follow(request, false);
}

function follow(request: TraceRequest, mayPutOff: boolean): Trace {
  const { graph, program, fed } = request;
  const call = request.call ?? { attributes: undefined, depth: 0, allowance: { nodes: MAX_BODY_NODES } };
  const facts = new Map<Value, Fact>(request.known);
  const factOf = (value: Value): Fact => {
    let fact = facts.get(value);
    if (!fact) {
      fact = outerFact(value, program);
      facts.set(value, fact);
    }
    return fact;
  };
  for (const [value, type] of fed) facts.set(value, { kind: 'typed', type });

  const steps: TracedStep[] = [];
  const settled: TracedStep[] = [];
  const rest: Step[] = [];
  // Values whose sizes only a run finds out, and all that depends on them.
  const open = new Set<Value | undefined>();
  for (const step of request.steps) {
    const { node } = step;
    // Random numbers are drawn in the order of the graph.
    const waits = rest.length > 0 && !isDeterministic(node);
    if (mayPutOff && (waits || readsAny(node, open))) {
      rest.push(step);
      for (const value of node.outputs) open.add(value);
      continue;
    }
    const operands = node.inputs.map((value) => value && factOf(value));
    const op = new OpContext(node, step.schema, new PlanFacts(operands), call.attributes);
    const results = step.callee
      ? typesOfCall(step.callee, node, operands, request, call)
      : resultsOf(step, op, operands, request);
    let runs = false;
    node.outputs.forEach((value, i) => {
      if (!value) return;
      const fact = results[i] ?? { kind: 'typed', type: undefined };
      facts.set(value, fact);
      if (isOpen(fact)) open.add(value);
      if (step.results[i] && fact.kind === 'typed') runs = true;
    });
    (runs ? steps : settled).push({ step, op, facts: operands });
  }
  open.delete(undefined);
  const carried = rest.length > 0 ? neededBy(rest, graph).filter((v) => facts.get(v)?.kind === 'typed') : [];
  if (rest.length === 0) for (const output of graph.outputs) factOf(output);
  return { graph, fed: fed.keys(), steps, settled, facts, rest, carried };
}

/** Whether the sizes of a value, or even its type, are not known. */
function isOpen({ kind, type }: Fact): boolean {
  return kind === 'typed' && (type === undefined || (type.kind === 'tensor' && !staticShape(type.shape)));
}

function readsAny(node: Node, values: ReadonlySet<Value | undefined>): boolean {
  if (values.size === 0) return false;
  if (node.inputs.some((value) => value && values.has(value))) return true;
  for (const value of captures(node)) if (values.has(value)) return true;
  return false;
}

/** All values that steps read, and the outputs of their graph. */
function neededBy(steps: readonly Step[], graph: Graph): readonly Value[] {
  const needed = new Set<Value>(graph.outputs);
  for (const { node } of steps) {
    for (const value of node.inputs) if (value) needed.add(value);
    for (const value of captures(node)) needed.add(value);
  }
  return [...needed];
}

function outerFact(value: Value, program: Program): Fact {
  if (value.tensor) return initializerFact(value.tensor, program.constants);
  const constant = program.constants.of(value);
  return constant ? knownFact(constant, true) : { kind: 'typed', type: undefined };
}

/** What the body of a function says about the types of the results of a call. */
function typesOfCall(
  callee: FunctionDef,
  node: Node,
  operands: readonly (Fact | undefined)[],
  { program }: TraceRequest,
  { attributes, depth, allowance }: Call,
): readonly (Fact | undefined)[] {
  const { body } = callee;
  const plan = program.plans.get(body) ?? planGraph(body, program.kernels);
  program.plans.set(body, plan);
  allowance.nodes -= plan.steps.length;
  if (allowance.nodes < 0 || depth === MAX_CALLS) return [];
  const facts = new Map<Value, Fact>();
  body.inputs.forEach((input, i) => {
    facts.set(input, operands[i] ?? { kind: 'typed', type: undefined });
  });
  const request: TraceRequest = {
    graph: body,
    steps: plan.steps,
    fed: new Map(),
    known: facts,
    program,
    // What a node of a body gives depends on the call.
    fixed: new Map(),
    isWorth: () => false,
    call: { attributes: attributesOfCall(callee, node, attributes), depth: depth + 1, allowance },
  };
  const trace = follow(request, false);
  return body.outputs.map((value) => ({ kind: 'typed', type: trace.facts.get(value)?.type }));
}

function resultsOf(
  step: Step,
  op: OpContext,
  operands: readonly (Fact | undefined)[],
  { graph, program, fixed }: TraceRequest,
): readonly (Fact | undefined)[] {
  const { node } = step;
  const before = fixed.get(node);
  if (before) return before;
  // Weights that several nodes share are told apart by names only: what is made of them is made once.
  if (node.is('Identity') && operands[0]?.kind === 'known') return [operands[0]];
  const types = inferred(op);
  if (isFoldable(node, operands, types)) {
    const make = (): Values => {
      const inputs = operands.map((fact) => (fact?.kind === 'known' ? fact.value() : standIn(fact)));
      const run = new Interpreter(program, {});
      return run.execute(step, op, inputs, new Frame(graph, run.ledger));
    };
    const coded = codedResult(node, op, operands, types, make);
    const isFixed = operands.every((fact) => fact?.kind !== 'known' || fact.fixed);
    const results = coded ? [coded] : make().map((value) => value && knownFact(value, isFixed));
    if (isFixed) fixed.set(node, results);
    return results;
  }
  const sizes = sizesOf(op);
  return node.outputs.map((_, i) => (i === 0 && sizes ? sizes : { kind: 'typed', type: types[i] }));
}

/** Weights of 8 bits are not held as numbers: those who read them take the codes, or make the numbers themselves. */
function codedResult(
  node: Node,
  op: OpContext,
  operands: readonly (Fact | undefined)[],
  [type]: readonly (ValueType | undefined)[],
  make: () => Values,
): Fact | undefined {
  if (type?.kind !== 'tensor' || type.dtype !== 'float32' || !staticShape(type.shape)) return undefined;
  const codes = scaledCodes(node, op, operands);
  if (!codes) return undefined;
  return codedFact(type, codes, () => {
    const [value] = make();
    if (!value) throw op.invalid('there is no result');
    return value;
  });
}

function isFoldable(
  node: Node,
  operands: readonly (Fact | undefined)[],
  types: readonly (ValueType | undefined)[],
): boolean {
  const matters = node.is('CastLike') ? operands.slice(0, 1) : operands;
  if (!matters.every((fact) => fact === undefined || fact.kind === 'known')) return false;
  if (node.graphs.length > 0 || !isDeterministic(node)) return false;
  const made = types.reduce((sum, type) => sum + elements({ kind: 'typed', type }), 0);
  return made <= Math.max(MAX_FOLDED, 2 * operands.reduce((sum, fact) => sum + elements(fact), 0));
}

/** In place of an operand that matters by its type only. */
function standIn(fact: Fact | undefined): NdValue | undefined {
  if (fact?.type?.kind !== 'tensor') return undefined;
  const { dtype } = fact.type;
  return new NdArray(dtype, [0], dtype === 'string' ? [] : newElements(dtype, 0));
}

function elements(fact: Fact | undefined): number {
  return elementCount(dimsOf(fact) ?? []);
}

/** Types of the results; none where inference cannot say, which a run may find out. */
function inferred(op: OpContext): readonly (ValueType | undefined)[] {
  const meaning = operatorOf(normalDomain(op.node.domain), op.node.opType);
  return meaning ? meaning.infer(op, meaning.view(op)) : [];
}

/** A first output that holds sizes, all of which are known. */
function sizesOf(op: OpContext): Fact | undefined {
  const meaning = operatorOf(normalDomain(op.node.domain), op.node.opType);
  const view = meaning?.contents && meaning.view(op);
  if (!meaning?.contents || !view) return undefined;
  const contents = meaning.contents(op, view, 0);
  const type = meaning.infer(op, view)[0];
  const dims = dimsOf({ kind: 'typed', type: type ?? tensorType('int64') });
  if (!contents || !dims || type?.kind !== 'tensor' || type.dtype !== 'int64') return undefined;
  const numbers = contents.filter((size) => typeof size === 'number');
  if (numbers.length !== contents.length) return undefined;
  return knownFact(fromReals('int64', dims, numbers), false);
}
