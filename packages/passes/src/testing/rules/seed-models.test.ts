import { type Node, tensorFloats, type Value } from '@refold/ir';
import { type Builder, type Exactness, op, type Rule, rule } from '@refold/matcher';
import { expect, test } from 'vitest';
import { RuleTestError, testRule } from '../index.ts';

/** A rule in code about one operator, with a model to start from. */
function careless(
  ops: string,
  model: string,
  rewrite: (node: Node, b: Builder) => Value | undefined,
  exactness: Exactness = 'exact',
): Rule {
  return rule({
    name: 'test/careless',
    doc: 'a rule that leaves a check out',
    match: op(ops, [], { extraInputs: 'allow' }),
    build: (m, b) => rewrite(m.$node, b),
    exactness,
    phase: 'normalize',
    instances: [{ model }],
  });
}

/** The elements of an initializer, whether or not callers may override it. */
const elements = (v: Value | undefined): readonly number[] => (v?.tensor ? [...tensorFloats(v.tensor)] : []);

const producer = (v: Value | undefined, opType: string): Node | undefined =>
  v?.producer?.is(opType) ? v.producer : undefined;

/** Exact but for rounding, as long as `k` is one number. */
const shiftedSoftmax = careless(
  'Softmax',
  '(float[2,4] x) => (y) <float k = {1}> { a = Sub (x, k) y = Softmax <axis = -1> (a) }',
  ({ inputs: [a] }, b) => {
    const [x, k] = producer(a, 'Sub')?.inputs ?? [];
    return x && k?.tensor && !k.overridable ? b.node('Softmax', [x], { axis: -1 }) : undefined;
  },
  'reassociate',
);

const cases: readonly (readonly [string, Rule, string])[] = [
  [
    'x * 1 = x where callers may override 1',
    careless(
      'Mul',
      '(float[2,3] x) => (y) <float k = {1}> { a = Mul (x, k) y = Neg (a) }',
      ({ inputs: [x, k] }) => (k?.tensor && elements(k).every((v) => v === 1) ? x : undefined),
    ),
    'overridable-constant',
  ],
  [
    'x + 0 = x as an exact rule, though -0 becomes 0',
    careless(
      'Add',
      '(float[2,3] x) => (y) <float k = {0}> { a = Add (x, k) y = Neg (a) }',
      ({ inputs: [x, k] }) =>
        k?.tensor && elements(k).every((v) => v === 0) && !k.overridable ? x : undefined,
    ),
    '',
  ],
  [
    'Dropout(x) = x, also in training',
    careless('Dropout', '(float[2,8] x) => (y) { a = Dropout (x) y = Neg (a) }', ({ inputs: [x] }) => x),
    'training-mode',
  ],
  [
    'two Transposes cancel, whatever their order',
    careless(
      'Transpose',
      '(float[3,3,3] x) => (y) { a = Transpose <perm = [1, 2, 0]> (x) b = Transpose <perm = [2, 0, 1]> (a) y = Neg (b) }',
      ({ inputs: [a] }) => producer(a, 'Transpose')?.inputs[0],
    ),
    'parameter',
  ],
  ['Softmax(x - k) = Softmax(x), also where k is not one number', shiftedSoftmax, 'constant-not-uniform'],
  [
    'Max(x, x) read as Max(x, y)',
    careless('Max', '(float[2,3] x) => (y) { a = Max (x, x) y = Neg (a) }', ({ inputs: [x] }) => x),
    'other-operand',
  ],
];

test.for(cases)('%s', async ([, wrong, mutant]) => {
  const error = await testRule(wrong, { mutants: 8, kinds: [mutant] }).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(RuleTestError);
  expect(String(error instanceof RuleTestError ? (error.mutant ?? '') : error).split(':')[0]).toBe(mutant);
});

test('a survivor needs a reason', async () => {
  const options = { kinds: ['constant-1-percent'] };
  await expect(testRule(shiftedSoftmax, options)).rejects.toThrow('does not see a change');
  const reason = 'what all elements have in common cancels';
  const { survivors } = await testRule(shiftedSoftmax, {
    ...options,
    allow: { 'constant-1-percent': reason },
  });
  expect(survivors.length).toBeGreaterThan(0);
  expect(survivors[0]).toMatchObject({ mutant: 'constant-1-percent', reason });
});

test('a rule without a model to start from says what it needs', async () => {
  const guarded = rule({
    name: 'test/guarded',
    doc: 'x of a size that nobody draws',
    match: op('Neg', [op('Neg', ['x'])]),
    guard: (m, q) => (q.shape(m.x)?.[0] === 97 ? { ok: true } : { ok: false, reason: 'not-97' }),
    build: (m) => m.x,
    exactness: 'exact',
    phase: 'normalize',
  });
  await expect(testRule(guarded, { runs: 2 })).rejects.toThrow(
    'rule test/guarded needs `instances`: the rule declines: not-97',
  );
  const hinted = await testRule(guarded, { runs: 2, kinds: [], instances: [{ shapes: { x: [97, 'B'] } }] });
  expect(hinted.positives).toBe(2);
});

test('the same seed gives the same test', async () => {
  const negNeg = rule({
    name: 'test/neg-neg',
    doc: '-(-x) = x',
    match: op('Neg', [op('Neg', ['x'])]),
    build: (m) => m.x,
    exactness: 'exact',
    phase: 'normalize',
  });
  const run = async (seed: number) => ({
    ...(await testRule(negNeg, { seed, runs: 6, mutants: 1 })),
    milliseconds: 0,
  });
  expect(await run(5)).toEqual(await run(5));
  expect(await run(5)).not.toEqual(await run(6));
});
