import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleData } from '../../test/arbitrary-rules.ts';
import { ruleSchema, rulesShape } from './rule-shape.ts';
import { checkShape } from './shape.ts';

const file = new URL('../../../../docs/rule.schema.json', import.meta.url);

test('the schema in docs is the form that the loader checks', () => {
  if (process.env.REFOLD_UPDATE) writeFileSync(file, `${JSON.stringify(ruleSchema(), null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(ruleSchema());
});

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(ruleSchema());

function isAccepted(json: unknown): boolean {
  try {
    checkShape(json, rulesShape);
    return true;
  } catch {
    return false;
  }
}

test('schema and loader accept every rule', () => {
  fc.assert(
    fc.property(ruleData, (rule) => {
      expect([validate(rule), isAccepted(rule)]).toEqual([true, true]);
    }),
  );
});

/** All places of a document. */
function placesIn(json: unknown): readonly { readonly of: Record<string, unknown>; readonly key: string }[] {
  if (typeof json !== 'object' || json === null) return [];
  const of = json as Record<string, unknown>;
  return Object.keys(of).flatMap((key) => [{ of, key }, ...placesIn(of[key])]);
}

const other = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    'x',
    '9',
    -1,
    2.5,
    1e300,
    true,
    false,
    null,
    [],
    {},
    [1, 'x'],
    '_',
    'a/b',
    ':',
  ),
  fc.constantFrom<unknown>(
    { op: 'Relu', in: [] },
    { list: 'x' },
    { roots: [] },
    { capture: 'x' },
    { text: '' },
  ),
  fc.string({ maxLength: 300 }),
  fc.jsonValue({ maxDepth: 2 }),
);

test('schema and loader agree on every change of a rule', () => {
  const change = fc.tuple(
    fc.nat(),
    fc.constantFrom('replace', 'remove', 'add', 'rename'),
    fc.string(),
    other,
  );
  fc.assert(
    fc.property(ruleData, fc.array(change, { minLength: 1, maxLength: 2 }), (rule, changes) => {
      const json: unknown = JSON.parse(JSON.stringify([rule]));
      for (const [at, kind, name, drawn] of changes) {
        const value = structuredClone(drawn);
        const places = placesIn(json);
        const place = places[at % places.length];
        if (!place) continue;
        const { of, key } = place;
        const before = of[key];
        if (kind === 'replace') of[key] = value;
        else if (kind === 'add' && !Array.isArray(of)) of[name] = value;
        else if (kind === 'add' || Array.isArray(of)) (of as unknown as unknown[]).push(value);
        else {
          delete of[key];
          if (kind === 'rename') of[name] = before;
        }
      }
      const isValid = validate(json);
      expect([JSON.stringify(json), isAccepted(json)]).toEqual([JSON.stringify(json), isValid]);
    }),
    { numRuns: 500 },
  );
});

test.for([
  ['a number', 7, 'expected a rule or a list of rules, found 7'],
  ['a missing field', { name: 'a/b' }, 'a rule needs phase'],
  ['an unknown field', { ...good(), danger: 1 }, 'a rule has no "danger"'],
  ['another name', good({ name: 'no family' }), 'name: expected a name such as family/name'],
  ['a word that is none', good({ phase: 'later' }), 'phase: expected one of "normalize"'],
  [
    'a wrong place deep inside',
    good({ match: { op: 'Relu', in: [{ neg: { inv: [] } }] } }),
    'match.in[0].neg.inv: expected a pattern, found a list',
  ],
] as const)('%s is refused with its place', ([, json, message]) => {
  expect(() => checkShape(json, rulesShape)).toThrow(message);
});

function good(change: object = {}): object {
  return {
    name: 'a/b',
    phase: 'fuse',
    exactness: 'exact',
    match: { op: 'Relu', in: ['x'] },
    emit: 'x',
    ...change,
  };
}

test('fields of the prototype are not fields', () => {
  const polluted = JSON.parse('{"__proto__": {"name": "a/b"}, "phase": "fuse"}');
  expect(() => checkShape(polluted, rulesShape)).toThrow('expected a rule or a list of rules');
  const own = JSON.parse(JSON.stringify(good()).replace('"in":["x"]', '"in":["x"],"params":{"__proto__":1}'));
  expect(() => checkShape(own, rulesShape)).toThrow('expected a name, found "__proto__"');
  class Rule {}
  expect(() => checkShape(Object.assign(new Rule(), good()), rulesShape)).toThrow('expected a rule');
});

test('documents without end are refused', () => {
  let deep: unknown = 'x';
  for (let i = 0; i < 1e5; i += 1) deep = { neg: deep };
  expect(() => checkShape(good({ match: deep }), rulesShape)).toThrow('nested deeper than 100 levels');
  let wide: unknown = 'x';
  for (let i = 0; i < 30; i += 1) wide = { sum: [wide, wide] };
  expect(() => checkShape(good({ match: wide }), rulesShape)).toThrow('more than 100000 values');
});
