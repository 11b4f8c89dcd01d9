import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadFastKernels, type SessionOptions } from '@refold/runtime';
import { expect, test } from 'vitest';
import { Engine } from '../laws/engine.ts';
import { explain } from './explanations.ts';
import { judge, type Verdict } from './judge.ts';
import { pageOf, Tally } from './tally.ts';

/** Cases in a run; the law speaks of 10,000. */
const CASES = Number(process.env.REFOLD_INTEGERS ?? 320);

/** Seed of the first case; the others follow. */
const SEED = Number(process.env.REFOLD_INTEGERS_SEED ?? 1);

const WORKERS = 4;
const MILLISECONDS_PER_CASE = 100;

if (!(await loadFastKernels())) throw new Error('the fast tier does not run here');

const tiers: readonly NonNullable<SessionOptions['tier']>[] = ['reference', 'fast'];

test.each(tiers)(
  `${CASES} random nodes on codes give the bits of ONNX Runtime, but for explained differences (%s)`,
  async (tier) => {
    const tally = new Tally();
    const engine = new Engine();
    let next = SEED;
    const work = async (): Promise<void> => {
      while (next < SEED + CASES) tally.add(await judge(next++, engine, { tier }));
    };
    try {
      await Promise.all(Array.from({ length: WORKERS }, work));
    } finally {
      engine.close();
    }
    if (process.env.REFOLD_INTEGERS_REPORT && tier === 'reference') {
      const page = pageOf(tally, SEED, CASES);
      writeFileSync(fileURLToPath(new URL('report.md', import.meta.url)), page);
    }
    expect(tally.refusals).toEqual([]);
    expect(tally.unexplained.map(describe).join('\n')).toBe('');
    expect(tally.elements).toBeGreaterThan(50 * CASES);
  },
  300_000 + CASES * MILLISECONDS_PER_CASE,
);

function describe(verdict: Verdict): string {
  const odd = verdict.odd.filter((element) => !explain(element, verdict));
  const [first] = odd;
  const types = verdict.drawn.operands.map((o) => (o ? `${o.array.dtype}[${o.array.dims}]` : '-')).join(' ');
  return `seed ${verdict.seed}, ${verdict.drawn.op} (${types}): ${odd.length} of ${verdict.compared}, the first: ${JSON.stringify(first)}`;
}
