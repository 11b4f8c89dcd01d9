import { existsSync, readFileSync } from 'node:fs';
import { knownOperators, operatorOf, schemaVersions } from '@refold/ir';
import { expect, test } from 'vitest';
import { kernelOf } from './registry.ts';

const shared = new URL('../../../../../shared/', import.meta.url);
const schemaFile = new URL('schema/onnx-schemas.json', shared);
const macroFile = new URL('models/macro/macro.json', shared);

const missing = (operators: readonly (readonly [string, string])[], has: (d: string, n: string) => unknown) =>
  operators.filter(([domain, name]) => !has(domain, name)).map(([domain, name]) => `${domain}.${name}`);

test('every operator of ONNX has a meaning and a kernel', () => {
  const operators = knownOperators();
  expect(operators.length).toBeGreaterThan(200);
  expect(missing(operators, operatorOf)).toEqual([]);
  expect(missing(operators, kernelOf)).toEqual([]);
});

test.skipIf(!existsSync(macroFile))(
  'so has every operator of the models that are tested with (needs ../shared)',
  () => {
    const { models }: { models: Record<string, { ops: Record<string, number> }> } = JSON.parse(
      readFileSync(macroFile, 'utf8'),
    );
    const names = new Set(Object.values(models).flatMap(({ ops }) => Object.keys(ops)));
    const operators = [...names].map((name) => {
      const dot = name.lastIndexOf('.');
      return [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)] as const;
    });
    expect(operators.some(([domain]) => domain === 'com.microsoft')).toBe(true);
    expect(missing(operators, operatorOf)).toEqual([]);
    expect(missing(operators, kernelOf)).toEqual([]);
  },
);

test.skipIf(!existsSync(schemaFile))(
  'the table of operators has all versions of all schemas of ONNX (needs ../shared)',
  () => {
    const { schemas } = JSON.parse(readFileSync(schemaFile, 'utf8'));
    const versions = new Map<string, number[]>();
    for (const { domain, name, since } of schemas) {
      versions.set(`${domain}|${name}`, [...(versions.get(`${domain}|${name}`) ?? []), since]);
    }
    const ours = knownOperators().map(([domain, name]) => [
      `${domain}|${name}`,
      schemaVersions(domain, name),
    ]);
    expect(Object.fromEntries(ours)).toEqual(
      Object.fromEntries([...versions].map(([key, since]) => [key, since.sort((a, b) => a - b)])),
    );
  },
);
