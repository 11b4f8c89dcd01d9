import { lintRules } from '@refold/matcher';
import { expect, test } from 'vitest';
import { allPasses } from '../src/index.ts';

const rules = allPasses.flatMap((pass) => (pass.kind === 'rules' ? pass.rules : []));

test('no rule depends on its name to come first, stands in the shadow of another, or matches what it makes', () => {
  expect(rules.length).toBeGreaterThan(50);
  expect(lintRules(rules).map((f) => f.message)).toEqual([]);
});
