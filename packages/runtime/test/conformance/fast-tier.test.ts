import { describe, expect, test } from 'vitest';
import { type Case, findCases } from './archive.ts';
import { readKnownFailures } from './known-failures.ts';
import { modelOf, runCase } from './run-case.ts';

const found = findCases();
const known = readKnownFailures();
const cases: readonly Case[] = typeof found === 'string' ? [] : found.filter(({ name }) => !known.has(name));

describe.skipIf(typeof found === 'string')('conformance of the fast tier to ONNX (needs ../shared)', () => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, one) => {
    expect(() => runCase(one, modelOf(one), { tier: 'fast' })).not.toThrow();
  });
});
