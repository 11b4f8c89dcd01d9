import { type Model, type Node, RefoldError } from '@refold/ir';
import { assertWritable, openFile, openModel, saveModelAsync, writeFiles } from '@refold/ir/node';
import {
  type Bits,
  parseStatistics,
  printStatistics,
  type QuantizationProgress,
  type RoundingMethod,
  roundingMethods,
  type SavedStatistics,
  type Target,
  targets,
} from '@refold/passes';
import { sessionInputs } from '@refold/runtime';
import type { Command } from '../arguments/command.ts';
import { suggestion } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { withoutAbsent } from '../arguments/without-absent.ts';
import { naming } from '../io/array-files.ts';
import { observerNames, observerOf } from '../io/observer-option.ts';
import { parseCount, parseNumber } from '../io/parse-values.ts';
import { jsonOption, printReport } from '../io/print.ts';
import { openSamples, type Samples } from '../io/samples.ts';
import { runTask, type Task } from '../io/task.ts';
import type { Terminal } from '../io/terminal.ts';
import { threadsOption, tierOptions } from '../io/tier-option.ts';
import { analyseLoaded, type QuantizeOptions, type QuantizeReport, quantizeLoaded } from '../quantize.ts';
import { analysisText } from '../report/quantize-analysis.ts';
import { quantizeText } from '../report/quantize-report.ts';

const data = 'Samples';
const how = 'How';
const result = 'Result';

export const quantizeCommand: Command = {
  name: 'quantize',
  summary: 'quantize a model to integers, with scales calibrated on samples of its inputs',
  operands: [
    { name: 'IN', text: 'the model to read' },
    { name: 'OUT', text: 'where to write the result; not needed with --analyse', optional: true },
  ],
  options: [
    {
      name: '--data',
      takes: { kind: 'one', word: 'PATH' },
      text: 'calibration samples: an .npz, .npy or .pb file, or a folder of them',
      group: data,
    },
    {
      name: '--samples',
      takes: { kind: 'one', word: 'N' },
      text: 'use at most N samples',
      group: data,
    },
    {
      name: '--stats',
      takes: { kind: 'one', word: 'FILE' },
      text: 'continue from a file written by --save-stats; --data is then optional',
      group: data,
    },
    {
      name: '--save-stats',
      takes: { kind: 'one', word: 'FILE' },
      text: 'write the statistics of the samples',
      group: data,
    },
    {
      name: '--target',
      takes: { kind: 'one', word: 'NAME' },
      text: `what will run the result: ${targets.map((t) => t.name).join(', ')} (${targets[0]?.name})`,
      group: how,
    },
    {
      name: '--observer',
      takes: { kind: 'one', word: 'NAME' },
      text: `how ranges are chosen: ${observerNames.join(', ')}; by default, whichever harms the outputs least`,
      group: how,
    },
    {
      name: '--keep',
      takes: { kind: 'many', word: 'NODE', more: () => true },
      text: 'nodes to leave in floats, by name, output name or operator',
      group: how,
    },
    {
      name: '--bits',
      takes: { kind: 'many', word: 'NAME=BITS', more: (word) => word.includes('=') },
      text: 'codes of 4, 8 or 16 bits for a value and all that share its scale, or for the weights of a layer',
      group: how,
    },
    {
      name: '--budget',
      takes: { kind: 'one', word: 'X' },
      text: 'noise-to-signal limit for every output: layers that cost most get 16 bits if the target has them, or stay in floats',
      group: how,
    },
    {
      name: '--smallest',
      takes: { kind: 'nothing' },
      text: 'give as many weights 4 bits as --budget allows, those that save most for what they cost first',
      group: how,
    },
    {
      name: '--equalise',
      takes: { kind: 'nothing' },
      text: 'first balance channels between layers (cross-layer equalization), which does not change the results',
      group: how,
    },
    {
      name: '--rounding',
      takes: { kind: 'one', word: 'METHOD' },
      text: `how weights are rounded: ${roundingMethods.join(', ')} (default nearest)`,
      group: how,
    },
    {
      name: '--no-bias-correction',
      takes: { kind: 'nothing' },
      text: 'do not correct biases for the shift in mean that quantized weights cause',
      group: how,
    },
    {
      name: '--tier',
      takes: { kind: 'one', word: 'TIER' },
      text: 'kernels for running the samples: fast (default) or reference',
      group: how,
    },
    threadsOption(how, 'the work of running the samples'),
    {
      name: '--analyse',
      takes: { kind: 'nothing' },
      text: 'rank layers and values by the error that quantizing them causes; write no model',
      group: result,
    },
    {
      name: '--report',
      takes: { kind: 'one', word: 'FILE' },
      text: 'write the full report as JSON',
      group: result,
    },
    jsonOption(result),
  ],
  run,
};

async function run(args: Arguments, { stdout, stderr }: Terminal): Promise<void> {
  const [input = '', output] = args.operands;
  const analyses = args.has('--analyse');
  if (!analyses) assertWritable(outputOf(output));
  const given = optionsFrom(args);
  const model = openModel(input);
  const optionsOf = (task: Task): QuantizeOptions => ({ ...given, ...sampling(args, model, task) });
  if (analyses) {
    const analysis = await runTask(stderr, (task) => analyseLoaded(model, optionsOf(task)));
    writeFiles(reportFile(args, analysis));
    printReport(args, stdout, analysis, analysisText);
    return;
  }
  const report = await runTask(stderr, async (task) => {
    const quantized = await quantizeLoaded(model, optionsOf(task));
    const { signal } = task.interrupt;
    task.interrupt.listen();
    await saveModelAsync(model, outputOf(output), { signal });
    writeSide(args, quantized.report, quantized.statistics);
    return quantized.report;
  });
  for (const { code, message } of report.diagnostics)
    if (code === 'untried')
      stderr.write(`refold: ${message}; give some with --data, or choose with --observer\n`);
  printReport(args, stdout, report, quantizeText);
}

/** The samples and statistics to quantize by, read as part of a task. */
function sampling(args: Arguments, model: Model, { progress, interrupt }: Task): Partial<QuantizeOptions> {
  const samples = samplesFrom(args, sessionInputs(model.graph));
  return withoutAbsent<Partial<QuantizeOptions>>({
    samples,
    statistics: args.value('--stats', readStatistics),
    onProgress: (step) => progress.update({ stage: stageText(step, samples?.count) }),
    signal: interrupt.signal,
  });
}

function outputOf(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new RefoldError(
    'usage/option',
    'OUT is missing: where to write the result',
    {},
    'only --analyse needs no OUT',
  );
}

function samplesFrom(args: Arguments, inputs: Parameters<typeof openSamples>[1]): Samples | undefined {
  const path = args.last('--data');
  if (path !== undefined) return openSamples(path, inputs);
  if (args.last('--stats') !== undefined) return undefined;
  const hint = 'give samples with --data, or saved statistics with --stats';
  throw new RefoldError('usage/option', 'quantizing needs samples of the inputs', {}, hint);
}

function optionsFrom(args: Arguments): QuantizeOptions {
  const [kept, bits] = [args.all('--keep'), args.all('--bits')];
  return withoutAbsent<QuantizeOptions>({
    target: targetOf(args.last('--target')),
    ...tierOptions(args, 'fast'),
    limit: args.value('--samples', parseCount),
    observer: args.value('--observer', observerOf),
    budget: args.value('--budget', parseNumber),
    rounding: args.value('--rounding', roundingOf),
    smallest: args.has('--smallest'),
    equalise: args.has('--equalise'),
    biasCorrection: !args.has('--no-bias-correction'),
    keep: kept && keeping(new Set(kept)),
    bits: bits && new Map(bits.map(bitsOf)),
  });
}

function targetOf(name: string | undefined): Target {
  const names = targets.map((t) => t.name);
  const found = name === undefined ? targets[0] : targets.find((t) => t.name === name);
  if (found) return found;
  const hint = suggestion(name ?? '', names, `targets are ${names.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `there is no target '${name}'`, {}, hint);
}

function roundingOf(name: string): RoundingMethod {
  const found = roundingMethods.find((method) => method === name);
  if (found) return found;
  const hint = suggestion(name, roundingMethods, `methods are ${roundingMethods.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `there is no rounding method '${name}'`, {}, hint);
}

/** Nodes by their name, the name of a result, or their operator. */
function keeping(names: ReadonlySet<string>): (node: Node) => boolean {
  return (node) =>
    names.has(node.name) ||
    names.has(node.opType) ||
    node.outputs.some((v) => v !== undefined && names.has(v.name));
}

/** `NAME=16`: names may have equal signs themselves. */
function bitsOf(text: string): readonly [string, Bits] {
  const at = text.lastIndexOf('=');
  const found = ([4, 8, 16] as const).find((bits) => String(bits) === text.slice(at + 1));
  if (at > 0 && found) return [text.slice(0, at), found];
  throw new RefoldError('usage/option', `'${text}' says no bits`, {}, 'write NAME=4, NAME=8 or NAME=16');
}

function readStatistics(path: string): SavedStatistics {
  const source = openFile(path);
  return naming(path, () => parseStatistics(new TextDecoder().decode(source.read(0, source.size))));
}

function writeSide(args: Arguments, report: QuantizeReport, statistics: SavedStatistics): void {
  const files = reportFile(args, report);
  const saved = args.last('--save-stats');
  if (saved !== undefined) files.set(saved, new TextEncoder().encode(printStatistics(statistics)));
  writeFiles(files);
}

/** What `--report` asks to be written. */
function reportFile(args: Arguments, report: object): Map<string, Uint8Array> {
  const path = args.last('--report');
  const text = new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
  return new Map(path === undefined ? [] : [[path, text]]);
}

function stageText({ stage, samples }: QuantizationProgress, total: number | undefined): string {
  if (samples === undefined) return stage;
  return total === undefined ? `${stage}: sample ${samples}` : `${stage}: sample ${samples} of ${total}`;
}
