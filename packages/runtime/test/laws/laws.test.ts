import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printNode } from '@refold/ir';
import { expect, test } from 'vitest';
import { describeValue } from '../../src/testing/assert/describe.ts';
import type { Disagreement } from './disagreement.ts';
import { Engine } from './engine.ts';
import { judge } from './law.ts';
import { pageOf, Tally } from './report.ts';
import { sampled } from './sample.ts';
import { tiers } from './tiers.ts';

/** Random graphs in a run; the law speaks of 20,000. */
const GRAPHS = Number(process.env.REFOLD_LAWS ?? 1500);

/** Seed of the first graph; the others follow. */
const SEED = Number(process.env.REFOLD_LAWS_SEED ?? 1);

/** Graphs that are under way at a time, so that neither process waits for the other. */
const WORKERS = 4;

/** Far beyond what a graph takes, even on a machine that has much else to do. */
const MILLISECONDS_PER_GRAPH = 200;

/** A disagreement for people: the node, what it read, what either engine made of it. */
function describe(d: Disagreement): string {
  const values = d.inputs.map((x, i) => `  input ${i}: ${x ? describeValue(x) : 'absent'}`);
  return [
    `seed ${d.seed}, ${d.tier}, ${printNode(d.node).trim()} (version ${d.op.version}), output ${d.output}: ${d.reason}`,
    ...values,
    `  ours: ${d.ours ? describeValue(d.ours) : 'absent'}`,
    `  theirs: ${d.theirs ? describeValue(d.theirs) : 'absent'}`,
  ].join('\n');
}

test(
  `${GRAPHS} random graphs compute on ONNX Runtime what they compute here, but for explained differences`,
  async () => {
    const tally = new Tally(SEED, describe);
    const engine = new Engine();
    let next = SEED;
    const work = async (): Promise<void> => {
      while (next < SEED + GRAPHS) {
        const seed = next++;
        tally.add(await judge(seed, sampled(seed), engine, tiers));
      }
    };
    try {
      await Promise.all(Array.from({ length: WORKERS }, work));
    } finally {
      engine.close();
    }
    const { report } = tally;
    if (process.env.REFOLD_LAWS_REPORT) writeReport(pageOf(report));
    expect(report.crashes).toEqual([]);
    expect(report.unexplained.join('\n\n')).toBe('');
    // A few graphs may be such that nothing of them can be compared.
    if (GRAPHS < 100) return;
    const compared = [...report.nodes.values()].reduce((sum, n) => sum + n.compared, 0);
    expect(compared).toBeGreaterThan(2 * GRAPHS);
    expect(report.graphsCompared).toBeGreaterThan(0.9 * GRAPHS);
  },
  300_000 + GRAPHS * MILLISECONDS_PER_GRAPH,
);

/** Writes what a run found beside this test. */
function writeReport(page: string): void {
  writeFileSync(
    fileURLToPath(new URL('report.md', import.meta.url)),
    `# The last full run of the law\n\n${page}`,
  );
}
