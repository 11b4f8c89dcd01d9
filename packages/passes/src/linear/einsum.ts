import { type EinsumLabel, einsumLabels, type Shape, sameDim, type Value, viewOf } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';

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

const product = nodeRule({
  name: 'linear/einsum',
  doc: 'Einsum(bij,bjk->bik) = MatMul, and whatever else MatMul does without moving axes',
  ops: 'Einsum',
  exactness: 'reassociate',
  emits: [{ op: 'MatMul', since: 1 }],
  decreases: 'operators without a kernel of their own',
  rewrite: (node, b) => {
    const view = viewOf(node);
    const { terms, output } = view ?? {};
    if (!Array.isArray(terms) || typeof output !== 'string' || terms.length !== 2) return undefined;
    const [x, z] = node.inputs.map((v, i) => operand(v, String(terms[i])));
    const rank = shapeOf(node.outputs[0])?.length;
    const wanted = rank === undefined ? undefined : einsumLabels(output, rank)?.join();
    if (!x || !z || wanted === undefined) return b.fail('rank-unknown');
    if (!sizesAgree(x, z)) return b.fail('sizes-may-broadcast');
    for (const [first, second] of [
      [x, z],
      [z, x],
    ] as const) {
      if (productLabels(first, second)?.join() === wanted)
        return b.node('MatMul', [first.value, second.value]);
    }
    return b.fail('not-a-product');
  },
});

export const einsumToMatMul: Pass = rulePass({
  name: 'linear/einsum',
  summary: 'turn Einsum into MatMul where no axis moves',
  rules: [product],
});
