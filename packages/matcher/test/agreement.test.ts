import { Node, Value } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConstRef, compile, type FoundMatch, type Rule } from '../src/index.ts';
import { drawFrom } from './draws.ts';
import { randomGraph } from './random-graph.ts';
import { sampledRule } from './sampled-rule.ts';

const decisions = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 20, maxLength: 400, size: 'max' });

/** More runs, and other ones, for those who have the time. */
const RUNS = Number(process.env.REFOLD_PROPERTY_RUNS ?? 150);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 11);

function text(captured: unknown): string {
  if (captured instanceof Value || captured instanceof Node) return `#${captured.id}`;
  if (captured instanceof ConstRef) return `constant ${captured.value?.id} ${captured.splat}`;
  if (Array.isArray(captured)) return `[${captured.map(text).join()}]`;
  return String(captured);
}

/** A solution as text: everything that a rule could see of it. */
function solution({ rule, match }: FoundMatch): string {
  const captures = Object.entries(match).map(([name, captured]) => `${name}=${text(captured)}`);
  return `${rule} ${captures.toSorted().join(' ')}`;
}

test('merged trees find what the search for each rule finds, solution for solution', () => {
  let found = 0;
  fc.assert(
    fc.property(decisions, (numbers) => {
      const draw = drawFrom(numbers);
      const m = randomGraph(draw, 12 + draw(28));
      const rules: Rule[] = Array.from({ length: 1 + draw(8) }, (_, i) =>
        sampledRule(m.graph, `test/sampled-${i}`, draw, { size: 7, mutate: draw(3) === 0 }),
      );
      const [plain, fromRoots, fromRarest] = (['none', 'root', 'rarest'] as const).map((anchors) =>
        [...compile(rules, { anchors }).find(m.graph)].map(solution),
      );
      expect(fromRoots).toEqual(plain);
      expect(fromRarest).toEqual(plain);
      found += plain?.length ?? 0;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // Most rules match at least where they were taken from.
  expect(found).toBeGreaterThan(RUNS);
});
