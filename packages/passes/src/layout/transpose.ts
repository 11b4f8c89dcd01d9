import { broadcastingOperators, type ParamValue, type Value } from '@refold/ir';
import { any, type Builder, list, named, no, op, type Rule, repeat, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { numbersIn, viewInts, viewNumber } from '../support/view.ts';
import { elementwiseUnary } from './elementwise.ts';

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

const first = { params: { perm: { capture: 'first' } } } as const;
const second = { params: { perm: { capture: 'second' } } } as const;

/** Both permutations as one. */
function bothOf(m: { readonly first: ParamValue; readonly second: ParamValue }): readonly number[] {
  return composed(numbersIn(m.first) ?? [], numbersIn(m.second) ?? []);
}

const chain: Rule = rule({
  name: 'layout/transpose',
  doc: 'Transpose(Transpose(x, p), q) = Transpose(x, p after q)',
  match: op('Transpose', [op('Transpose', ['x'], first)], second),
  build: (m, b) => transposed(m.x, bothOf(m), b),
  emits: [{ op: 'Transpose', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
});

/** Two transposes with elementwise nodes of one operand between them become one, or none. */
const across: Rule = rule({
  name: 'layout/transpose.across-unary',
  doc: 'Transpose(f(Transpose(x, p)), q) = Transpose(f(x), p after q) for elementwise f',
  match: op(
    'Transpose',
    [
      repeat(
        (inner) => named('run', op(elementwiseUnary, [inner], { test: { singleUse: true } })),
        op('Transpose', ['x'], { ...first, test: { singleUse: true } }),
        { min: 1, max: MAX_RUN },
      ),
    ],
    second,
  ),
  build: (m, b) => {
    let y = m.x;
    for (const f of m.run.toReversed()) y = b.node(f.opType, [y], Object.fromEntries(f.attributes));
    return transposed(y, bothOf(m), b);
  },
  emits: ['Transpose', ...elementwiseUnary].map((name) => ({ op: name, since: 1 })),
  exactness: 'exact',
  phase: 'normalize',
  benefit: 2.5,
  traps: ['a result between that something else reads'],
  instances: ['Exp', 'Relu', 'Sqrt'].map((run) => ({ choices: { run }, dtype: 'float32' as const })),
});

/** Operators that treat the elements of all their operands alike, and Concat, whose axis moves along. */
const variadic: readonly string[] = ['Concat', ...broadcastingOperators];

/** An elementwise operator of operands transposed alike works before the Transpose as well: one instead of two. */
const sink: Rule = rule({
  name: 'layout/transpose.sink',
  doc: 'f(Transpose(x, p), Transpose(y, p)) = Transpose(f(x, y), p) for elementwise f',
  match: named(
    'f',
    op(variadic, [
      list(
        'operands',
        op('Transpose', [any], { params: { perm: { capture: 'perm' } }, test: { singleUse: true } }),
        {
          min: 2,
        },
      ),
    ]),
  ),
  guard: (m) => {
    if (new Set(m.operands).size !== m.operands.length) return no('operand-twice', 'operands');
    return m.f.opType !== 'Concat' || (viewNumber(m.f, 'axis') ?? -1) >= 0 ? yes : no('axis-unknown', 'f');
  },
  build: (m, b) => {
    const [one] = m.operands;
    const perm = (one?.producer && viewInts(one.producer, 'perm')) ?? [];
    const operands = m.operands.map((v) => v.producer?.inputs[0]);
    const axis = viewNumber(m.f, 'axis') ?? 0;
    const attributes =
      m.f.opType === 'Concat' ? { axis: perm[axis] ?? 0 } : Object.fromEntries(m.f.attributes);
    return b.node('Transpose', [b.node(m.f.opType, operands, attributes)], { perm });
  },
  emits: ['Transpose', ...variadic].map((name) => ({ op: name, since: 1 })),
  exactness: 'exact',
  phase: 'normalize',
  // What folds the whole operator away comes first.
  benefit: 1.25,
  exporters: ['tf2onnx'],
  traps: ['operands in different orders', 'a Transpose that something else reads'],
  instances: ['Sub (a, b)', 'Sum (a, b)', 'Concat <axis = -1> (a, b)'].map((f) => ({
    model: `(float[2,3,4] x, float[2,3,4] z) => (float[3,4,N] y) {
      a = Transpose <perm = [1, 2, 0]> (x) b = Transpose <perm = [1, 2, 0]> (z) y = ${f} }`,
  })),
});

export const simplifyTransposes: Pass = rulePass({
  name: 'layout/transpose',
  summary: 'merge and cancel transposes, across elementwise operators too',
  rules: [chain, across, sink],
});
