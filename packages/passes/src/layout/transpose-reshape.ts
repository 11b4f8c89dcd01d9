import { type Dim, type Node, type Shape, sameDim } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { targetShape } from '../support/target-shape.ts';
import { soleProducerOf, viewInts } from '../support/view.ts';

/** The finest axis that a Reshape keeps together: an axis on one side, part of an axis on the other. */
interface Atom {
  readonly size: Dim;
  /** Axis before the Reshape, and after it. */
  readonly from: number;
  readonly to: number;
}

/**
 * The atoms of a Reshape between two shapes, in order. Undefined when it mixes axes: when neither side of a
 * run of axes with equal products is a single axis.
 */
function atomsOf(before: Shape, after: Shape): readonly Atom[] | undefined {
  const atoms: Atom[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    const [first, second] = [i, j];
    let [a, b]: [Dim, Dim] = [before[i] ?? 1, after[j] ?? 1];
    i += 1;
    j += 1;
    while (sameDim(a, b) !== 'yes') {
      if (typeof a !== 'number' || typeof b !== 'number' || a < 1 || b < 1) return undefined;
      const next = a < b ? before[i++] : after[j++];
      if (typeof next !== 'number') return undefined;
      if (a < b) a *= next;
      else b *= next;
    }
    if (i - first > 1 && j - second > 1) return undefined;
    const splits = j - second > 1;
    for (let k = 0; k < Math.max(i - first, j - second); k += 1) {
      const [from, to] = splits ? [first, second + k] : [first + k, second];
      atoms.push({ size: (splits ? after[to] : before[from]) ?? 1, from, to });
    }
  }
  return i === before.length && j === after.length ? atoms : undefined;
}

/** Positions of atoms, sorted by the axis that they end up on. */
function sortedBy(atoms: readonly Atom[], key: (atom: Atom) => number): readonly Atom[] {
  return atoms
    .map((atom, i) => ({ atom, i }))
    .sort((p, q) => key(p.atom) - key(q.atom) || p.i - q.i)
    .map(({ atom }) => atom);
}

const isSorted = (perm: readonly number[]): boolean => perm.every((p, i) => p === i);

/** The Transpose before the Reshape before a node, when nothing else reads what is between. */
function transposeBefore(node: Node): Node | undefined {
  const reshape = soleProducerOf(node.inputs[0], 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze');
  return reshape && soleProducerOf(reshape.inputs[0], 'Transpose');
}

const merge = nodeRule({
  name: 'layout/transpose-reshape',
  doc: 'Transpose(Reshape(Transpose(x))) = Transpose(Reshape(x)) where axes are only split, Reshape(Transpose(x)) where they are only merged',
  ops: 'Transpose',
  at: (node) => transposeBefore(node) !== undefined,
  exactness: 'exact',
  emits: [
    { op: 'Transpose', since: 1 },
    { op: 'Reshape', since: 5 },
  ],
  rewrite: (node, b) => {
    const reshape = node.inputs[0]?.producer;
    const inner = transposeBefore(node);
    const x = inner?.inputs[0];
    const first = inner && viewInts(inner, 'perm');
    const second = viewInts(node, 'perm');
    const [shape, before, after, result] = [x, reshape?.inputs[0], node.inputs[0], node.outputs[0]].map(
      shapeOf,
    );
    if (!x || !first || !second || !shape || !before || !after || !result) return undefined;
    const atoms = atomsOf(before, after);
    if (!atoms) return b.fail('axes-are-mixed');
    // Axis k of x is axis first.indexOf(k) before the Reshape; axis second[m] after it is axis m of the result.
    const ofX = sortedBy(atoms, (atom) => first[atom.from] ?? 0);
    const ofResult = sortedBy(atoms, (atom) => second.indexOf(atom.to));
    const perm = ofResult.map((atom) => ofX.indexOf(atom));
    const splits = atoms.length > before.length;
    if (splits && atoms.length > after.length) return b.fail('splits-and-merges');
    const target = splits
      ? targetShape(
          shape,
          ofX.map((a) => a.size),
        )
      : targetShape(
          ofResult.map((a) => a.size),
          result,
        );
    if (!target) return b.fail('shape-not-expressible');
    const size = b.constant(target, 'shape');
    if (splits) {
      const parts = b.node('Reshape', [x, size]);
      return isSorted(perm) ? parts : b.node('Transpose', [parts], { perm });
    }
    return b.node('Reshape', [isSorted(perm) ? x : b.node('Transpose', [x], { perm }), size]);
  },
});

export const mergeTransposeReshape: Pass = rulePass({
  name: 'layout/transpose-reshape',
  summary: 'merge transposes around a reshape that keeps axes together',
  rules: [merge],
});
