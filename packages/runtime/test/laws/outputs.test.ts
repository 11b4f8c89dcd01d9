import { expect, test } from 'vitest';
import { chain } from './chains.ts';
import { differingOutputs, fusedNodes } from './outputs.ts';
import { sampledModerate } from './sample.ts';
import { fast } from './tiers.ts';

/** Random graphs of either kind in a run. */
const GRAPHS = Number(process.env.REFOLD_LAWS ?? 600);

/** Seed of the first graph; the others follow. */
const SEED = Number(process.env.REFOLD_LAWS_SEED ?? 1);

const MILLISECONDS_PER_GRAPH = 100;

const seeds = Array.from({ length: GRAPHS }, (_, i) => SEED + i);

test.each([
  ['of all operators', sampledModerate],
  ['of operators that are fused', chain],
] as const)(
  'graphs %s have the same outputs on the fast tier',
  (_, sample) => {
    const found = seeds.flatMap((seed) =>
      differingOutputs(sample(seed), fast).map((message) => `seed ${seed}: ${message}`),
    );
    expect(found.join('\n')).toBe('');
  },
  300_000 + GRAPHS * MILLISECONDS_PER_GRAPH,
);

test('the fast tier does fuse nodes of such graphs', () => {
  const fused = seeds.slice(0, 200).filter((seed) => fusedNodes(chain(seed), fast) > 0);
  expect(fused.length).toBeGreaterThan(Math.min(seeds.length, 200) / 5 - 1);
});
