import { constantTensor, dtypeOf, type Node, type Value } from '@refold/ir';
import { DisjointSets } from '../classes/union-find.ts';
import { isFloat } from './runs-on-codes.ts';
import { nodesOfShapes } from './shape-flow.ts';
import { isWiring, wiresOf } from './wiring.ts';

/** Which nodes get data of which others. Sizes, places and indices are no data, nor are constants. */
export interface ValueFlow {
  /** The nodes through which data flow: those with nested graphs hand on what these do. */
  readonly nodes: readonly Node[];
  /** By vertex, those that get its data: nodes by number, behind them streams of values from node to node. */
  readonly next: readonly (readonly number[])[];
}

/** Operators that read the sizes of a value, and nothing of what it holds. */
const sizers: ReadonlySet<string> = new Set(['EyeLike', 'RandomNormalLike', 'RandomUniformLike']);

/** Reads the flow off nodes, those in nested graphs among them. Nodes come with definitions before uses. */
export function valueFlow(all: readonly Node[]): ValueFlow {
  const shapes = nodesOfShapes(all);
  const nodes = all.filter((node) => !shapes.has(node) && !isWiring(node) && !node.is('Constant'));
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const streams = streamsOf(all, shapes);
  const next: number[][] = Array.from({ length: nodes.length + streams.count }, () => []);
  for (const [node, i] of numbers) {
    for (const value of node.outputs) {
      const stream = value && streams.of(value);
      if (stream !== undefined) next[i]?.push(nodes.length + stream);
    }
    for (const value of node.inputs) {
      const stream = value && !sizers.has(node.opType) ? streams.of(value) : undefined;
      if (stream !== undefined) next[nodes.length + stream]?.push(i);
    }
  }
  return { nodes, next };
}

/** The vertices that get data of some, by way of any number of others; these themselves only if data come back. */
export function reachedFrom(start: Iterable<number>, next: ValueFlow['next']): Uint8Array {
  const reached = new Uint8Array(next.length);
  const stack = [...start];
  for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
    for (const to of next[v] ?? []) {
      if (reached[to]) continue;
      reached[to] = 1;
      stack.push(to);
    }
  }
  return reached;
}

/** The edges the other way round. */
export function reversed(next: ValueFlow['next']): ValueFlow['next'] {
  const back: number[][] = next.map(() => []);
  next.forEach((list, from) => {
    for (const to of list) back[to]?.push(from);
  });
  return back;
}

/**
 * Whether a node reads or gives floats that are no constants; others move codes, or compute with truth values. Integers
 * and truth values that become float32 compute nothing: what they become are codes, where codes are wanted.
 */
export function computesWithFloats(node: Node): boolean {
  if (node.is('Cast') && !isFloat(node.inputs[0]) && dtypeOf(node.outputs[0]) === 'float32') return false;
  const read = node.inputs.filter((value) => value && !constantTensor(value));
  return [...read, ...node.outputs].some(isFloat);
}

/** Between floats and codes. */
export function isConversion(node: Node): boolean {
  return node.is('QuantizeLinear') || node.is('DequantizeLinear');
}

/** Values are one stream when the wiring of nested graphs makes one of them the other. */
function streamsOf(
  nodes: readonly Node[],
  shapes: ReadonlySet<Node>,
): { readonly count: number; of(value: Value): number | undefined } {
  const numbers = new Map<Value, number>();
  const note = (value: Value | undefined): void => {
    if (value && !numbers.has(value) && isData(value, shapes)) numbers.set(value, numbers.size);
  };
  for (const node of nodes) {
    for (const value of [...node.inputs, ...node.outputs]) note(value);
    for (const graph of node.graphs) for (const value of [...graph.inputs, ...graph.outputs]) note(value);
  }
  const sets = new DisjointSets(numbers.size);
  for (const node of nodes) {
    for (const { from, to } of isWiring(node) ? wiresOf(node) : []) {
      const [a, b] = [from && numbers.get(from), to && numbers.get(to)];
      if (a !== undefined && b !== undefined) sets.unite(a, b);
    }
  }
  return {
    count: numbers.size,
    of(value) {
      const number = numbers.get(value);
      return number === undefined ? undefined : sets.rootOf(number);
    },
  };
}

function isData(value: Value, shapes: ReadonlySet<Node>): boolean {
  if (dtypeOf(value) === 'int64' || constantTensor(value)) return false;
  return value.producer === undefined || !shapes.has(value.producer);
}
