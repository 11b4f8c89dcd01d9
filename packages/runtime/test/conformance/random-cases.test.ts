import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSession, type NdArray, reals } from '@refold/runtime';
import { describe, expect, test } from 'vitest';
import { type Case, findCases, setsOf } from './archive.ts';
import { readValue } from './read-value.ts';
import { modelOf, randomCases } from './run-case.ts';

// What these cases expect depends on NumPy's generator. The suite holds refold to types and shapes; here
// it is held to the distribution.

const found = findCases();
const cases =
  typeof found === 'string' ? [] : found.filter(({ name }) => randomCases.some((r) => r.test(name)));

/** Runs a case once for each seed. */
function outcomes(one: Case, seeds: number): { feeds: readonly NdArray[]; results: readonly NdArray[][] } {
  const session = createSession(modelOf(one));
  const [set] = setsOf(one.folder);
  const feeds = new Map(
    session.inputs.map((input, i) => [input.name, readValue(set?.inputs[i] ?? new Uint8Array(), input.type)]),
  );
  const tensors = (values: Iterable<unknown>): NdArray[] => [...values] as NdArray[];
  const results = Array.from({ length: seeds }, (_, seed) => tensors(session.run(feeds, { seed }).values()));
  return { feeds: tensors(feeds.values()), results };
}

/** Whether a count of things with probability `p` in `n` draws lies within five standard deviations. */
function isLikely(count: number, n: number, p: number): boolean {
  return Math.abs(count - n * p) <= 5 * Math.sqrt(n * p * (1 - p));
}

/** A node with a seed of its own draws the same in every run. */
const hasSeed = ({ folder }: Case): boolean => readFileSync(join(folder, 'model.onnx')).includes('seed');

const named = (pattern: RegExp): (readonly [string, Case])[] =>
  cases.filter(({ name }) => pattern.test(name)).map((one) => [one.name, one]);

describe.skipIf(cases.length === 0)('random cases have the distribution that ONNX says', () => {
  test('there are ten', () => {
    expect(cases.length).toBe(10);
  });

  test.each(named(/bernoulli/))('%s', (name, one) => {
    const seeds = 2000;
    const { feeds, results } = outcomes(one, seeds);
    const draws = results.map(([y]) => (y ? Array.from(reals(y)) : []));
    expect(new Set(draws.flat())).toEqual(new Set([0, 1]));
    if (hasSeed(one)) {
      expect(new Set(draws.map((draw) => draw.join())).size).toBe(1);
      return;
    }
    const [x] = feeds;
    (x ? Array.from(reals(x)) : []).forEach((p, i) => {
      // The function body of Bernoulli has the comparison the wrong way round: 1 with probability 1 - p.
      const probability = name.endsWith('_expanded') ? 1 - p : p;
      const ones = draws.reduce((sum, draw) => sum + (draw[i] ?? 0), 0);
      expect(isLikely(ones, seeds, probability)).toBe(true);
    });
  });

  test.each(named(/dropout/))('%s', (_, one) => {
    const { feeds, results } = outcomes(one, 2);
    const [x = [], ratios = []] = feeds.map((feed) => Array.from(reals(feed)));
    const ratio = ratios[0] ?? 0.5;
    const [first = [], second] = results.map((outputs) => outputs.map((output) => Array.from(reals(output))));
    expect(hasSeed(one)).toBe(true);
    expect(second).toEqual(first);
    const [y = [], mask] = first;
    const kept = y.filter((v) => v !== 0);
    expect(isLikely(kept.length, y.length, 1 - ratio)).toBe(true);
    y.forEach((v, i) => {
      if (v !== 0) expect(v).toBeCloseTo((x[i] ?? 0) / (1 - ratio), 5);
      if (mask) expect(mask[i]).toBe(v === 0 ? 0 : 1);
    });
  });
});
