import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InputSet } from '../../src/compare/input-sets.ts';
import { recordedSets, storedSets, trapSets } from './sets.ts';

/** A real model, and what ONNX Runtime computes with it. */
export interface CorpusModel {
  /** `exported`, `macro`, its stored inputs `stored`, or `traps`. */
  readonly tier: string;
  readonly name: string;
  readonly path: string;
  /** Read when asked for. */
  sets(): readonly InputSet[];
}

/** The folder of real models, beside the repository. */
const shared = fileURLToPath(new URL('../../../../../shared/models/', import.meta.url));

/** Where models with their weights filled in are kept. */
const filled = process.env.REFOLD_MODEL_CACHE ?? join(homedir(), '.cache', 'refold-models');

/** The models that `record.py` made recordings of, in a folder. */
export function recordedModels(recordings: string): readonly CorpusModel[] {
  return ['exported', 'macro', 'traps'].flatMap((tier) => {
    const folder = join(recordings, tier);
    const models = tier === 'traps' ? join(shared, tier) : join(filled, tier);
    return namesIn(folder).map((name) => ({
      tier,
      name,
      path: join(models, `${name}.onnx`),
      sets: () => recordedSets(join(folder, name)),
    }));
  });
}

/** Published models that have inputs and outputs beside them, and are filled in. */
export function publishedModels(): readonly CorpusModel[] {
  const folder = join(shared, 'macro', 'io');
  const names = namesIn(folder).map((file) => file.replace(/\.npz$/, ''));
  return names.flatMap((name) => {
    const path = join(filled, 'macro', `${name}.onnx`);
    const sets = () => storedSets(path, join(folder, `${name}.npz`));
    return existsSync(path) ? [{ tier: 'stored', name, path, sets }] : [];
  });
}

/** Small models with inputs and outputs of their own: not what ONNX Runtime computes where it is wrong. */
export function traps(): readonly CorpusModel[] {
  const folder = join(shared, 'traps');
  const files = namesIn(folder).filter((file) => file.endsWith('.onnx'));
  if (files.length === 0) return [];
  const setsOf = trapSets(join(folder, 'cases.json.gz'));
  return files.map((file) => {
    const name = file.replace(/\.onnx$/, '');
    return { tier: 'traps', name, path: join(folder, file), sets: () => setsOf(name) };
  });
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
