import type { Rule } from '@refold/matcher';
import { expect, test } from 'vitest';
import { allPasses } from '../../src/index.ts';
import { type RuleTestOptions, testRule } from '../../src/testing/index.ts';
import { allowed } from './allowed.ts';
import { instances } from './instances.ts';

/** More runs, and other ones, for those who have the time. */
const RUNS = Number(process.env.REFOLD_RULE_RUNS ?? 3);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 1);

const rules: readonly Rule[] = allPasses.flatMap((pass) => (pass.kind === 'rules' ? pass.rules : []));
const named = rules.map((rule) => [rule.spec.name, rule] as const);

function optionsFor(name: string): RuleTestOptions {
  const mutants = Math.ceil(RUNS / 3);
  return { seed: SEED, runs: RUNS, mutants, instances: instances[name] ?? [], allow: allowed[name] ?? {} };
}

test.for(named)('%s', async ([name, rule]) => {
  const report = await testRule(rule, optionsFor(name));
  expect(report.positives).toBeGreaterThan(0);
  expect(report.survivors.map((s) => s.mutant).filter((kind) => !(kind in (allowed[name] ?? {})))).toEqual(
    [],
  );
});

test('every list is about rules that there are', () => {
  const names = rules.map((rule) => rule.spec.name);
  expect(Object.keys(instances).filter((name) => !names.includes(name))).toEqual([]);
  expect(Object.keys(allowed).filter((name) => !names.includes(name))).toEqual([]);
});
