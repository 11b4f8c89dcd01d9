import type { Rule } from '@refold/matcher';
import { expect, test } from 'vitest';
import { allPasses } from '../../src/index.ts';
import { RuleTestError, type RuleTestOptions, testRule } from '../../src/testing/index.ts';
import { instances } from './instances.ts';
import { notYet } from './not-yet.ts';

/** More runs, and other ones, for those who have the time. */
const RUNS = Number(process.env.REFOLD_RULE_RUNS ?? 3);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 1);

/** Milliseconds that a rule may take for each run, on a machine that does other things too. */
const BUDGET = 5000;

const rules: readonly Rule[] = allPasses.flatMap((pass) => (pass.kind === 'rules' ? pass.rules : []));
const named = rules.map((rule) => [rule.spec.name, rule] as const);

function optionsFor(name: string): RuleTestOptions {
  const mutants = Math.ceil(RUNS / 3);
  return { seed: SEED, runs: RUNS, mutants, instances: instances[name] ?? [] };
}

test.for(named.filter(([name]) => notYet[name]?.rest !== 'none'))('%s', async ([name, rule]) => {
  const rest = notYet[name]?.rest;
  const options = { ...optionsFor(name), ...(typeof rest === 'object' ? rest : {}) };
  const report = await testRule(rule, options);
  expect(report.positives).toBeGreaterThan(0);
  expect(report.survivors).toEqual([]);
  expect(report.milliseconds).toBeLessThan(BUDGET * RUNS);
});

test.for(named.filter(([name]) => notYet[name] !== undefined))(
  '%s fails, as it is known to',
  async ([name, rule]) => {
    const known = notYet[name];
    await expect(testRule(rule, { ...optionsFor(name), ...known?.where })).rejects.toThrow(RuleTestError);
  },
);

test('every list is about rules that there are', () => {
  const names = rules.map((rule) => rule.spec.name);
  expect(Object.keys(instances).filter((name) => !names.includes(name))).toEqual([]);
  expect(Object.keys(notYet).filter((name) => !names.includes(name))).toEqual([]);
});
