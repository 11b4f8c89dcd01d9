import { dtypes } from '@refold/ir';
import { exactnesses, phases } from '../rewrite/rule.ts';
import {
  among,
  integer,
  type JsonSchema,
  list,
  named,
  number,
  object,
  pair,
  record,
  type Shape,
  text,
  union,
} from './shape.ts';

// The form of rules as data. What is not a matter of form, such as whether a name is known, is checked later.

const name = text('a name', 64, '^[A-Za-z][A-Za-z0-9_]*$');
const operator = text('the name of an operator', 128, '^[A-Za-z][A-Za-z0-9_]*$');
const domain = text('a domain', 128, '^[A-Za-z][A-Za-z0-9_]*(\\.[A-Za-z0-9_]+)*$');
const word = text('a string', 200);
const letters = text('an order of axes', 200, '^[A-Za-z .>-]+$');
const equation = text('an equation of shapes', 200, '^[A-Za-z0-9_ ().>-]+$');
const count = integer(0, 1024);
const finite = number();
const width = number('a number that is not negative', 0);
const numbers = list(finite);
const yes = among([true]);

const dtypeClass = among(
  ['float', 'signed', 'unsigned', 'integer', 'number', ...dtypes],
  'a dtype or a class',
);
const dtypeTest = union('a dtype or a list of them', [dtypeClass, list(dtypeClass, 1)]);
const factor = '([A-Za-z][A-Za-z0-9_]*|[0-9]+)';
const size = text(
  'a size',
  128,
  `^(_|\\.\\.\\.|[A-Za-z][A-Za-z0-9_]*(\\*${factor})*|[0-9]+(\\*${factor})+)$`,
);
const dims = list(union('a size', [integer(0, Number.MAX_SAFE_INTEGER), size]), 0, 64);
const range = object('a range', {}, { min: count, max: count });
const rank = union('a rank or a range', [count, range]);
const flag = among([true, false]);

const valueTest = object('a test', {}, { dtype: dtypeTest, rank, dims, singleUse: flag, graphOutput: flag });
const constantTest = object('a test', {}, { dtype: dtypeTest, dims, splat: flag });
const tolerance = union('a tolerance', [
  among(['exact']),
  object('a tolerance in units', { ulp: count }),
  object('a relative tolerance', { rel: width }, { abs: width }),
]);
const literal = union('a number or numbers', [finite, numbers]);
const paramLiteral = union('a literal', [finite, word, flag, numbers]);
const paramTest = union('a test of a parameter', [
  paramLiteral,
  object('a choice', { oneOf: list(paramLiteral, 1) }),
  object('axes', { axes: among(['last', 'trailing', 'spatial', 'all', 'channel']) }, { capture: name }),
  object('a capture', { capture: name }),
  object('an absent parameter', { absent: yes }),
]);

const pattern: Shape = named('pattern', 'a pattern', () => patterns);
/** A list stands among the inputs of an operator only. */
const input = union('a pattern', [
  object('a list', { list: name }, { each: pattern, min: count, max: count }),
  pattern,
]);
const patternList = list(pattern, 1);

const patterns: Shape = union('a pattern', [
  finite,
  name,
  object(
    'an operator',
    { op: union('operators', [operator, list(operator, 2)]), in: list(input) },
    {
      params: record(name, paramTest),
      domain,
      since: range,
      output: count,
      commute: yes,
      extraInputs: yes,
      test: valueTest,
    },
  ),
  object('a value', { value: name, test: valueTest }),
  object('a number', { number: literal }, { tol: tolerance, test: constantTest }),
  object(
    'a constant',
    { constant: text('a name or _', 64, '^([A-Za-z][A-Za-z0-9_]*|_)$') },
    { is: literal, tol: tolerance, test: constantTest },
  ),
  object('any value', { any: yes }),
  object('an absent input', { absent: yes }),
  object('the rest of a chain', { hole: yes }),
  object('a sum', { sum: patternList }, { rest: name }),
  object('a product', { product: patternList }, { rest: name }),
  object('a negative', { neg: pattern }),
  object('an inverse', { inv: pattern }),
  object('a power', { power: pattern, by: finite }),
  object('alternatives', { oneOf: patternList }, { labels: list(name, 1), tag: name }),
  object('a named node', { named: name, of: pattern }),
  object('nodes to skip', { through: list(operator, 1), of: pattern }, { capture: name, max: count }),
  object('a chain', { repeat: pattern, of: pattern }, { min: count, max: count, count: name }),
  object('a permuted value', {
    permuted: union('an order of axes', [letters, list(count), object('a capture', { capture: name })]),
    of: pattern,
  }),
  object('a reshaped value', { reshaped: equation, of: pattern }),
]);

const expression: Shape = named('expression', 'an expression', () => expressions);

const expressions: Shape = union('an expression', [
  finite,
  name,
  among([true, false, null], 'true, false or null'),
  object('a string', { text: word }),
  object('a list', { list: list(expression) }),
  object(
    'a node',
    { op: operator, in: list(expression) },
    { params: record(name, expression), domain, carry: name, outputs: integer(2, 64) },
  ),
  object('a call', {
    fn: text('a function', 64, '^([A-Za-z][A-Za-z0-9_]*|[-+*/^]|\\?\\?)$'),
    args: list(expression, 1),
  }),
  object('more axes', { index: expression, axes: list(among([':', 1, '...']), 1, 16) }),
  object('an output', { output: name, at: count }),
]);

const condition = object(
  'a condition',
  { guard: text('a guard', 64, '^([A-Za-z][A-Za-z0-9_]*|[=!<>]=|[<>])$'), args: list(expression, 1) },
  { not: yes, reason: text('a code', 64, '^[a-z0-9]+(-[a-z0-9]+)*$') },
);

const rootName = pair(name, pattern);
const ruleShape: Shape = object(
  'a rule',
  {
    name: text(
      'a name such as family/name',
      128,
      '^[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*(/[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*)+$',
    ),
    phase: among(phases),
    exactness: among(exactnesses),
    match: union('a pattern', [object('roots', { roots: list(rootName, 2, 64) }), pattern]),
    emit: union('an expression', [
      object('roots', { roots: list(pair(name, expression), 2, 64) }),
      expression,
    ]),
  },
  {
    doc: text('a sentence', 2000),
    benefit: finite,
    tags: list(name, 1, 64),
    exporters: list(word, 1, 64),
    traps: list(text('a sentence', 2000), 1, 64),
    defs: list(pair(name, pattern), 1),
    let: list(pair(name, expression), 1),
    where: list(condition, 1),
    instances: list(
      object(
        'an instance',
        {},
        {
          shapes: record(name, list(union('a size', [integer(0, 1_000_000), name]), 0, 64)),
          dims: record(name, integer(0, 1_000_000)),
          dtype: among(dtypes, 'a dtype'),
          opset: integer(1, 1024),
          values: record(name, paramLiteral),
          choices: record(name, union('a label', [word, flag])),
        },
      ),
      1,
    ),
  },
);

export { ruleShape };

/** The JSON Schema of a rule as data. */
export function ruleSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A rewrite rule of refold as data',
    description:
      'One rule, or a list of rules with different names. The same can be written as text: see rules-as-data.md.',
    anyOf: [{ $ref: '#/$defs/rule' }, { type: 'array', items: { $ref: '#/$defs/rule' }, maxItems: 256 }],
    $defs: { rule: ruleShape.schema, pattern: patterns.schema, expression: expressions.schema },
  };
}

export const rulesShape: Shape = union('a rule or a list of rules', [
  ruleShape,
  list(named('rule', 'a rule', () => ruleShape)),
]);
