import { attributeKey, constantTensor, type Graph, type Node, type Value } from '@refold/ir';
import { Alignment } from './align.ts';
import { underivable } from './underivable.ts';

/** A result that the second graph computes otherwise than the first. */
export interface RootPair {
  readonly before: Value;
  readonly after: Value;
}

/** What differs between two graphs that compute the same. */
export interface Difference {
  readonly roots: readonly RootPair[];
  /** Nodes that make the roots, in order. */
  readonly before: readonly Node[];
  readonly after: readonly Node[];
  /** What both start from: each value of the second graph, with the one of the first that it is. */
  readonly leaves: ReadonlyMap<Value, Value>;
}

/** Finds the smallest parts of two graphs that differ, from their outputs down and from their inputs up. */
export function differenceOf(before: Graph, after: Graph): Difference {
  if (before.outputs.length !== after.outputs.length)
    throw underivable('the graphs have other numbers of outputs');
  const alignment = new Alignment(before, after);
  const roots = new Map<Value, RootPair>();
  before.outputs.forEach((value, i) => {
    const other = after.outputs[i];
    if (other) for (const pair of peeled(value, other, alignment)) roots.set(pair.before, pair);
  });
  if (roots.size === 0) throw underivable('the graphs do not differ');
  const pairs = [...roots.values()];
  const firstOf = new Map<number, Value>();
  for (const value of valuesOf(before))
    if (!firstOf.has(alignment.of(value))) firstOf.set(alignment.of(value), value);
  const leaves = new Map<Value, Value>();
  const afterNodes = regionOf(
    after,
    pairs.map((p) => p.after),
    (value) => {
      const same = constantTensor(value) ? undefined : firstOf.get(alignment.of(value));
      if (same) leaves.set(value, same);
      return same !== undefined;
    },
  );
  const stops = new Set(leaves.values());
  const beforeNodes = regionOf(
    before,
    pairs.map((p) => p.before),
    (value) => stops.has(value),
  );
  return { roots: pairs, before: beforeNodes, after: afterNodes, leaves };
}

/** Goes down from two results as long as the same operator makes them of operands of which one differs. */
function peeled(before: Value, after: Value, alignment: Alignment): readonly RootPair[] {
  let pair: RootPair = { before, after };
  for (;;) {
    if (alignment.of(pair.before) === alignment.of(pair.after)) return [];
    const p = pair.before.producer;
    const q = pair.after.producer;
    if (!p || !q || !isAlike(p, q) || pair.before.index !== pair.after.index) return [pair];
    const differing: RootPair[] = [];
    p.inputs.forEach((x, i) => {
      const y = q.inputs[i];
      if (x && y && alignment.of(x) !== alignment.of(y)) differing.push({ before: x, after: y });
    });
    const [only] = differing;
    if (!only || differing.length > 1 || !only.before.producer) return [pair];
    pair = only;
  }
}

function isAlike(a: Node, b: Node): boolean {
  if (a.op !== b.op || a.overload !== b.overload || a.inputs.length !== b.inputs.length) return false;
  if (a.inputs.some((x, i) => !x !== !b.inputs[i]) || a.attributes.size !== b.attributes.size) return false;
  return [...a.attributes].every(([name, x]) => {
    const y = b.attributes.get(name);
    return y !== undefined && attributeKey(x) === attributeKey(y);
  });
}

/** The nodes behind some values, down to where `isLeaf` says stop, in the order of their graph. */
function regionOf(graph: Graph, roots: readonly Value[], isLeaf: (value: Value) => boolean): readonly Node[] {
  const nodes = new Set<Node>();
  const stack = roots.map((r) => r.producer);
  while (stack.length > 0) {
    const node = stack.pop();
    if (!node || nodes.has(node)) continue;
    nodes.add(node);
    for (const input of node.inputs) if (input && !isLeaf(input)) stack.push(input.producer);
  }
  return [...graph.nodes()].filter((node) => nodes.has(node));
}

function* valuesOf(graph: Graph): Generator<Value> {
  yield* graph.inputs;
  yield* graph.initializers;
  for (const node of graph.nodes()) for (const output of node.outputs) if (output) yield output;
}
