import { dtypes } from '@refold/ir';
import fc from 'fast-check';
import type { CondJson, ExprJson, ParamTestJson, PatternJson, RuleData } from '../src/index.ts';

/** Rules of every form, whether or not their names mean anything. */
export const name: fc.Arbitrary<string> = fc.constantFrom(
  'x',
  'y',
  'w',
  'eps',
  'axes',
  'B',
  'S2',
  'a_b',
  'toString',
);
const operator = fc.constantFrom('Add', 'Conv', 'MatMul', 'Relu', 'Gemm');
const domain = fc.constantFrom('com.microsoft', 'my', 'a.b_c.d');
const count = fc.integer({ min: 0, max: 40 });
const number = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.5, 1e-5, 1e21, -2.5e-8, Math.SQRT1_2, 2 ** 53),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -9, max: 9 }),
);
const width = number.map(Math.abs);
const numbers = fc.array(number, { maxLength: 3 });
const word = fc.oneof(fc.constantFrom('none', 'a "b" \\ c', 'é\n#'), fc.string({ maxLength: 8 }));
const literal = fc.oneof(number, numbers);
const tol = fc.oneof(
  fc.constant('exact' as const),
  fc.record({ ulp: count }),
  fc.record({ rel: width, abs: width }, { requiredKeys: ['rel'] }),
);
const dtypeClass = fc.constantFrom('float' as const, 'integer' as const, ...dtypes);
const dtype = fc.oneof(dtypeClass, fc.array(dtypeClass, { minLength: 1, maxLength: 3 }));
const dims = fc.array(fc.oneof(count, fc.constantFrom('B', '_', '...', 'B*S', '2*B', 'B*2*S')), {
  maxLength: 4,
});
const range = fc.record({ min: count, max: count }, { requiredKeys: [] });
const valueTest = fc.record(
  { dtype, dims, rank: fc.oneof(count, range), singleUse: fc.boolean(), graphOutput: fc.boolean() },
  { requiredKeys: [] },
);
const constantTest = fc.record({ dtype, dims, splat: fc.boolean() }, { requiredKeys: [] });
const paramLiteral = fc.oneof(number, word, fc.boolean(), numbers);
const paramTest: fc.Arbitrary<ParamTestJson> = fc.oneof(
  paramLiteral,
  fc.record({ capture: name }),
  fc.record({ oneOf: fc.array(paramLiteral, { minLength: 1, maxLength: 3 }) }),
  fc.record(
    { axes: fc.constantFrom('last' as const, 'trailing' as const, 'all' as const), capture: name },
    { requiredKeys: ['axes'] },
  ),
  fc.constant({ absent: true } as const),
);
const yes = fc.constant(true as const);

const { pattern } = fc.letrec<{ pattern: PatternJson }>((tie) => {
  const inner = tie('pattern');
  const list = fc.record({ list: name, each: inner, min: count, max: count }, { requiredKeys: ['list'] });
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  return {
    pattern: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      fc.oneof(number, name),
      fc.record({ value: name, test: valueTest }),
      fc.record({ number: literal, tol, test: constantTest }, { requiredKeys: ['number'] }),
      fc.record(
        { constant: fc.oneof(name, fc.constant('_')), is: literal, tol, test: constantTest },
        { requiredKeys: ['constant'] },
      ),
      fc.constantFrom({ any: true } as const, { absent: true } as const, { hole: true } as const),
      fc.record(
        {
          op: fc.oneof(operator, fc.uniqueArray(operator, { minLength: 2, maxLength: 3 })),
          in: fc.array(fc.oneof({ weight: 4, arbitrary: inner }, list), { maxLength: 3 }),
          params: fc.dictionary(name, paramTest, { maxKeys: 2 }),
          domain,
          since: range,
          output: count,
          commute: yes,
          extraInputs: yes,
          test: valueTest,
        },
        { requiredKeys: ['op', 'in'] },
      ),
      fc.record({ sum: some, rest: name }, { requiredKeys: ['sum'] }),
      fc.record({ product: some, rest: name }, { requiredKeys: ['product'] }),
      fc.record({ neg: inner }),
      fc.record({ inv: inner }),
      fc.record({ power: inner, by: number }),
      fc.tuple(some, fc.boolean(), fc.option(name, { nil: undefined })).map(([oneOf, labelled, tag]) => ({
        oneOf,
        ...(labelled ? { labels: oneOf.map((_, i) => `l${i}`) } : {}),
        ...(tag === undefined ? {} : { tag }),
      })),
      fc.record({ named: fc.oneof(name, fc.constant('carried')), of: inner }),
      fc.record(
        { through: fc.array(operator, { minLength: 1, maxLength: 2 }), of: inner, capture: name, max: count },
        { requiredKeys: ['through', 'of'] },
      ),
      fc.record(
        { repeat: inner, of: inner, min: count, max: count, count: name },
        { requiredKeys: ['repeat', 'of'] },
      ),
      fc.record({
        permuted: fc.oneof(
          fc.constantFrom('ij->ji', '...abc -> ...cab', 'no'),
          fc.array(count, { maxLength: 3 }),
          fc.record({ capture: name }),
        ),
        of: inner,
      }),
      fc.record({ reshaped: fc.constantFrom('B (H D) -> B H D', '... A -> ... A 1', '('), of: inner }),
    ),
  };
});

const { expression } = fc.letrec<{ expression: ExprJson }>((tie) => {
  const inner = tie('expression');
  const binary = fc.constantFrom('+', '-', '*', '/', '^', '??', 'min', 'concat');
  return {
    expression: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      fc.oneof(number, name, fc.constantFrom(true, false, null)),
      fc.record({ text: word }),
      fc.record({ list: fc.array(inner, { maxLength: 3 }) }),
      fc.record({ fn: binary, args: fc.array(inner, { minLength: 2, maxLength: 2 }) }),
      fc.record({ fn: fc.constantFrom('neg', 'sqrt'), args: fc.tuple(inner) }),
      fc.record({
        index: inner,
        axes: fc.array(fc.constantFrom(':' as const, 1 as const, '...' as const), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
      fc.record({ output: name, at: count }),
      fc.record(
        {
          op: operator,
          in: fc.array(inner, { maxLength: 3 }),
          params: fc.dictionary(name, inner, { maxKeys: 2 }),
          domain,
          carry: fc.oneof(name, fc.constant('carried')),
          outputs: fc.integer({ min: 2, max: 9 }),
        },
        { requiredKeys: ['op', 'in'] },
      ),
    ),
  };
});

const condition: fc.Arbitrary<CondJson> = fc
  .tuple(
    fc.oneof(
      fc.record({ guard: fc.constantFrom('==', '<=', '>'), args: fc.tuple(expression, expression) }),
      fc.record({
        guard: fc.constantFrom('same', 'positive'),
        args: fc.array(expression, { minLength: 1, maxLength: 2 }),
      }),
    ),
    fc.record({ not: yes, reason: fc.constantFrom('no', 'not-so') }, { requiredKeys: [] }),
  )
  .map(([call, more]) => ({ ...call, ...more }));

const several = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 2 });
const pairs = <T>(of: fc.Arbitrary<T>) => fc.array(fc.tuple(name, of), { minLength: 2, maxLength: 2 });

export const ruleData: fc.Arbitrary<RuleData> = fc.record(
  {
    name: fc.constantFrom('act/gelu', 'a-b/c.d_e/f2'),
    doc: word,
    phase: fc.constantFrom('fuse', 'normalize'),
    exactness: fc.constantFrom('exact', 'reassociate'),
    benefit: fc.integer({ min: -100, max: 100 }),
    tags: several(name),
    exporters: several(word),
    traps: several(word),
    defs: several(fc.tuple(name, pattern)),
    match: fc.oneof(pattern, fc.record({ roots: pairs(pattern) })),
    let: several(fc.tuple(name, expression)),
    where: several(condition),
    emit: fc.oneof(expression, fc.record({ roots: pairs(expression) })),
    instances: several(
      fc.record(
        {
          shapes: fc.dictionary(name, fc.array(fc.oneof(count, name), { maxLength: 3 }), { maxKeys: 2 }),
          dims: fc.dictionary(name, count, { maxKeys: 2 }),
          dtype: fc.constantFrom(...dtypes),
          opset: fc.integer({ min: 1, max: 30 }),
          values: fc.dictionary(name, paramLiteral, { maxKeys: 2 }),
          choices: fc.dictionary(name, fc.oneof(word, fc.boolean()), { maxKeys: 2 }),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: ['name', 'phase', 'exactness', 'match', 'emit'] },
);
