import { type Graph, gradient, ModelError, type Node, type Value, viewAs } from '@refold/ir';
import { arrayRules } from './arrays.ts';
import { convolutionRules } from './convolution.ts';
import { arithmeticRules, functionRules } from './functions.ts';
import { localOf, partialOf, type Rule } from './rule.ts';
import type { Tape } from './tape.ts';

const rules: ReadonlyMap<string, Rule> = new Map(
  Object.entries({ ...functionRules, ...arithmeticRules, ...arrayRules, ...convolutionRules }),
);

/** Derivatives of a higher order double in size with each step. */
const MAX_ORDER = 16;

/** What is to be differentiated, in the graph where it stands: names, with the values that take their place. */
export interface Target {
  readonly graph: Graph;
  readonly y: string;
  readonly xs: readonly string[];
  /** Nodes whose derivatives are being written: this one, and those of which it is a part. */
  readonly open: ReadonlySet<Node>;
  /** Parallel to `xs` and then `zs`. */
  readonly names: readonly string[];
  readonly places: readonly Value[];
}

/**
 * Writes what `y` is made of, and then the derivatives of the sum of its elements by each of `xs`, by reverse
 * accumulation. Linear in the nodes that `y` is made of, but for derivatives of derivatives.
 */
export function differentiate(tape: Tape, target: Target): readonly Value[] {
  const named = namesIn(target.graph);
  const find = (name: string): Value => {
    const value = named.get(name);
    if (!value) throw unsupported(`there is no value ${name} in graph ${target.graph.name}`);
    return value;
  };
  const map = new Map(target.names.map((name, i) => [find(name), target.places[i]] as const));
  const y = find(target.y);
  const copies = writeForward(tape, y, map, target.open);
  const xs = target.xs.map((name) => map.get(find(name)));
  const top = map.get(y);
  return backward(tape, top, xs, copies);
}

function namesIn(graph: Graph): ReadonlyMap<string, Value> {
  const named = new Map<string, Value>();
  for (const value of [...graph.inputs, ...graph.initializers]) named.set(value.name, value);
  for (const node of graph.nodes()) {
    for (const output of node.outputs) if (output) named.set(output.name, output);
  }
  return named;
}

// ---------------------------------------------------------------- forward

/** Copies the nodes that `y` is made of, in order; values that have a place in `map` are taken from there. */
function writeForward(
  tape: Tape,
  y: Value,
  map: Map<Value, Value | undefined>,
  open: ReadonlySet<Node>,
): readonly Node[] {
  const copies: Node[] = [];
  for (const node of nodesBehind(y, map)) {
    for (const input of node.inputs) if (input && !map.has(input)) map.set(input, leaf(tape, input));
    if (node.op === 'ai.onnx.preview.training.Gradient') {
      const before = tape.graph.lastNode;
      const results = nested(tape, node, map, open);
      node.outputs.forEach((output, i) => {
        if (output) map.set(output, results[i]);
      });
      for (let n = before ? before.next : tape.graph.firstNode; n; n = n.next) copies.push(n);
    } else {
      copies.push(tape.copy(node, map));
    }
  }
  if (!map.has(y)) map.set(y, leaf(tape, y));
  return copies;
}

/** The nodes that a value is made of, down to the values that are given, in the order of the graph. */
function nodesBehind(y: Value, given: ReadonlyMap<Value, unknown>): readonly Node[] {
  const found = new Set<Node>();
  const pending = [y];
  for (let value = pending.pop(); value; value = pending.pop()) {
    const node = value.producer;
    if (given.has(value) || !node || found.has(node)) continue;
    if (node.graph !== y.graph) throw unsupported(`${value.name} stands in a graph around this one`);
    if (node.graph?.model.functionOf(node) || node.graphs.length > 0) {
      throw unsupported(`it cannot look into ${node.op}`);
    }
    found.add(node);
    for (const input of node.inputs) if (input) pending.push(input);
  }
  return [...found].sort((a, b) => a.order - b.order);
}

/** A constant that the target is made of. */
function leaf(tape: Tape, value: Value): Value {
  if (value.tensor === undefined || value.overridable) {
    throw unsupported(`the target depends on ${value.name}, which is in neither xs nor zs`);
  }
  return tape.initializer(value.name, value.tensor);
}

/** The nodes of a derivative of which a derivative is taken. */
function nested(
  tape: Tape,
  node: Node,
  map: ReadonlyMap<Value, Value | undefined>,
  open: ReadonlySet<Node>,
): readonly Value[] {
  if (open.has(node)) throw unsupported(`${node.label} is made of its own derivatives`);
  if (open.size >= MAX_ORDER) throw unsupported(`derivatives of an order above ${MAX_ORDER}`);
  const view = viewAs(node, gradient);
  const places = node.inputs.map((input) => input && map.get(input));
  if (!view || !node.graph || !allThere(places))
    throw unsupported(`the parameters of ${node.op} are invalid`);
  return differentiate(tape, {
    graph: node.graph,
    open: new Set([...open, node]),
    y: view.y,
    xs: view.xs,
    names: [...view.xs, ...view.zs],
    places,
  });
}

function allThere(values: readonly (Value | undefined)[]): values is readonly Value[] {
  return values.every((value) => value !== undefined);
}

// ---------------------------------------------------------------- backward

/** Derivatives of the sum of `top` by each of `xs`; zeros for those that it does not depend on. */
function backward(
  tape: Tape,
  top: Value | undefined,
  xs: readonly (Value | undefined)[],
  nodes: readonly Node[],
): readonly Value[] {
  if (!top || !allThere(xs)) throw unsupported('a value that it names is not there');
  const reached = dependents(tape, xs, nodes);
  const derivatives = new Map<Value, Value>([[top, tape.filled(1, top)]]);
  for (let k = nodes.length - 1; k >= 0; k -= 1) {
    const node = nodes[k];
    if (!node) continue;
    node.outputs.forEach((output, i) => {
      if (i > 0 && output && reached.has(output) && derivatives.has(output)) {
        throw unsupported(`it cannot differentiate result ${i} of ${node.op}`);
      }
    });
    const [y] = node.outputs;
    const dy = y && reached.has(y) ? derivatives.get(y) : undefined;
    if (dy) accumulate(tape, node, dy, reached, derivatives);
  }
  return xs.map((x) => derivatives.get(x) ?? tape.filled(0, x));
}

/** The values that depend on one of `xs`, these included, through floats alone. */
function dependents(tape: Tape, xs: readonly Value[], nodes: readonly Node[]): ReadonlySet<Value> {
  const reached = new Set(xs);
  for (const node of nodes) {
    if (!node.inputs.some((input) => input && reached.has(input))) continue;
    for (const output of node.outputs) if (output && tape.isFloat(output)) reached.add(output);
  }
  return reached;
}

/** Adds the share of one node to the derivatives by its operands. */
function accumulate(
  tape: Tape,
  node: Node,
  dy: Value,
  reached: ReadonlySet<Value>,
  derivatives: Map<Value, Value>,
): void {
  const rule = node.domain === '' ? rules.get(node.opType) : undefined;
  const local = localOf(tape, node, dy);
  node.inputs.forEach((input, i) => {
    if (!input || !reached.has(input)) return;
    const partial = rule && partialOf(rule, i);
    if (!partial) throw unsupported(`it cannot differentiate ${node.op} by operand ${i}`);
    const share = tape.sumTo(partial(local, i), input);
    const sum = derivatives.get(input);
    derivatives.set(input, sum ? tape.add(sum, share) : share);
  });
}

function unsupported(reason: string): ModelError {
  return new ModelError('model/unsupported', `Gradient: ${reason}`);
}
