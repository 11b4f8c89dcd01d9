import { RefoldError } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleData } from '../../test/arbitrary-rules.ts';
import { apply, model } from '../../test/support.ts';
import type { Rule } from '../rewrite/rule.ts';
import { dataRule } from './data-rule.ts';
import { parseRules } from './load.ts';
import type { ExprJson, RuleData } from './rule-data.ts';

/** The rules, unless they are refused as they should be. */
function made(make: () => readonly Rule[]): readonly Rule[] {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RefoldError) || error.code !== 'usage/option') throw error;
    expect(error.message).toMatch(/^[^\n]+$/);
    return [];
  }
}

const word = fc.oneof(
  fc.constantFrom(...'( ) [ ] { } , ; : = ! ? ~ | @ . .. ... ?? + - * / ^ _ == "a" 1 0.5 1e9'.split(' ')),
  fc.constantFrom(
    'rule',
    'a/b',
    'fuse',
    'exact',
    'match',
    'emit',
    'let',
    'where',
    'def',
    'x',
    'Relu(',
    'com.a::',
  ),
  fc.string({ maxLength: 3 }),
);

test('texts of any words are rules, or errors with one sentence', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      made(() => parseRules(words.join(' ')));
      made(() => parseRules(`rule a/b : fuse exact match Relu(x) emit ${words.join(' ')}`));
      made(() => parseRules(`rule a/b : fuse exact match Relu(${words.join(' ')}) emit x`));
    }),
    { numRuns: 500 },
  );
});

test('data of the right form are rules, or errors with one sentence', () => {
  fc.assert(
    fc.property(ruleData, (data) => {
      made(() => [dataRule(data)]);
    }),
    { numRuns: 500 },
  );
});

// What a match of `pattern` captures, and what only looks like it.
const names = ['x', 'w', 'b', 'a', 'p', 'n', 'xs', 'missing', 'B'] as const;
const { expression } = fc.letrec<{ expression: ExprJson }>((tie) => {
  const inner = tie('expression');
  const call = (fn: readonly string[], count: number) =>
    fc.record({ fn: fc.constantFrom(...fn), args: fc.array(inner, { minLength: count, maxLength: count }) });
  return {
    expression: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(fc.constantFrom(...names), fc.constantFrom(0, -1, 2, 1e300, 0.5, 2 ** 40, null, true)),
      call(['+', '-', '*', '/', '^', 'min', 'max', '??', 'concat', 'reshape', 'transpose', 'item', 'dim'], 2),
      call(['neg', 'sqrt', 'reciprocal', 'abs', 'number', 'ints', 'count', 'rank'], 1),
      fc.record({ list: fc.array(inner, { maxLength: 3 }) }),
      fc.record({
        index: inner,
        axes: fc.array(fc.constantFrom(':' as const, 1 as const, '...' as const), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
      fc.record({ op: fc.constantFrom('Relu', 'Identity'), in: fc.tuple(inner) }),
      fc.record({ op: fc.constant('Reshape'), in: fc.tuple(inner, inner) }),
      fc.record({
        op: fc.constant('Softmax'),
        in: fc.tuple(inner),
        params: fc.record({ axis: inner }),
      }),
    ),
  };
});

const guard = fc.oneof(
  fc.record({
    guard: fc.constantFrom('==', '<', 'same', 'broadcasts', 'sameShape', 'shape', 'lastAxis', 'dtype'),
    args: fc.tuple(expression, expression),
  }),
  fc.record({
    guard: fc.constantFrom('positive', 'uniform', 'once', 'static', 'given'),
    args: fc.tuple(expression),
  }),
);

test('no rule makes the driver fail, whatever it works out', () => {
  const graph = `(float[1,2,N] x, float[2] z) => (float[1,2,N] y, float[4] u)
    <float[2,2,1] k = {1, 0, -3, 4}, int64[2] i = {2, 1}>
    { c = Conv <pads = [0, 0]> (x, k) y = Relu (c) a = Concat <axis = 0> (z, z) u = Relu (a) }`;
  const match: RuleData['match'] = {
    op: 'Relu',
    in: [
      {
        oneOf: [
          {
            named: 'n',
            of: {
              op: 'Conv',
              in: [
                { value: 'x', test: { dims: [1, '_', 'B'] } },
                { constant: 'w' },
                { oneOf: ['b', { absent: true }] },
              ],
              params: { pads: { capture: 'p' }, group: { capture: 'a' } },
            },
          },
          { op: 'Concat', in: [{ list: 'xs' }], params: { axis: { capture: 'a' } } },
        ],
      },
    ],
  };
  let rules = 0;
  fc.assert(
    fc.property(
      expression,
      fc.array(guard, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      (emit, where, asks) => {
        const data: RuleData = {
          name: 'a/b',
          phase: 'fuse',
          exactness: 'exact',
          match,
          emit,
          ...(asks ? { where } : {}),
        };
        const own = made(() => [dataRule(data)]);
        rules += own.length;
        // A rule that throws anything but a refusal ends the run with an error.
        apply(model(graph), own, { maxRewrites: 5 });
      },
    ),
    { numRuns: 300 },
  );
  expect(rules).toBeGreaterThan(20);
});

test('long chains of names cost no stack, and lists do not nest', () => {
  const graph = '(float[2] x) => (float[2] y) { a = Relu (x) y = Relu (a) }';
  const chain = (first: string, next: (k: string) => string): string => {
    const lets = Array.from({ length: 250 }, (_, i) => `let k${i + 1} = ${next(`k${i}`)}`);
    return `rule a/b : fuse exact match Relu(Relu(x) as n) let k0 = ${first} ${lets.join('\n')}`;
  };
  const deep = (k: string): string => `${'-('.repeat(40)}${k}${')'.repeat(40)}`;
  const numbers = parseRules(`${chain('1', deep)} where k250 == 1 emit Relu(x)`);
  expect(apply(model(graph), numbers).applied).toEqual({ 'a/b': 1 });
  const lists = parseRules(`${chain('[1]', (k) => `[${k}, ${k}]`)} where k250 == k250 emit Relu(x)`);
  expect(apply(model(graph), lists).refused).toEqual({ 'a/b': { 'list-of-lists': expect.any(Number) } });
});

test('constants that a rule blows up are refused before they fill the memory', () => {
  const lets = Array.from({ length: 200 }, (_, i) => `let k${i + 1} = concat(k${i}, k${i}, 0) + 0`);
  const rules = parseRules(`rule a/b : fuse exact
    match Relu(x + w!)
    let k0 = w * 1 ${lets.join('\n')}
    emit Relu(x + k200)`);
  const graph = '(float[2] x) => (float[2] y) <float[2] w = {1, 2}> { a = Add (x, w) y = Relu (a) }';
  const { refused } = apply(model(graph), rules);
  expect(refused).toEqual({ 'a/b': { 'fold-too-large': expect.any(Number) } });
});
