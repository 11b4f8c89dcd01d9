import { expect, test } from 'vitest';
import { allPasses } from '../src/index.ts';

const rules = allPasses.flatMap((pass) =>
  pass.kind === 'rules' && /^(act|norm|red)\//.test(pass.name)
    ? pass.rules.map(({ spec }) => ({ pass: pass.name, spec }))
    : [],
);

test('rules are named after their pass', () => {
  const odd = rules.filter(({ pass, spec }) => spec.name !== pass && !spec.name.startsWith(`${pass}.`));
  expect(odd.map((r) => r.spec.name)).toEqual([]);
  expect(rules.length).toBeGreaterThan(50);
});

test('rules say who writes what they match, what looks alike, and a case to start from', () => {
  const silent = rules.filter(({ spec: { exporters, traps, instances, emits } }) =>
    [exporters, traps, instances, emits].some((list) => (list ?? []).length === 0),
  );
  expect(silent.map((r) => r.spec.name)).toEqual([]);
});

test('what differs on NaN, near zero or by overflow is off by default', () => {
  const approximate = rules.filter(({ spec }) => spec.exactness === 'approximate');
  expect(approximate.every(({ spec }) => /but |nearly|without the underflow/.test(spec.doc))).toBe(true);
  expect(approximate.map((r) => r.spec.name).sort()).toEqual([
    'act/gelu-erf-rounded',
    'act/hard-shrink.inside',
    'act/log-sigmoid',
    'act/prelu.abs',
    'act/relu-where',
    'act/softplus',
    'act/tanh-exp',
    'norm/l2-norm',
    'norm/mean-sq',
    'red/argmax-softmax',
    'red/logsumexp.no-max',
    'red/softmax.no-max',
  ]);
});
