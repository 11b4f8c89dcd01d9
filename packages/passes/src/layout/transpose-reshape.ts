import {
  type Dim,
  type Node,
  type ParamValue,
  type Shape,
  sameDim,
  shapeOf,
  type Tensor,
  type Value,
} from '@refold/ir';
import { named, no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { targetShape } from '../support/target-shape.ts';
import { numbersIn } from '../support/view.ts';

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

const once = { test: { singleUse: true } };

const transposed = op('Transpose', ['x'], { params: { perm: { capture: 'first' } }, ...once });

const merge: Rule = rule({
  name: 'layout/transpose-reshape',
  doc: 'Transpose(Reshape(Transpose(x))) = Transpose(Reshape(x)) where axes are only split, Reshape(Transpose(x)) where they are only merged',
  match: op(
    'Transpose',
    [
      named(
        'reshape',
        op(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'], [transposed], { extraInputs: 'allow', ...once }),
      ),
    ],
    { params: { perm: { capture: 'second' } } },
  ),
  guard: (m) => {
    const plan = planOf(m);
    return typeof plan === 'string' ? no(plan, 'reshape') : yes;
  },
  build: (m, b) => {
    const plan = planOf(m);
    if (typeof plan === 'string') return undefined;
    const { perm, target, splits } = plan;
    const size = b.constant(target, 'shape');
    const moved = (v: Value): Value => (isSorted(perm) ? v : b.node('Transpose', [v], { perm }));
    return splits ? moved(b.node('Reshape', [m.x, size])) : b.node('Reshape', [moved(m.x), size]);
  },
  emits: [
    { op: 'Transpose', since: 1 },
    { op: 'Reshape', since: 5 },
  ],
  exactness: 'exact',
  phase: 'normalize',
  exporters: ['torch.onnx: window partition, channel shuffle after a move of axes'],
  traps: ['axes that the Reshape mixes', 'sizes that are not known to be the same'],
  instances: [
    {
      shapes: { x: [4, 6, 3] },
      values: { first: [1, 0, 2], shape: [2, 3, 4, 3], second: [1, 0, 2, 3] },
      choices: { reshape: 'Reshape' },
    },
    {
      shapes: { x: [2, 3, 4, 5] },
      values: { first: [0, 2, 3, 1], shape: [2, 20, 3], second: [0, 2, 1] },
      choices: { reshape: 'Reshape' },
    },
  ],
});

interface Parts {
  readonly x: Value;
  readonly reshape: Node;
  readonly first: ParamValue;
  readonly second: ParamValue;
  readonly $root: Value;
}

/** One Reshape to (or from) the atoms, and one Transpose of these. */
interface Plan {
  readonly perm: readonly number[];
  readonly target: Tensor;
  readonly splits: boolean;
}

function planOf(m: Parts): Plan | string {
  const [first, second] = [numbersIn(m.first), numbersIn(m.second)];
  const [shape, before, after, result] = [m.x, m.reshape.inputs[0], m.reshape.outputs[0], m.$root].map(
    shapeOf,
  );
  if (!first || !second || !shape || !before || !after || !result) return 'rank-unknown';
  const atoms = atomsOf(before, after);
  if (!atoms) return 'axes-are-mixed';
  // Axis k of x is axis first.indexOf(k) before the Reshape; axis second[m] after it is axis m of the result.
  const ofX = sortedBy(atoms, (atom) => first[atom.from] ?? 0);
  const ofResult = sortedBy(atoms, (atom) => second.indexOf(atom.to));
  const perm = ofResult.map((atom) => ofX.indexOf(atom));
  const splits = atoms.length > before.length;
  if (splits && atoms.length > after.length) return 'splits-and-merges';
  const sizes = (splits ? ofX : ofResult).map((atom) => atom.size);
  const target = splits ? targetShape(shape, sizes) : targetShape(sizes, result);
  return target ? { perm, target, splits } : 'shape-not-expressible';
}

export const mergeTransposeReshape: Pass = passOf(
  merge,
  'merge transposes around a reshape that keeps axes together',
);
