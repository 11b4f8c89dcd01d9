import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModel, Editor, inferModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { integerOnly, onnxruntimeCpu } from '../../src/index.ts';
import { judge } from './judge.ts';
import { samplesOf } from './samples.ts';

// A few small models of all those of which the bench asks the same: see README.md.

const filled = process.env.REFOLD_MODEL_CACHE ?? join(homedir(), '.cache', 'refold-models');
const traps = fileURLToPath(new URL('../../../../../shared/models/traps', import.meta.url));

const models = [...['exported/ot_mlp_heads.ts15f', 'exported/ot_gru_tagger.ts14'], ...['macro/ml_pca_mlp']]
  .map((name) => join(filled, `${name}.onnx`))
  .concat(
    ['if_capture_fused', 'loop_body_ends_early', 'concat_nested_shared'].map((n) => join(traps, `${n}.onnx`)),
  )
  .filter((path) => existsSync(path))
  .flatMap((path) =>
    [onnxruntimeCpu, integerOnly].map(
      (target) => [path.split('/').at(-1), target.name, path, target] as const,
    ),
  );

test.skipIf(models.length === 0).each(models)(
  '%s for %s keeps its signature, does not depend on orders, and has no islands (needs ../shared, and the models filled in)',
  async (_, __, path, target) => {
    const bytes = readFileSync(path);
    const original = decodeModel(bytes);
    inferModel(new Editor(original));
    const samples = samplesOf(original);
    expect(samples.length).toBeGreaterThan(0);
    const { complaints } = await judge(bytes, target, samples);
    expect(complaints).toEqual([]);
  },
);
