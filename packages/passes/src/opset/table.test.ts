import {
  knownOperators,
  newestOpset,
  type OperatorSchema,
  type Parameter,
  schemaOf,
  schemaVersions,
} from '@refold/ir';
import { expect, test } from 'vitest';
import { adapterOf } from './index.ts';
import { isUnchanged } from './unchanged.ts';

/** All steps from one version of a standard operator to the next that opset 6 and later take. */
const steps = knownOperators()
  .filter(([domain]) => domain === '')
  .flatMap(([, name]) => {
    const versions = schemaVersions('', name);
    return versions.slice(1).map((version, i) => ({ name, before: versions[i] ?? 0, version }));
  })
  .filter(({ version }) => version > 6);

function schema(name: string, version: number): OperatorSchema {
  const found = schemaOf('', name, version);
  if (!found) throw new Error(`no ${name} at ${version}`);
  return found;
}

test('what every version changed is known', () => {
  const unknown = steps.filter(
    ({ name, version }) => (adapterOf(name, version) !== undefined) === isUnchanged(name, version),
  );
  expect(unknown).toEqual([]);
  expect(steps.length).toBeGreaterThan(360);
});

const anyType = (s: OperatorSchema, p: Parameter | undefined): readonly string[] =>
  p === undefined ? [] : (s.types.get(p.type) ?? [p.type]);

/** Why a valid node of the version before may not be valid in the version after, by the schemas alone. */
function narrowing(before: OperatorSchema, after: OperatorSchema): string[] {
  const found: string[] = [];
  if (after.deprecated) found.push('deprecated');
  for (const side of ['inputs', 'outputs'] as const) {
    before[side].forEach((p, i) => {
      const now = after[side][i];
      const wide = new Set(anyType(after, now));
      if (anyType(before, p).some((t) => !wide.has(t))) found.push(`${side} ${i} lose types`);
      if (p.option === 'optional' && now?.option === 'single') found.push(`${side} ${i} became required`);
    });
    after[side].slice(before[side].length).forEach((p) => {
      if (p.option === 'single') found.push(`${side} have a new ${p.name}`);
    });
  }
  for (const [name, a] of before.attributes) {
    const now = after.attributes.get(name);
    if (now?.type !== a.type) found.push(`attribute ${name} is gone`);
    else if (JSON.stringify(now.default) !== JSON.stringify(a.default)) found.push(`default of ${name}`);
  }
  for (const [name, a] of after.attributes) {
    if (a.required && !before.attributes.get(name)?.required) found.push(`attribute ${name} became required`);
  }
  return found;
}

/** Operands of one type before that still may have one. */
function tied(before: OperatorSchema, after: OperatorSchema): string[] {
  const found: string[] = [];
  after.inputs.forEach((p, i) => {
    after.inputs.slice(0, i).forEach((q, j) => {
      const were =
        before.inputs[i]?.type === before.inputs[j]?.type || !before.inputs[i] || !before.inputs[j];
      if (p.type === q.type && !were) found.push(`inputs ${j} and ${i} must have one type`);
    });
  });
  return found;
}

test('what is said to be unchanged allows everything that was allowed', () => {
  const found = steps
    .filter(({ name, version }) => isUnchanged(name, version))
    .flatMap(({ name, before, version }) => {
      const [a, b] = [schema(name, before), schema(name, version)];
      return [...narrowing(a, b), ...tied(a, b)].map((what) => `${name} ${version}: ${what}`);
    });
  expect(found).toEqual([]);
});

test('the newest opset is one whose steps are known', () => {
  expect(newestOpset()).toBe(Math.max(...steps.map((s) => s.version)));
});
