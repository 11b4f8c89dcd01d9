import type { Option, Takes } from '../arguments/command.ts';
import { isNamedShape } from '../io/parse-values.ts';
import { isPassWord } from '../io/pass-names.ts';
import { jsonOption } from '../io/print.ts';

const nothing: Takes = { kind: 'nothing' };
const one = (word: string): Takes => ({ kind: 'one', word });
const passes: Takes = { kind: 'many', word: 'PASS', more: isPassWord };
const shapes: Takes = { kind: 'many', word: 'NAME:1,3,224,224', more: isNamedShape };
/** Names of values may be anything; what ends as a model's file does is the model. */
const names: Takes = { kind: 'many', word: 'NAME', more: (word) => !word.endsWith('.onnx') };

const work = 'Transformations';
const surface = 'Inputs and outputs of the model';
const check = 'Check';
const result = 'Result';

export const simplifyOptions: readonly Option[] = [
  { name: '--skip', takes: passes, text: 'skip these passes or families of passes', group: work },
  { name: '--only', takes: passes, text: 'run only these passes; "none" runs none', group: work },
  { name: '--also', takes: passes, text: 'run these in addition to the default passes', group: work },
  {
    name: '--exactness',
    takes: one('CLASS'),
    text: 'exact: the same bits; reassociate: may round differently (default); approximate',
    group: work,
  },
  {
    name: '--fold-limit',
    takes: one('SIZE'),
    text: 'how much the model may grow when one constant is folded (default 1KB)',
    group: work,
  },
  {
    name: '--inline-functions',
    takes: nothing,
    text: 'replace calls of local functions with their bodies',
    group: work,
  },
  {
    name: '--rules',
    takes: one('FILE'),
    text: 'also apply the rewrite rules in a file; may be repeated',
    group: work,
  },
  { name: '--verify', takes: nothing, text: 'verify the model after every pass', group: work },

  {
    name: '--opset',
    takes: one('N'),
    text: 'convert the model to opset N, or to "latest", the newest that engines support',
    group: surface,
  },
  {
    name: '--input-shape',
    takes: shapes,
    text: 'fix the shapes of inputs; the name is optional if there is only one input',
    group: surface,
  },
  { name: '--inputs', takes: names, text: 'extract a submodel that starts at these values', group: surface },
  { name: '--outputs', takes: names, text: 'extract a submodel that ends at these values', group: surface },
  { name: '--unused-output', takes: names, text: 'remove these outputs', group: surface },

  {
    name: '--check',
    takes: one('N'),
    text: 'run the original and the result on N sets of random inputs and compare them',
    group: check,
  },
  { name: '--seed', takes: one('N'), text: 'seed of the random inputs (default 0)', group: check },
  { name: '--check-rtol', takes: one('R'), text: 'tolerance relative to each element', group: check },
  {
    name: '--check-atol',
    takes: one('A'),
    text: 'tolerance relative to the largest element',
    group: check,
  },
  {
    name: '--test-input-shape',
    takes: shapes,
    text: 'input shapes for the check only, where the model has dynamic ones',
    group: check,
  },

  {
    name: '--save-external',
    takes: { kind: 'attached', word: 'NAME' },
    text: 'write the weights to a file next to the model (default OUT.data)',
    group: result,
  },
  {
    name: '--external-data-threshold',
    takes: one('SIZE'),
    text: 'keep smaller weights in the model file (default 1KB)',
    group: result,
  },
  {
    name: '--why',
    takes: nothing,
    text: 'also print, for each rule, why some places were left unchanged',
    group: result,
  },
  jsonOption(result),
];
