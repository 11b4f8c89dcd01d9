import { afterAll, describe, expect, test } from 'vitest';
import { type Case, findCases } from './archive.ts';
import { readKnownFailures, writeKnownFailures } from './known-failures.ts';
import { runCase } from './run-case.ts';

const found = findCases();
const cases: readonly Case[] = typeof found === 'string' ? [] : found;
const known = readKnownFailures();
const updating = process.env.REFOLD_UPDATE === '1';
const failures = new Map<string, string>();
let ran = 0;

if (typeof found === 'string') console.warn(`conformance cases are skipped: ${found}`);

describe.skipIf(typeof found === 'string')('conformance to ONNX (needs ../shared)', () => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (name, one) => {
    const reason = failureOf(one);
    ran += 1;
    if (reason !== undefined) failures.set(name, reason);
    if (updating) return;
    const listed = known.get(name);
    if (listed === undefined) expect(reason).toBeUndefined();
    else expect(reason, 'the case passes now: take it off the list of known failures').toBeDefined();
  });

  test('the list of known failures names cases of the suite', () => {
    const names = new Set(cases.map((c) => c.name));
    expect([...known.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});

afterAll(() => {
  // A run of some cases says nothing of the others.
  if (updating && ran > 0 && ran === cases.length) writeKnownFailures(failures);
});

/** The first line of what went wrong, if something did. */
function failureOf(one: Case): string | undefined {
  try {
    runCase(one);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0];
  }
}
