import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { decodeModel } from '@refold/ir';
import {
  calibrate,
  collectConstraints,
  emitQdq,
  layerErrors,
  OutputErrors,
  prepareModel,
  quantizedLayers,
  type Subject,
  settle,
  onnxruntimeCpu as target,
} from '@refold/passes';
import { bindingsFor, makeInputs } from '@refold/runtime';
import { countErrors } from '../packages/passes/src/quantize/analyse/count-errors.ts';
import { OutputSums } from '../packages/passes/src/quantize/analyse/output-sums.ts';
import { CodedTensors } from '../packages/passes/src/quantize/emit/coded-tensors.ts';

/*
 * CPU time of layer-wise analysis on 32 random samples, and what every layer on every sample would take: measured for one
 * layer of `--every` (12), and multiplied. Models are those that `--only A,B` finds in the folder that REFOLD_MODELS names,
 * or `--models FOLDER`.
 */

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

const SAMPLES = 32;
const every = Number(flag('--every') ?? 12);

function seconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function measure(file: string): void {
  const model = decodeModel(readFileSync(file));
  prepareModel(model, target);
  const [binding] = bindingsFor(model);
  const samples = Array.from({ length: SAMPLES }, (_, seed) => makeInputs(model, binding, { seed }));
  const session = { tier: 'fast' } as const;
  const statistics = calibrate(model, samples, collectConstraints(model, target).table.values(), session);
  const coded = new CodedTensors();
  const emit: Subject['emit'] = (editor, found, formed) => emitQdq(editor, found, formed, coded);
  const subject = { model, target, statistics, session, emit };
  const outputs = new OutputErrors(model, samples, session);
  const ours = seconds(() => layerErrors(subject, outputs));

  const { collected, classes } = settle(model, target, statistics);
  const layers = quantizedLayers(collected, target);
  const some = layers.filter((_, i) => i % every === Math.floor(every / 2) % layers.length);
  const all = seconds(() => {
    for (const { nodes } of some)
      countErrors(subject, { ...collected, quantized: nodes }, classes, outputs, new OutputSums());
  });
  const theirs = (all * layers.length) / some.length;
  console.log(
    `${basename(file).padEnd(32)} ${String(layers.length).padStart(4)} layers ${ours.toFixed(1).padStart(7)} s` +
      ` instead of ${theirs.toFixed(1).padStart(7)} s: ${(theirs / ours).toFixed(1)} times`,
  );
}

const root =
  flag('--models') ?? process.env.REFOLD_MODELS ?? join(homedir(), '.cache/refold-models/exported');
const wanted = (flag('--only') ?? 'tv_resnet50,hf_distilbert,tv_densenet121').split(',');
const names = existsSync(root) ? readdirSync(root).filter((name) => name.endsWith('.onnx')) : [];
const files = names.filter((name) => wanted.some((part) => name.includes(part))).toSorted();
if (files.length === 0) console.log(`there are no such models in ${root}`);
for (const file of files) measure(join(root, file));
