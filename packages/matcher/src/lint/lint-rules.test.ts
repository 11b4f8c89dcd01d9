import { expect, test } from 'vitest';
import {
  commutative,
  compile,
  lintRules,
  oneOf,
  op,
  type Pat,
  type PatLike,
  product,
  type Rule,
  type RuleSpec,
  rule,
  sum,
  value,
} from '../index.ts';

function named<C extends object>(name: string, match: Pat<C>, more: Partial<RuleSpec<C>> = {}): Rule {
  return rule({
    name,
    doc: 'for the test',
    match,
    build: (m) => m.$root,
    exactness: 'exact',
    phase: 'fuse',
    ...more,
  });
}

const relu = (p: PatLike): Pat<object> => op('Relu', [p]);
const codes = (...rules: Rule[]): readonly string[] =>
  lintRules(rules).map((f) => `${f.code} ${f.rules.join(' ')}`);

test('rules that can match at one root overlap, with a graph that shows it', () => {
  const left = named('test/left', op('MatMul', [relu('x'), 'y']));
  const right = named('test/right', op('MatMul', ['x', op('Sigmoid', ['y'])]));
  expect(compile([right, left]).report.overlaps).toEqual([
    { first: 'test/left', second: 'test/right', witness: 'MatMul(Relu, Sigmoid)', resolvedBy: 'name' },
  ]);
  expect(codes(left, right)).toEqual(['order test/left test/right']);
});

test('a stated benefit or the size of the pattern settles an overlap', () => {
  const small = named('test/small', op('MatMul', [relu('x'), 'y']));
  const large = named('test/large', op('MatMul', [relu(op('Exp', ['x'])), 'y']));
  const better = named('test/better', op('MatMul', ['x', relu('y')]), { benefit: 7 });
  const resolved = compile([small, large, better]).report.overlaps.map((o) => [
    o.first,
    o.second,
    o.resolvedBy,
  ]);
  expect(resolved).toEqual([
    ['test/better', 'test/large', 'benefit'],
    ['test/better', 'test/small', 'benefit'],
    ['test/large', 'test/small', 'size'],
  ]);
  expect(codes(small, large, better)).toEqual([]);
});

test('rules that ask for different operators or parameters of one node do not overlap', () => {
  const apart: readonly (readonly [Pat<object>, Pat<object>])[] = [
    [relu('x'), op('Sigmoid', ['x'])],
    [op('MatMul', [relu('x'), 'y']), op('MatMul', [op('Exp', ['x']), 'y'])],
    [
      op('Gelu', ['x'], { params: { approximate: 'none' } }),
      op('Gelu', ['x'], { params: { approximate: 'tanh' } }),
    ],
  ];
  for (const [a, b] of apart) expect(codes(named('test/a', a), named('test/b', b))).toEqual([]);
  // An Identity is looked through by the one and asked for by the other.
  const through = op('MatMul', [op('Identity', ['x']), 'y']);
  expect(codes(named('test/a', op('MatMul', [relu('x'), 'y'])), named('test/b', through))).toHaveLength(1);
});

test('sums and products overlap where a value can have the parts of both', () => {
  const gate = (name: string): Rule => named(`test/${name}`, product(['x', op(name, ['x'])]));
  // x * Sigmoid(x) is y * Tanh(y) only if x stands inside of itself.
  expect(codes(gate('Sigmoid'), gate('Tanh'))).toEqual([]);
  const free = named('test/free', product(['y', op('Tanh', ['x'])]));
  expect(codes(gate('Sigmoid'), free)).toEqual(['order test/Sigmoid test/free']);
  // Both may be a Neg, but not of the same node.
  const added = named('test/added', sum([relu('x'), op('Exp', ['y'])]));
  const times = named('test/times', product([relu('x'), op('Exp', ['y'])]));
  expect(codes(added, times)).toEqual([]);
  const three = named('test/three', product(['x', op('Sigmoid', ['x']), op('Exp', ['x'])]));
  expect(codes(gate('Sigmoid'), three)).toEqual([]);
  const inner = (name: string): Rule => named(`test/${name}`, product(['y', sum([op(name, ['x']), 1])]));
  expect(codes(inner('Erf'), inner('Tanh'))).toEqual(['order test/Erf test/Tanh']);
  const shared = (name: string): Rule => named(`test/${name}`, product(['x', sum([op(name, ['x']), 1])]));
  expect(codes(shared('Erf'), shared('Tanh'))).toEqual([]);
});

test('rules of different phases do not overlap: the phase decides', () => {
  const a = named('test/a', relu(relu('x')));
  const b = named('test/b', relu(relu('x')), { phase: 'normalize' });
  expect(codes(a, b)).toEqual([]);
});

test('a rule behind a more general one is shadowed', () => {
  const general = named('test/general', op('MatMul', [relu('x'), 'y']), { benefit: 9 });
  const special = named('test/special', op('MatMul', [relu(op('Exp', ['x'])), relu('y')]));
  expect(codes(general, special)).toEqual(['shadowed test/general test/special']);
  const choice = oneOf('form', { one: op('MatMul', [relu('x'), 'y']), other: op('MatMul', ['x', 'y']) });
  expect(codes(named('test/general', choice, { benefit: 9 }), special)).toContain(
    'shadowed test/general test/special',
  );
});

test('a rule is not shadowed where the one before it may decline or asks for more', () => {
  const special = named('test/special', op('MatMul', [relu(op('Exp', ['x'])), relu('y')]));
  const others: readonly Rule[] = [
    named('test/guarded', op('MatMul', [relu('x'), 'y']), {
      benefit: 9,
      guard: () => ({ ok: false, reason: 'never' }),
    }),
    named('test/same', op('MatMul', [relu('x'), 'x']), { benefit: 9 }),
    named('test/typed', op('MatMul', [value('x', { dtype: 'float16' }), 'y']), { benefit: 9 }),
    named('test/product', product([relu('x'), 'y']), { benefit: 9 }),
  ];
  for (const other of others)
    expect(codes(other, special).filter((c) => c.startsWith('shadowed'))).toEqual([]);
});

test('a rule that makes what it matches is found out', () => {
  const swap = named('test/swap', commutative('Add', ['x', 'y']), { emits: [{ op: 'Add', since: 7 }] });
  expect(codes(swap)).toEqual(['matches-itself test/swap']);
  const ends = named('test/ends', commutative('Add', ['x', 'y']), {
    emits: [{ op: 'Add', since: 7 }],
    decreases: 'operands that are out of order',
  });
  const deeper = named('test/deeper', op('Relu', [relu('x')]), { emits: [{ op: 'Relu', since: 6 }] });
  expect(codes(ends, deeper)).toEqual([]);
});

test('rules that are one operator with any operands keep their conditions in code, and are not compared', () => {
  const bare = (name: string): Rule => named(name, op('Reshape', [], { extraInputs: 'allow' }));
  expect(codes(bare('test/a'), bare('test/b'))).toEqual([]);
});
