import { expect, test } from 'vitest';
import { commutative, constant, op, rule, value } from '../index.ts';
import { describeRule, loadRules, parseRules, printRule, ruleFromJson, ruleToJson } from './load.ts';
import type { PatternJson } from './rule-data.ts';

const text = (match: string, rest = 'emit x'): string =>
  `rule a/b : fuse exact\n  match ${match}\n  ${rest}\n`;

function matchOf(match: string): PatternJson | undefined {
  const [only] = parseRules(text(match)).map(ruleToJson);
  const p = only?.match;
  return typeof p === 'object' && 'roots' in p ? undefined : p;
}

test.for<readonly [string, PatternJson]>([
  ['Relu(x)', { op: 'Relu', in: ['x'] }],
  ['{Relu, Abs}(x)', { op: ['Relu', 'Abs'], in: ['x'] }],
  ['com.acme::Gate(x)', { op: 'Gate', in: ['x'], domain: 'com.acme' }],
  ['x * y + 1', { sum: [{ product: ['x', 'y'] }, 1] }],
  ['x / y - 2', { sum: [{ product: ['x', { inv: 'y' }] }, -2] }],
  ['-x^2 + y', { sum: [{ neg: { power: 'x', by: 2 } }, 'y'] }],
  ['x + y + more...', { sum: ['x', 'y'], rest: 'more' }],
  ['Erf(x * ~0.7)', { op: 'Erf', in: [{ product: ['x', { number: 0.7, tol: { ulp: 4 } }] }] }],
  ['x * near(0.7; rel=1e-3)', { product: ['x', { number: 0.7, tol: { rel: 1e-3 } }] }],
  [
    'Gemm(x, w!, c!?)',
    { op: 'Gemm', in: ['x', { constant: 'w' }, { oneOf: [{ constant: 'c' }, { absent: true }] }] },
  ],
  [
    'Add(x, e! is ~0.5: float uniform)',
    {
      op: 'Add',
      in: ['x', { constant: 'e', is: 0.5, tol: { ulp: 4 }, test: { dtype: 'float', splat: true } }],
    },
  ],
  [
    'Relu(x: float[B, S, _, 4])',
    { op: 'Relu', in: [{ value: 'x', test: { dtype: 'float', dims: ['B', 'S', '_', 4] } }] },
  ],
  [
    'Relu(x: {float16, float32} rank 2..4)',
    { op: 'Relu', in: [{ value: 'x', test: { dtype: ['float16', 'float32'], rank: { min: 2, max: 4 } } }] },
  ],
  ['Relu(x) @once: float', { op: 'Relu', in: ['x'], test: { singleUse: true, dtype: 'float' } }],
  ['Softmax(x; axis=-1) @since 13..', { op: 'Softmax', in: ['x'], params: { axis: -1 }, since: { min: 13 } }],
  ['TopK(x, k) @out 1', { op: 'TopK', in: ['x', 'k'], output: 1 }],
  [
    'Resize(x, ...; mode=("linear" | "cubic"))',
    { op: 'Resize', in: ['x'], extraInputs: true, params: { mode: { oneOf: ['linear', 'cubic'] } } },
  ],
  [
    'ReduceMean(x; axes=trailing(axes), keepdims=true)',
    { op: 'ReduceMean', in: ['x'], params: { axes: { axes: 'trailing', capture: 'axes' }, keepdims: true } },
  ],
  ['Transpose(x; perm=p)', { op: 'Transpose', in: ['x'], params: { perm: { capture: 'p' } } }],
  [
    'Conv(x, w!; group=1, ..)',
    { named: 'carried', of: { op: 'Conv', in: ['x', { constant: 'w' }], params: { group: 1 } } },
  ],
  ['Relu(x) as r', { named: 'r', of: { op: 'Relu', in: ['x'] } }],
  [
    '(Relu(x) | Abs(x))',
    {
      oneOf: [
        { op: 'Relu', in: ['x'] },
        { op: 'Abs', in: ['x'] },
      ],
    },
  ],
  [
    'choose(how; a = Relu(x) | b = Abs(x))',
    {
      oneOf: [
        { op: 'Relu', in: ['x'] },
        { op: 'Abs', in: ['x'] },
      ],
      labels: ['a', 'b'],
      tag: 'how',
    },
  ],
  [
    'Relu(through({Cast, Identity}, x; max=4))',
    { op: 'Relu', in: [{ through: ['Cast', 'Identity'], of: 'x', max: 4 }] },
  ],
  [
    'repeat(Relu(next), x; min=2, count=n)',
    { repeat: { op: 'Relu', in: [{ hole: true }] }, of: 'x', min: 2, count: 'n' },
  ],
  ['Concat(xs...; axis=x)', { op: 'Concat', in: [{ list: 'xs' }], params: { axis: { capture: 'x' } } }],
  [
    'Concat(x, each(xs, Relu(_); min=2))',
    { op: 'Concat', in: ['x', { list: 'xs', each: { op: 'Relu', in: [{ any: true }] }, min: 2 }] },
  ],
  ['permuted("...ij->...ji", x)', { permuted: '...ij->...ji', of: 'x' }],
  ['permuted([0, 2, 1], x)', { permuted: [0, 2, 1], of: 'x' }],
  ['reshaped("B (H D) -> B H D", x)', { reshaped: 'B (H D) -> B H D', of: 'x' }],
])('%s', ([written, json]) => {
  expect(matchOf(written)).toEqual(json);
  const [one] = parseRules(text(written));
  if (one) expect(parseRules(printRule(one)).map(ruleToJson)).toEqual([ruleToJson(one)]);
});

test.for([
  ['Relu(x) y', 'a.rules:2:17: expected one of rule, doc'],
  ['Relu(x', "a.rules:3:3: expected ',' or ')', found 'emit'"],
  ['Relu(§)', 'a.rules:2:14: "§" is not understood'],
  ['relu(x)', "a.rules:2:9: 'relu' is not a form of pattern; operators start with a capital letter"],
  ['Rleu(x)', 'a.rules:1:1: rule a/b: there is no operator Rleu'],
  ['Relu(x; axis=1)', 'rule a/b: Relu has no parameter axis'],
  ['Relu(match)', "nothing can be named 'match', which is a word of the language"],
  ['Relu(y)', 'nothing is named x'],
  ['x', 'the pattern may be a value that no node makes'],
  ['Relu(next)', 'next stands outside of a repeat'],
  ['Relu(x) @twice', "a.rules:2:18: there is no '@twice'"],
  ['x + y?', 'a part of a sum or product may be absent; write (a + b | a) instead'],
  ['permuted("ij->kl", x)', 'ij->kl is not an order of axes'],
  ['"Relu"', 'a.rules:2:9: expected a pattern, found a string'],
  [`${'('.repeat(300)}x`, 'nested deeper than 256 levels'],
] as const)('%s is an error with its place', ([written, message]) => {
  expect(() => parseRules(text(written), 'a.rules')).toThrow(message);
});

test.for([
  ['emit Gelu(x; approx="none")', 'Gelu has no attribute approx'],
  ['emit Gelu(x, x)', 'Gelu takes at most 1 inputs, not 2'],
  ['emit x + k', 'nothing is named k'],
  ['emit 1', 'what is emitted is not a value'],
  ['emit exp(x)', 'there is no function exp'],
  ['emit transpose(x, [1, 0])', 'transpose is worked out of constants only'],
  ['emit Conv(x, x; ..)', '..carried takes over the parameters of a node, and no node has that name'],
  ['emit x where eval(x)', 'there is no guard eval'],
  ['emit x where same(x)', 'same takes 2 arguments, not 1'],
  ['emit x where rank(Relu(x)) == 2', 'Relu is a node, which where cannot ask about'],
  ['emit x where x', 'a condition is a guard such as same(a, b), or a comparison'],
  ['let k = 1 emit x', 'k is not used'],
  ['let x = 1 emit x', 'x is the name of two things'],
  ['emit a = x, b = x', 'a pattern of several roots emits one value for each'],
  ['', 'rule a/b has no emit'],
  ['emit x emit x', 'a second emit'],
] as const)('%s is an error', ([rest, message]) => {
  expect(() => parseRules(text('Relu(x)', rest))).toThrow(message);
});

test('what is emitted says which opset has it', () => {
  const emitsOf = (emit: string) => parseRules(text('Relu(x)', `emit ${emit}`)).flatMap((r) => r.spec.emits);
  expect(emitsOf('Gelu(x)')).toEqual([{ op: 'Gelu', since: 20 }]);
  expect(emitsOf('ReduceSum(x, [1])')).toEqual([{ op: 'ReduceSum', since: 13 }]);
  expect(emitsOf('ReduceSum(x; axes=[1])')).toEqual([{ op: 'ReduceSum', since: 1 }]);
  expect(emitsOf('-x * 2')).toEqual([
    { op: 'Neg', since: 7 },
    { op: 'Mul', since: 7 },
  ]);
});

test('two rules of one text have different names, and comments are not part of them', () => {
  const two = `# first\n${text('Relu(x)')}# second\n${text('Abs(x)')}`;
  expect(() => parseRules(two, 'a.rules')).toThrow('a.rules: two rules are named a/b');
  expect(parseRules(two.replace('a/b', 'a/c')).map((r) => r.spec.name)).toEqual(['a/c', 'a/b']);
});

test('JSON files are told by their names', () => {
  const [one] = parseRules(text('Relu(x)'));
  const json = one && JSON.stringify(ruleToJson(one));
  expect(loadRules(json ?? '', 'a.json').map(printRule)).toEqual(
    loadRules(text('Relu(x)'), 'a.txt').map(printRule),
  );
  expect(() => loadRules(text('Relu(x)'), 'a.json')).toThrow('a.json: ');
});

test('of a rule with code there is the pattern', () => {
  const d = op('Relu', [value('x')]);
  const coded = rule({
    name: 'a/code',
    doc: 'x x = x',
    match: commutative('Mul', [d, op('Add', [d, constant('e', { splat: true })])]),
    build: (m) => m.x,
    exactness: 'exact',
    phase: 'fuse',
  });
  expect(describeRule(coded)).toMatchObject({
    pure: false,
    rule: { defs: [['part1', { op: 'Relu', in: ['x'] }]] },
  });
  expect(printRule(coded)).toContain('match     Mul(part1, Add(part1, e!: uniform)) @commute\n');
  expect(() => ruleToJson(coded)).toThrow('rule a/code is not data: its guard and its builder are code');
});

test('a rule of JSON is the rule of its text', () => {
  const json = {
    name: 'a/b',
    phase: 'fuse',
    exactness: 'exact',
    match: { op: 'Relu', in: ['x'] },
    emit: 'x',
  };
  expect(printRule(ruleFromJson(json))).toBe('rule a/b : fuse exact\n  match     Relu(x)\n  emit      x\n');
});
