import { RefoldError } from '@refold/ir';
import { assertWritable, openFile, writeFiles } from '@refold/ir/node';
import {
  type AccuracyLevel,
  type Bits,
  parseStatistics,
  printStatistics,
  quantizedFormats,
  type SavedStatistics,
  type Target,
  targets,
  type WeightBits,
  type WeightQuantizationOptions,
  weightFormats,
} from '@refold/passes';
import type { Command } from '../arguments/command.ts';
import { suggestion } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { withoutAbsent } from '../arguments/without-absent.ts';
import { naming } from '../io/array-files.ts';
import { observerOf } from '../io/observer-option.ts';
import { parseCount, parseNumber } from '../io/parse-values.ts';
import { printReport } from '../io/print.ts';
import { keepFrom, roundingOf } from '../io/quantize-options.ts';
import type { Terminal } from '../io/terminal.ts';
import { tierOptions } from '../io/tier-option.ts';
import { dynamicLoaded, weightsLoaded } from '../methods.ts';
import { analyseLoaded, type QuantizeOptions, type QuantizeReport, quantizeLoaded } from '../quantize.ts';
import { dynamicText, weightsText } from '../report/methods-report.ts';
import { analysisText } from '../report/quantize-analysis.ts';
import { quantizeText } from '../report/quantize-report.ts';
import { jsonBytes, makeSmaller, onModel } from './make-smaller.ts';
import { methodOf, quantizeOptions } from './quantize-options.ts';

export const quantizeCommand: Command = {
  name: 'quantize',
  summary: 'quantize a model to integers: calibrated on samples, at run time, or its weights alone',
  operands: [
    { name: 'IN', text: 'the model to read' },
    { name: 'OUT', text: 'where to write the result; not needed with --analyse', optional: true },
  ],
  options: quantizeOptions,
  run(args, terminal) {
    switch (methodOf(args)) {
      case 'static':
        return args.has('--analyse') ? analyse(args, terminal) : quantizeStatic(args, terminal);
      case 'dynamic':
        return quantizeDynamic(args, terminal);
      case 'weights':
        return quantizeWeights(args, terminal);
    }
  },
};

async function quantizeStatic(args: Arguments, terminal: Terminal): Promise<void> {
  const given = staticOptions(args);
  const side = args.last('--save-stats');
  if (side !== undefined) assertWritable(side);
  await makeSmaller(
    args,
    terminal,
    async (model, options) => {
      const { report, statistics } = await quantizeLoaded(model, { ...given, ...options });
      const files = new Map([['--save-stats', printStatistics(statistics)]]);
      return { report, files, warnings: warningsOf(report) };
    },
    quantizeText,
  );
}

function warningsOf({ diagnostics }: QuantizeReport): readonly string[] {
  return diagnostics
    .filter(({ code }) => code === 'untried')
    .map(({ message }) => `${message}; give some with --data, or choose with --observer`);
}

async function analyse(args: Arguments, { stdout, stderr }: Terminal): Promise<void> {
  const given = staticOptions(args);
  const file = args.last('--report');
  if (file !== undefined) assertWritable(file);
  const analysis = await onModel(args, stderr, (model, options) =>
    analyseLoaded(model, { ...given, ...options }),
  );
  if (file !== undefined) writeFiles(new Map([[file, jsonBytes(analysis)]]));
  printReport(args, stdout, analysis, analysisText);
}

function quantizeDynamic(args: Arguments, terminal: Terminal): Promise<void> {
  const given = withoutAbsent({ keep: keepFrom(args) });
  return makeSmaller(
    args,
    terminal,
    async (model, options) => ({ report: dynamicLoaded(model, { ...given, ...options }) }),
    dynamicText,
  );
}

function quantizeWeights(args: Arguments, terminal: Terminal): Promise<void> {
  const given = weightOptions(args);
  return makeSmaller(
    args,
    terminal,
    async (model, options) => ({ report: await weightsLoaded(model, { ...given, ...options }) }),
    weightsText,
  );
}

function staticOptions(args: Arguments): QuantizeOptions {
  const bits = args.all('--bits');
  if (!args.has('--data') && !args.has('--stats')) {
    const hint = 'give samples with --data, or saved statistics with --stats';
    throw new RefoldError('usage/option', 'quantizing needs samples of the inputs', {}, hint);
  }
  for (const option of ['--stats', '--save-stats']) {
    if (!args.has('--migrate') || !args.has(option)) continue;
    throw new RefoldError('usage/option', `${option} does not go with --migrate, which changes what is seen`);
  }
  return withoutAbsent<QuantizeOptions>({
    target: targetOf(args.last('--target')),
    ...tierOptions(args, 'fast'),
    limit: args.value('--samples', parseCount),
    statistics: args.value('--stats', readStatistics),
    observer: args.value('--observer', observerOf),
    budget: args.value('--budget', parseNumber),
    format: args.value('--format', (name) => formatOf(name, quantizedFormats)),
    rounding: args.value('--rounding', roundingOf),
    smallest: args.has('--smallest'),
    equalise: args.has('--equalise'),
    migrate: args.has('--migrate'),
    biasCorrection: !args.has('--no-bias-correction'),
    keep: keepFrom(args),
    bits: bits && new Map(bits.map(bitsByName)),
  });
}

function weightOptions(args: Arguments): WeightQuantizationOptions {
  const bits = args.all('--bits') ?? [];
  const rounding = args.value('--rounding', roundingOf);
  if (rounding !== undefined && rounding !== 'nearest' && !args.has('--data')) {
    const hint = 'give samples with --data';
    throw new RefoldError('usage/option', `rounding by ${rounding} needs samples of the inputs`, {}, hint);
  }
  const format = args.value('--format', (name) => formatOf(name, weightFormats));
  const accuracyLevel = args.value('--accuracy-level', accuracyLevelOf);
  if (accuracyLevel !== undefined && format !== 'matmulnbits') {
    const message = '--accuracy-level does nothing without --format matmulnbits';
    throw new RefoldError('usage/option', message);
  }
  return withoutAbsent<WeightQuantizationOptions>({
    ...tierOptions(args, 'fast'),
    limit: args.value('--samples', parseCount),
    bits: bits
      .filter((word) => !word.includes('='))
      .map(weightBits)
      .at(-1),
    bitsByName: new Map(bits.filter((word) => word.includes('=')).map(weightBitsByName)),
    block: args.value('--block', parseCount),
    format,
    accuracyLevel,
    symmetric: args.has('--symmetric'),
    ends: args.has('--ends') ? true : undefined,
    embeddings: args.has('--embeddings'),
    rounding,
    keep: keepFrom(args),
  });
}

function targetOf(name: string | undefined): Target {
  const names = targets.map((t) => t.name);
  const found = name === undefined ? targets[0] : targets.find((t) => t.name === name);
  if (found) return found;
  const hint = suggestion(name ?? '', names, `targets are ${names.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `there is no target '${name}'`, {}, hint);
}

function formatOf<F extends string>(name: string, formats: readonly F[]): F {
  const found = formats.find((format) => format === name.toLowerCase());
  if (found) return found;
  const hint = suggestion(name, formats, `formats are ${formats.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `there is no format '${name}'`, {}, hint);
}

function accuracyLevelOf(text: string): AccuracyLevel {
  const found = ([0, 1, 2, 3, 4] as const).find((level) => String(level) === text);
  if (found !== undefined) return found;
  throw new RefoldError('usage/option', `'${text}' is not an accuracy level`, {}, 'levels are 0 to 4');
}

/** `NAME=16`: names may have equal signs themselves. */
function bitsByName(text: string): readonly [string, Bits] {
  const at = text.lastIndexOf('=');
  const found = ([4, 8, 16] as const).find((bits) => String(bits) === text.slice(at + 1));
  if (at > 0 && found) return [text.slice(0, at), found];
  throw new RefoldError('usage/option', `'${text}' says no bits`, {}, 'write NAME=4, NAME=8 or NAME=16');
}

function weightBitsByName(text: string): readonly [string, WeightBits] {
  const at = text.lastIndexOf('=');
  if (at > 0) return [text.slice(0, at), weightBits(text.slice(at + 1))];
  throw new RefoldError('usage/option', `'${text}' names nothing`, {}, 'write NAME=4 or NAME=8');
}

function weightBits(text: string): WeightBits {
  if (text === '4') return 4;
  if (text === '8') return 8;
  throw new RefoldError('usage/option', `weights have codes of 4 or 8 bits, not '${text}'`);
}

function readStatistics(path: string): SavedStatistics {
  const source = openFile(path);
  return naming(path, () => parseStatistics(new TextDecoder().decode(source.read(0, source.size))));
}
