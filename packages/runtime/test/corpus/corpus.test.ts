import { statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadFastKernels } from '@refold/runtime';
import { describe, expect, test } from 'vitest';
import { explanationOf } from './explained.ts';
import { judge, type Outcome } from './judge.ts';
import { type CorpusModel, publishedModels, recordedModels, traps } from './models.ts';
import { nameOf, pageOf } from './report.ts';

// Real models compute here, on both tiers, what ONNX Runtime computed: see README.md.

/** The folder that `record.py` wrote. Without one, what is beside the models is taken. */
const recordings = process.env.REFOLD_CORPUS;

/** Large models take long, most of all on the plain kernels: only recordings are worth that. */
const upTo = (bytes: number) => (model: CorpusModel) => statSync(model.path).size < bytes;

const all = recordings === undefined ? [] : recordedModels(recordings);
const published = publishedModels();
const groups = [
  [
    'published models, on inputs that are stored with them',
    published.filter(upTo(10e6)),
    published.filter(upTo(1.3e6)),
  ],
  ['models that tempt to wrong rewrites', traps(), traps()],
  ['recorded models', all, all],
] as const;

const outcomes: Outcome[] = [];
await loadFastKernels();

describe.each(groups)('%s', (_, onFast, onReference) => {
  test.skipIf(onFast.length === 0).each([
    ['fast', onFast],
    ['reference', recordings === undefined ? onReference : onFast],
  ] as const)(
    'agree with ONNX Runtime on the %s tier (needs ../shared, and the models filled in)',
    (tier, models) => {
      const found = models.flatMap((model) => judge(model, tier));
      outcomes.push(...found);
      if (process.env.REFOLD_CORPUS_REPORT) writeReport();
      const unexplained = found.filter((o) => o.differences.length > 0 && !explanationOf(o));
      expect(unexplained.map((o) => `${nameOf(o)}: ${o.differences.join('; ')}`)).toEqual([]);
      expect(found.length).toBeGreaterThanOrEqual(models.length / 2);
    },
    300_000 + onFast.length * 30_000,
  );
});

function writeReport(): void {
  const file = fileURLToPath(new URL('report.md', import.meta.url));
  writeFileSync(file, `# The corpus against ONNX Runtime, the last full run\n\n${pageOf(outcomes)}`);
}
