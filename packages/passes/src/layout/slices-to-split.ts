import { type Node, shapeOf, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { splitInto } from '../support/split-into.ts';
import { type Range, rangesOf } from './slice.ts';

interface Part {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

/** A Slice as a part [start, end) of one axis of static length; undefined for other slices. */
function partOf(node: Node): (Part & { readonly axis: number; readonly length: number }) | undefined {
  if (!node.is('Slice') || node.graph?.model.functionOf(node)) return undefined;
  const ranges = rangesOf(node);
  const range: Range | undefined = ranges?.length === 1 ? ranges[0] : undefined;
  const length = range && shapeOf(node.inputs[0])?.[range.axis];
  if (!range || typeof length !== 'number' || range.step !== 1) return undefined;
  const place = (v: number): number => Math.min(Math.max(v < 0 ? v + length : v, 0), length);
  return { node, axis: range.axis, length, start: place(range.start), end: place(range.end) };
}

/** The slices of `x` along an axis that follow each other from its beginning to its end. */
function partsOf(x: Value, axis: number, length: number, graph: Node['graph']): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const user of x.users()) {
    const part = user.graph === graph && user.inputs[0] === x ? partOf(user) : undefined;
    if (part && part.axis === axis) parts.push(part);
  }
  parts.sort((p, q) => p.start - q.start);
  let end = 0;
  for (const part of parts) {
    if (part.start !== end || part.end <= part.start) return undefined;
    end = part.end;
  }
  return end === length && parts.length >= 2 ? parts : undefined;
}

/** Whether nothing but one other Slice reads what a slice takes. */
function isSlicedAgain(slice: Node): boolean {
  const value = slice.outputs[0];
  if (value?.useCount !== 1) return false;
  const [user] = value.users();
  return user?.is('Slice') === true && user.inputs[0] === value;
}

// Code, not a pattern: it is about any number of slices.
const split = nodeRule({
  name: 'layout/slices-to-split',
  doc: 'Slice(x, [0, k)), Slice(x, [k, n)) = Split(x, [k, n - k])',
  ops: 'Slice',
  exactness: 'exact',
  emits: [{ op: 'Split', since: 2 }],
  rewrite: (node, b, q) => {
    const part = partOf(node);
    const x = node.inputs[0];
    if (!part || !x || x.useCount > 64) return undefined;
    const parts = partsOf(x, part.axis, part.length, node.graph);
    if (!parts) return undefined;
    // A slice of a slice is one slice; with a Split between, it would be two nodes.
    if (parts.filter((p) => isSlicedAgain(p.node)).length > 1) return undefined;
    const sizes = parts.map((p) => p.end - p.start);
    const outputs = splitInto(x, sizes, part.axis, b, q);
    let own: Value | undefined;
    for (const [i, p] of parts.entries()) {
      const output = outputs[i];
      const slice = p.node.outputs[0];
      if (!output || !slice) return b.fail('outputs');
      if (p.node === node) own = output;
      else b.replace(slice, output);
    }
    return own;
  },
});

export const slicesToSplit: Pass = rulePass({
  name: 'layout/slices-to-split',
  summary: 'turn slices that take a value apart into one Split',
  rules: [split],
});
