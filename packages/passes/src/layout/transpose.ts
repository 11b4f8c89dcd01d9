import type { Node, Value } from '@refold/ir';
import type { Builder } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewInts } from '../support/view.ts';
import { elementwiseUnary, isElementwiseUnary } from './elementwise.ts';

/** Longest run of elementwise nodes that a Transpose is moved across. */
const MAX_RUN = 16;

/** Transpose by `first`, then by `second`, as one permutation. */
function composed(first: readonly number[], second: readonly number[]): number[] {
  return second.map((s) => first[s] ?? 0);
}

/** A value under a permutation; the value itself when the permutation does nothing. */
function transposed(x: Value, perm: readonly number[], b: Builder): Value {
  return perm.every((p, i) => p === i) ? x : b.node('Transpose', [x], { perm });
}

const chain = nodeRule({
  name: 'layout/transpose',
  doc: 'Transpose(Transpose(x, p), q) = Transpose(x, p after q)',
  ops: 'Transpose',
  over: ['Transpose'],
  exactness: 'exact',
  emits: [{ op: 'Transpose', since: 1 }],
  rewrite: (node, b) => {
    const inner = producerOf(node.inputs[0], 'Transpose');
    const x = inner?.inputs[0];
    const p = inner && viewInts(inner, 'perm');
    const q = viewInts(node, 'perm');
    return x && p && q ? transposed(x, composed(p, q), b) : undefined;
  },
});

/** Two transposes with elementwise nodes of one operand between them become one, or none. */
const across = nodeRule({
  name: 'layout/transpose.across-unary',
  doc: 'Transpose(f(Transpose(x, p)), q) = Transpose(f(x), p after q) for elementwise f',
  ops: 'Transpose',
  over: elementwiseUnary,
  exactness: 'exact',
  emits: ['Transpose', ...elementwiseUnary].map((op) => ({ op, since: 1 })),
  rewrite: (node, b) => {
    const run: Node[] = [];
    let at = node.inputs[0];
    while (at?.producer && isElementwiseUnary(at.producer) && at.useCount === 1 && run.length < MAX_RUN) {
      run.push(at.producer);
      at = at.producer.inputs[0];
    }
    const inner = run.length > 0 ? producerOf(at, 'Transpose') : undefined;
    const x = inner?.inputs[0];
    const p = inner && viewInts(inner, 'perm');
    const q = viewInts(node, 'perm');
    if (!x || !p || !q || at?.useCount !== 1) return undefined;
    let y = x;
    for (const f of run.reverse()) {
      y = b.node(f.opType, [y, ...f.inputs.slice(1)], Object.fromEntries(f.attributes));
    }
    return transposed(y, composed(p, q), b);
  },
});

/** Operators that treat the elements of all their operands alike, and Concat, whose axis moves along. */
const variadic = [
  'Concat',
  'Sum',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Max',
  'Min',
  'And',
  'Or',
  'Xor',
  'Equal',
  'Less',
  'Greater',
  'LessOrEqual',
  'GreaterOrEqual',
];

/** An elementwise operator of operands transposed alike works before the Transpose as well: one instead of two. */
const sink = nodeRule({
  name: 'layout/transpose.sink',
  doc: 'f(Transpose(x, p), Transpose(y, p)) = Transpose(f(x, y), p) for elementwise f',
  ops: variadic,
  over: ['Transpose'],
  exactness: 'exact',
  emits: ['Transpose', ...variadic].map((op) => ({ op, since: 1 })),
  rewrite: (node, b) => {
    const inner = node.inputs.map((v) => (v?.useCount === 1 ? producerOf(v, 'Transpose') : undefined));
    const perms = inner.map((n) => n && viewInts(n, 'perm'));
    const perm = perms[0];
    if (inner.length < 2 || !perm || new Set(node.inputs).size !== node.inputs.length) return undefined;
    if (!perms.every((p) => p && p.join() === perm.join())) return undefined;
    const attributes = Object.fromEntries(node.attributes);
    const operands = inner.map((n) => n?.inputs[0]);
    if (node.opType !== 'Concat')
      return b.node('Transpose', [b.node(node.opType, operands, attributes)], { perm });
    const axis = concatAxis(node, perm.length);
    if (axis === undefined) return undefined;
    return b.node('Transpose', [b.node('Concat', operands, { axis: perm[axis] ?? 0 })], { perm });
  },
});

function concatAxis(node: Node, rank: number): number | undefined {
  const attribute = node.attributes.get('axis');
  if (attribute?.type !== 'int') return undefined;
  const axis = Number(attribute.value);
  return axis < 0 ? axis + rank : axis;
}

export const simplifyTransposes: Pass = rulePass({
  name: 'layout/transpose',
  summary: 'merge and cancel transposes, across elementwise operators too',
  rules: [chain, across, sink],
});
