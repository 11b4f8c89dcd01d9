import {
  type EinsumLabel,
  einsumLabels,
  type Node,
  type Shape,
  sameDim,
  shapeOf,
  type Value,
} from '@refold/ir';
import { no, op, type Query, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

/** An operand of an Einsum, its axes labelled. */
interface Operand {
  readonly value: Value;
  readonly shape: Shape;
  readonly labels: readonly EinsumLabel[];
}

function operand(value: Value | undefined, term: string | undefined): Operand | undefined {
  const shape = shapeOf(value);
  const labels = shape && term !== undefined ? einsumLabels(term, shape.length) : undefined;
  return value && shape && labels && shape.length > 0 ? { value, shape, labels } : undefined;
}

/** Labels of MatMul(a, b), batch axes aligned from the right; undefined when the labels do not make a product. */
function productLabels(a: Operand, b: Operand): readonly EinsumLabel[] | undefined {
  const contracted = a.labels.at(-1);
  const rows = a.labels.slice(-2, -1);
  const columns = b.labels.length > 1 ? b.labels.slice(-1) : [];
  if (contracted === undefined || (b.labels.at(-2) ?? b.labels.at(-1)) !== contracted) return undefined;
  const [left, right] = [a.labels.slice(0, -2), b.labels.slice(0, -2)];
  const width = Math.max(left.length, right.length);
  const batch: EinsumLabel[] = [];
  for (let i = width; i >= 1; i -= 1) {
    const [l, r] = [left.at(-i), right.at(-i)];
    const label = (left.length >= i ? l : undefined) ?? (right.length >= i ? r : undefined);
    if (label === undefined || (left.length >= i && right.length >= i && l !== r)) return undefined;
    batch.push(label);
  }
  const result = [...batch, ...rows, ...columns];
  const distinct = [result, a.labels, b.labels].every((list) => new Set(list).size === list.length);
  return distinct && !result.includes(contracted) ? result : undefined;
}

/** Whether letters that both operands have stand for equal sizes: whether 1 broadcasts, engines disagree. */
function sizesAgree(a: Operand, b: Operand): boolean {
  return a.labels.every((label, i) => {
    const j = b.labels.indexOf(label);
    return j < 0 || label.startsWith('.') || sameDim(a.shape[i] ?? 0, b.shape[j] ?? 0) === 'yes';
  });
}

interface Parts {
  readonly x: Value;
  readonly z: Value;
  readonly $node: Node;
  readonly $root: Value;
}

/** The operands, the one first of which MatMul takes the rows; or why there is no such product. */
function factorsOf(m: Parts, q: Query): readonly [Value, Value] | string {
  const { terms, output } = q.view(m.$node) ?? {};
  const rank = q.rank(m.$root);
  if (!Array.isArray(terms) || typeof output !== 'string' || rank === undefined) return 'rank-unknown';
  const [x, z] = [operand(m.x, String(terms[0])), operand(m.z, String(terms[1]))];
  const wanted = einsumLabels(output, rank)?.join();
  if (!x || !z || wanted === undefined) return 'rank-unknown';
  if (!sizesAgree(x, z)) return 'sizes-may-broadcast';
  if (productLabels(x, z)?.join() === wanted) return [m.x, m.z];
  return productLabels(z, x)?.join() === wanted ? [m.z, m.x] : 'not-a-product';
}

const product: Rule = rule({
  name: 'linear/einsum',
  doc: 'Einsum(bij,bjk->bik) = MatMul, and whatever else MatMul does without moving axes',
  match: op('Einsum', ['x', 'z']),
  guard: (m, q) => {
    const factors = factorsOf(m, q);
    return typeof factors === 'string' ? no(factors) : yes;
  },
  build: (m, b, q) => {
    const factors = factorsOf(m, q);
    return typeof factors === 'string' ? undefined : b.node('MatMul', factors);
  },
  emits: [{ op: 'MatMul', since: 1 }],
  exactness: 'reassociate',
  phase: 'normalize',
  decreases: 'operators without a kernel of their own',
  exporters: ['torch.onnx: einsum'],
  traps: ['sizes of which one may be 1', 'letters twice in a term', 'results in another order of axes'],
  instances: [
    { shapes: { x: ['B', 3, 4], z: ['B', 4, 5] }, values: { equation: 'bij,bjk->bik' }, opset: 12 },
    { shapes: { x: [4, 5], z: ['N', 4] }, values: { equation: 'jk,ij->ik' }, opset: 12 },
    { shapes: { x: [2, 3, 4], z: [4] }, values: { equation: '...i,i->...' }, opset: 12 },
  ],
});

export const einsumToMatMul: Pass = passOf(product, 'turn Einsum into MatMul where no axis moves');
