import { RefoldError } from '@refold/ir';
import { quantizedFormats, roundingMethods, targets, weightFormats } from '@refold/passes';
import type { Option } from '../arguments/command.ts';
import { suggestion } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { observerNames } from '../io/observer-option.ts';
import { jsonOption } from '../io/print.ts';
import { reportOption, sampleOptions, tierOption } from '../io/quantize-options.ts';
import { threadsOption } from '../io/tier-option.ts';

/** The ways to quantize, the default first. */
export const methods = ['static', 'dynamic', 'weights'] as const;

export type Method = (typeof methods)[number];

/** An option, and the methods that it is for; all when not said. */
interface MethodOption extends Option {
  readonly for?: readonly Method[];
}

const how = 'How';
const forStatic = 'With --method static';
const forWeights = 'With --method weights';
const samples = 'Samples (static needs them, weights are rounded by them)';

const table: readonly MethodOption[] = [
  {
    name: '--method',
    takes: { kind: 'one', word: 'NAME' },
    text:
      'static: scales from samples of the inputs (default); dynamic: scales of the data found at run time; ' +
      'weights: codes for weights alone, all is computed with floats',
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
    takes: { kind: 'many', word: '[NAME=]BITS', more: (word) => word.includes('=') },
    text:
      'static: codes of 4, 8 or 16 bits for NAME, a value and all that share its scale, or the weights of a layer; ' +
      'weights: 4 (default) or 8 bits, for all or for NAME, a layer or its weight',
    group: how,
    for: ['static', 'weights'],
  },
  {
    name: '--format',
    takes: { kind: 'one', word: 'NAME' },
    text:
      `static: ${quantizedFormats.join(' or ')}: QuantizeLinear and DequantizeLinear around operators (default), or ` +
      `operators on codes, such as QLinearConv and ONNX Runtime's QLinearAdd; ` +
      `weights: ${weightFormats.join(' or ')}: DequantizeLinear of opset 21 (default), ` +
      "or ONNX Runtime's own MatMulNBits and GatherBlockQuantized",
    group: how,
    for: ['static', 'weights'],
  },
  {
    name: '--rounding',
    takes: { kind: 'one', word: 'METHOD' },
    text:
      `how weights are rounded: ${roundingMethods.join(', ')} ` +
      '(default nearest; with --method weights and samples, feedback)',
    group: how,
    for: ['static', 'weights'],
  },
  ...sampleOptions(samples).map((option): MethodOption => ({ ...option, for: ['static', 'weights'] })),
  {
    name: '--stats',
    takes: { kind: 'one', word: 'FILE' },
    text: 'continue from a file written by --save-stats; --data is then optional',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--save-stats',
    takes: { kind: 'one', word: 'FILE' },
    text: 'write the statistics of the samples',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--target',
    takes: { kind: 'one', word: 'NAME' },
    text: `what will run the result: ${targets.map((t) => t.name).join(', ')} (${targets[0]?.name})`,
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--observer',
    takes: { kind: 'one', word: 'NAME' },
    text: `how ranges are chosen: ${observerNames.join(', ')}; by default, whichever harms the outputs least`,
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--budget',
    takes: { kind: 'one', word: 'X' },
    text: 'noise-to-signal limit for every output: layers that cost most get 16 bits, or stay in floats',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--smallest',
    takes: { kind: 'nothing' },
    text: 'give as many weights 4 bits as --budget allows, those that save most for what they cost first',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--equalise',
    takes: { kind: 'nothing' },
    text: 'first balance channels between layers (cross-layer equalization), which does not change the results',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--migrate',
    takes: { kind: 'nothing' },
    text: 'first move outliers of activations into the weights behind normalizations (SmoothQuant), which does not change the results',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--no-bias-correction',
    takes: { kind: 'nothing' },
    text: 'do not correct biases for the shift in mean that quantized weights cause',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--analyse',
    takes: { kind: 'nothing' },
    text: 'rank layers and values by the error that quantizing them causes; write no model',
    group: forStatic,
    for: ['static'],
  },
  {
    name: '--block',
    takes: { kind: 'one', word: 'N' },
    text: 'weights that share a scale (default 32)',
    group: forWeights,
    for: ['weights'],
  },
  {
    name: '--accuracy-level',
    takes: { kind: 'one', word: 'N' },
    text: 'with --format matmulnbits, what data is rounded to: 1 float32, 2 float16, 3 bfloat16, 4 int8 (fastest)',
    group: forWeights,
    for: ['weights'],
  },
  {
    name: '--symmetric',
    takes: { kind: 'nothing' },
    text: 'codes without zero points',
    group: forWeights,
    for: ['weights'],
  },
  {
    name: '--ends',
    takes: { kind: 'nothing' },
    text: 'also quantize the first and the last product, which stay in floats with 4 bits',
    group: forWeights,
    for: ['weights'],
  },
  {
    name: '--embeddings',
    takes: { kind: 'nothing' },
    text: 'also quantize tables that Gather looks up',
    group: forWeights,
    for: ['weights'],
  },
  tierOption(how),
  { ...threadsOption(how, 'the work of running the samples'), for: ['static', 'weights'] },
  reportOption('Result'),
  jsonOption('Result'),
];

export const quantizeOptions: readonly Option[] = table;

/** The method that is asked for. Throws `usage/*` for none such, and for options that it does not take. */
export function methodOf(args: Arguments): Method {
  const name = args.last('--method') ?? methods[0];
  const method = methods.find((m) => m === name);
  if (!method) {
    const hint = suggestion(name, methods, `methods are ${methods.join(', ')}`);
    throw new RefoldError('usage/unknown-name', `there is no method '${name}'`, {}, hint);
  }
  for (const option of table) {
    if (!args.has(option.name) || !option.for || option.for.includes(method)) continue;
    const hint = `it is for --method ${option.for.join(' and ')}`;
    throw new RefoldError('usage/option', `${option.name} does nothing with --method ${method}`, {}, hint);
  }
  return method;
}
