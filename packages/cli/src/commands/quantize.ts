import { type Model, type Node, RefoldError } from '@refold/ir';
import { assertWritable, openFile, openModel, saveModelAsync, writeFiles } from '@refold/ir/node';
import {
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
import { nearest } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { naming } from '../io/array-files.ts';
import { observerNames, observerOf } from '../io/observer-option.ts';
import { parseCount, parseNumber } from '../io/parse-values.ts';
import { openSamples, type Samples } from '../io/samples.ts';
import { runTask, type Task } from '../io/task.ts';
import type { Terminal } from '../io/terminal.ts';
import { tierOf } from '../io/tier-option.ts';
import { analyseLoaded, type QuantizeOptions, type QuantizeReport, quantizeLoaded } from '../quantize.ts';
import { jsonOption, printReport } from '../report/print.ts';
import { analysisText } from '../report/quantize-analysis.ts';
import { quantizeText } from '../report/quantize-report.ts';

const data = 'Samples';
const how = 'How';
const result = 'Result';

export const quantizeCommand: Command = {
  name: 'quantize',
  summary: 'let a model run on integers: scales by samples of its inputs, united where the graph demands it',
  operands: [
    { name: 'IN', text: 'the model to read' },
    { name: 'OUT', text: 'where to write the result', optional: true },
  ],
  options: [
    {
      name: '--data',
      takes: { kind: 'one', word: 'PATH' },
      text: 'samples: an .npz, .npy or .pb file, or a folder of such files',
      group: data,
    },
    {
      name: '--samples',
      takes: { kind: 'one', word: 'N' },
      text: 'take so many of them at most',
      group: data,
    },
    {
      name: '--stats',
      takes: { kind: 'one', word: 'FILE' },
      text: 'go on from what --save-stats wrote; --data may be left out then',
      group: data,
    },
    {
      name: '--save-stats',
      takes: { kind: 'one', word: 'FILE' },
      text: 'write what was seen of the samples',
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
      text: `how ranges are chosen: ${observerNames.join(', ')}; when absent, what costs the outputs least`,
      group: how,
    },
    {
      name: '--keep',
      takes: { kind: 'many', word: 'NODE', more: () => true },
      text: 'nodes that stay with floats: names, results, or operators',
      group: how,
    },
    {
      name: '--budget',
      takes: { kind: 'one', word: 'X' },
      text: 'noise over signal that no output may exceed: layers that cost most stay with floats',
      group: how,
    },
    {
      name: '--equalise',
      takes: { kind: 'nothing' },
      text: 'balance channels between layers first, without changing what is computed',
      group: how,
    },
    {
      name: '--rounding',
      takes: { kind: 'one', word: 'METHOD' },
      text: `how codes of weights are chosen: ${roundingMethods.join(', ')} (nearest)`,
      group: how,
    },
    {
      name: '--no-bias-correction',
      takes: { kind: 'nothing' },
      text: 'leave biases as they are; else they take away what codes of weights do to the mean of outputs',
      group: how,
    },
    {
      name: '--tier',
      takes: { kind: 'one', word: 'TIER' },
      text: 'the kernels that count samples: fast (the default) or reference',
      group: how,
    },
    {
      name: '--analyse',
      takes: { kind: 'nothing' },
      text: 'rank layers and values by what quantizing does to them, and write nothing',
      group: result,
    },
    {
      name: '--report',
      takes: { kind: 'one', word: 'FILE' },
      text: 'write the report of all classes as JSON',
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
  const model = openModel(input);
  if (analyses) {
    const analysis = await runTask(stderr, (task) => analyseLoaded(model, optionsFor(args, model, task)));
    printReport(args, stdout, analysis, analysisText);
    return;
  }
  const report = await runTask(stderr, async (task) => {
    const quantized = await quantizeLoaded(model, optionsFor(args, model, task));
    const { signal } = task.interrupt;
    task.interrupt.listen();
    await saveModelAsync(model, outputOf(output), { signal });
    writeSide(args, quantized.report, quantized.statistics);
    return quantized.report;
  });
  printReport(args, stdout, report, quantizeText);
}

/** The options that were given, with the samples and statistics that they name, for one task. */
function optionsFor(args: Arguments, model: Model, { progress, interrupt }: Task): QuantizeOptions {
  const samples = samplesFrom(args, sessionInputs(model.graph));
  const earlier = args.last('--stats');
  return {
    ...optionsFrom(args),
    ...(samples ? { samples } : {}),
    ...(earlier === undefined ? {} : { statistics: readStatistics(earlier) }),
    onProgress: (step) => progress.update({ stage: stageText(step, samples?.count) }),
    signal: interrupt.signal,
  };
}

function outputOf(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new RefoldError(
    'usage/option',
    'nothing says where to write the result',
    {},
    '--analyse writes nothing',
  );
}

function samplesFrom(args: Arguments, inputs: Parameters<typeof openSamples>[1]): Samples | undefined {
  const path = args.last('--data');
  if (path !== undefined) return openSamples(path, inputs);
  if (args.last('--stats') !== undefined) return undefined;
  const hint = 'give them by --data, or what was seen of them by --stats';
  throw new RefoldError('usage/option', 'quantizing takes samples of the inputs', {}, hint);
}

function optionsFrom(args: Arguments): QuantizeOptions {
  const limit = args.last('--samples');
  const observer = args.last('--observer');
  const kept = args.all('--keep');
  const [budget, rounding] = [args.last('--budget'), args.last('--rounding')];
  return {
    target: targetOf(args.last('--target')),
    tier: tierOf(args.last('--tier') ?? 'fast'),
    ...(limit === undefined ? {} : { limit: parseCount(limit) }),
    ...(observer === undefined ? {} : { observer: observerOf(observer) }),
    ...(budget === undefined ? {} : { budget: parseNumber(budget) }),
    ...(rounding === undefined ? {} : { rounding: roundingOf(rounding) }),
    equalise: args.has('--equalise'),
    biasCorrection: !args.has('--no-bias-correction'),
    ...(kept === undefined ? {} : { keep: keeping(new Set(kept)) }),
  };
}

function targetOf(name: string | undefined): Target {
  const names = targets.map((t) => t.name);
  const found = name === undefined ? targets[0] : targets.find((t) => t.name === name);
  if (found) return found;
  const near = nearest(name ?? '', names);
  const hint = near ? `did you mean ${near}?` : `targets are ${names.join(', ')}`;
  throw new RefoldError('usage/unknown-name', `there is no target '${name}'`, {}, hint);
}

function roundingOf(name: string): RoundingMethod {
  const found = roundingMethods.find((method) => method === name);
  if (found) return found;
  const hint = `methods are ${roundingMethods.join(', ')}`;
  throw new RefoldError('usage/unknown-name', `there is no rounding '${name}'`, {}, hint);
}

/** Nodes by their name, the name of a result, or their operator. */
function keeping(names: ReadonlySet<string>): (node: Node) => boolean {
  return (node) =>
    names.has(node.name) ||
    names.has(node.opType) ||
    node.outputs.some((v) => v !== undefined && names.has(v.name));
}

function readStatistics(path: string): SavedStatistics {
  const source = openFile(path);
  return naming(path, () => parseStatistics(new TextDecoder().decode(source.read(0, source.size))));
}

function writeSide(args: Arguments, report: QuantizeReport, statistics: SavedStatistics): void {
  const files = new Map<string, Uint8Array>();
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const [saved, full] = [args.last('--save-stats'), args.last('--report')];
  if (saved !== undefined) files.set(saved, bytes(printStatistics(statistics)));
  if (full !== undefined) files.set(full, bytes(`${JSON.stringify(report, null, 2)}\n`));
  writeFiles(files);
}

function stageText({ stage, samples }: QuantizationProgress, total: number | undefined): string {
  if (samples === undefined) return stage;
  return total === undefined ? `${stage}: sample ${samples}` : `${stage}: sample ${samples} of ${total}`;
}
