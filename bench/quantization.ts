import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  decodeModel,
  Editor,
  encodeModel,
  inferModel,
  type Model,
  RefoldError,
  verifyModel,
} from '@refold/ir';
import { checkTarget, minMax, quantizePostTraining, type Target, targets } from '@refold/passes';
import { bindingsFor, createSession, type Feeds, makeInputs } from '@refold/runtime';
import { shuffleNodes } from '../packages/passes/test/shuffle-nodes.ts';

/*
 * What must hold of quantizing any model: the signature stays, the result is valid and runs, a second run writes
 * nothing, the order of nodes changes no scale, and an integer-only machine finds no floats between codes. Models are
 * read from the folder that REFOLD_MODELS names, or `--models FOLDER`; `--only NAME` takes some of them.
 */

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** Whatever is larger takes minutes on reference kernels. */
const LARGEST = Number(flag('--largest') ?? 64) * 2 ** 20;

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.onnx') && name.includes(flag('--only') ?? ''))
    .map((name) => join(folder, name));
}

/** Feeds with which the model runs. */
function samplesOf(model: Model): readonly Feeds[] {
  const session = createSession(model, { tier: 'fast' });
  for (const binding of bindingsFor(model)) {
    try {
      const feeds = [1, 2].map((seed) => makeInputs(model, binding, { seed }));
      for (const sample of feeds) session.run(sample);
      return feeds;
    } catch (error) {
      if (!(error instanceof RefoldError)) throw error;
    }
  }
  return [];
}

const signature = (m: Model): string =>
  JSON.stringify(
    [m.graph.inputs, m.graph.outputs].map((list) => list.map((v) => [v.name, v.type ?? v.declared])),
  );

/** Scales and zero points by the value that is quantized. */
function scalesOf(model: Model): string {
  const found: string[] = [];
  for (const graph of model.graphs()) {
    for (const node of graph.nodes()) {
      if (!node.is('QuantizeLinear')) continue;
      const bytes = node.inputs
        .slice(1)
        .map((v) => v?.tensor && Buffer.from(v.tensor.bytes()).toString('hex'));
      found.push(`${node.inputs[0]?.name} ${bytes}`);
    }
  }
  return found.sort().join('\n');
}

function conversionsOf(model: Model): number {
  let count = 0;
  for (const graph of model.graphs())
    for (const node of graph.nodes()) if (/^(De)?[Qq]uantizeLinear$/.test(node.opType)) count += 1;
  return count;
}

async function quantized(
  bytes: Uint8Array,
  target: Target,
  samples: readonly Feeds[],
  change?: (m: Model) => void,
) {
  const model = decodeModel(bytes);
  change?.(model);
  // A fixed observer: whether orders agree is asked of scales, not of what was tried.
  const { report } = await quantizePostTraining(model, { target, samples, observer: minMax });
  return { model, report };
}

/** What does not hold of one model. */
async function complaints(file: string, target: Target): Promise<readonly string[] | undefined> {
  const bytes = readFileSync(file);
  const original = decodeModel(bytes);
  inferModel(new Editor(original));
  const samples = samplesOf(original);
  if (samples.length === 0) return undefined;
  const found: string[] = [];
  const { model, report } = await quantized(bytes, target, samples);
  const reread = decodeModel(encodeModel(model));
  inferModel(new Editor(reread));
  if (signature(reread) !== signature(original)) found.push('the signature changed');
  found.push(...verifyModel(model).map((f) => f.message));
  const again = encodeModel(model);
  createSession(decodeModel(again)).run(samples[0] ?? new Map());
  const second = await quantized(again, target, samples);
  if (second.report.written.values + second.report.written.constants > 0)
    found.push('a second run writes more');
  if (conversionsOf(second.model) > conversionsOf(model)) found.push('a second run has more conversions');
  const other = await quantized(bytes, target, samples, shuffleNodes);
  if (scalesOf(other.model) !== scalesOf(model)) found.push('another order of nodes gives other scales');
  if (target.name === 'integer-only') {
    const copy = decodeModel(again);
    inferModel(new Editor(copy));
    found.push(...checkTarget(copy, target).map((b) => b.message));
  }
  const count = Object.values(report.quantized).reduce((a, b) => a + b, 0);
  const total = count + Object.values(report.float).reduce((a, b) => a + b, 0);
  console.log(
    `  ${target.name.padEnd(16)} ${count} of ${total} nodes on codes, ${report.classes.length} classes`,
  );
  return found;
}

const root = flag('--models') ?? process.env.REFOLD_MODELS ?? join(homedir(), '.cache/refold-models');
let [checked, bad, skipped] = [0, 0, 0];
for (const file of filesIn(root)) {
  if (readFileSync(file).byteLength > LARGEST) continue;
  console.log(file.slice(root.length + 1));
  for (const target of targets) {
    if (flag('--target') !== undefined && target.name !== flag('--target')) continue;
    try {
      const found = await complaints(file, target);
      if (!found) {
        skipped += 1;
        break;
      }
      checked += 1;
      if (found.length > 0) bad += 1;
      for (const text of found.slice(0, 5)) console.log(`    ${text}`);
    } catch (error) {
      if (!(error instanceof RefoldError)) throw error;
      skipped += 1;
      console.log(`    ${error.message}`);
      break;
    }
  }
}
console.log(`${checked} quantized, ${bad} of them not as they must be, ${skipped} that do not run`);
