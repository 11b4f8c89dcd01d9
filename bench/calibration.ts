import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Editor, inferModel } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import { quantizePostTraining, targets } from '@refold/passes';
import { bindingsFor, makeInputs, NdArray, type NdValue, sessionInputs, writeNpz } from '@refold/runtime';
import { openSamples } from '../packages/cli/src/io/samples.ts';

/*
 * Peak memory of quantizing a model, by the number of samples in an `.npz` file: that it does not depend on it. Each run
 * has a process of its own, and so has the making of its file: Linux takes the memory of a process that starts another
 * for the least peak of that one. The model is the first that `--only NAME` finds (`tv_resnet18` when absent) in the folder
 * that REFOLD_MODELS names, or `--models FOLDER`; `--samples 50,500,2000` says how many.
 */

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** The process that is measured. */
async function quantizeFrom(file: string, data: string): Promise<void> {
  const model = openModel(file);
  const samples = openSamples(data, sessionInputs(model.graph));
  const [target] = targets;
  if (target) await quantizePostTraining(model, { target, samples });
  const { maxRSS, userCPUTime } = process.resourceUsage();
  const megabytes = (maxRSS / 1024).toFixed(0);
  console.log(
    `${String(samples.count).padStart(7)} samples ${megabytes.padStart(6)} MB ${(userCPUTime / 1e6).toFixed(1).padStart(7)} s CPU`,
  );
}

/** An archive of random samples: each array has an axis more than its input. */
function archiveOf(file: string, count: number): Uint8Array {
  const model = openModel(file);
  inferModel(new Editor(model));
  const [binding] = bindingsFor(model);
  const arrays = new Map<string, NdArray>();
  for (const [name, value] of makeInputs(model, binding, { seed: 1 }))
    arrays.set(name, repeated(value, count));
  return writeNpz(arrays);
}

/** So many of one sample: what is in them does not change what they take. */
function repeated(value: NdValue, count: number): NdArray {
  if (value.kind !== 'tensor' || !(value.data instanceof Float32Array))
    throw new Error('not a model of images');
  const { data, dims } = value;
  const all = new Float32Array(data.length * count);
  for (let i = 0; i < count; i += 1) all.set(data, i * data.length);
  return new NdArray(value.dtype, [count, ...dims], all);
}

/** Runs this program again, in a process of its own. */
function runSelf(...args: readonly string[]): void {
  spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
}

const [model, data, samples] = [flag('--of'), flag('--data'), flag('--write')];
if (model !== undefined && data !== undefined) {
  if (samples === undefined) await quantizeFrom(model, data);
  else writeFileSync(data, archiveOf(model, Number(samples)));
} else {
  const root = flag('--models') ?? process.env.REFOLD_MODELS ?? join(homedir(), '.cache/refold-models');
  const wanted = flag('--only') ?? 'tv_resnet18';
  const names = existsSync(root) ? readdirSync(root, { recursive: true }).map(String).toSorted() : [];
  const found = names.find((name) => name.endsWith('.onnx') && name.includes(wanted));
  if (found === undefined) console.log(`there is no model ${wanted} in ${root}`);
  else {
    console.log(`${found}: peak memory of the process`);
    const folder = mkdtempSync(join(tmpdir(), 'refold-bench-'));
    for (const count of (flag('--samples') ?? '50,500,2000').split(',')) {
      const args = ['--of', join(root, found), '--data', join(folder, 'data.npz')];
      runSelf(...args, '--write', count);
      runSelf(...args);
    }
    rmSync(folder, { recursive: true });
  }
}
