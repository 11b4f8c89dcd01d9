import type { Option, Takes } from '../arguments/command.ts';
import { isNamedShape } from '../io/parse-values.ts';
import { isPassWord } from '../io/pass-names.ts';
import { jsonOption } from '../report/print.ts';

const nothing: Takes = { kind: 'nothing' };
const one = (word: string): Takes => ({ kind: 'one', word });
const passes: Takes = { kind: 'many', word: 'PASS', more: isPassWord };
const shapes: Takes = { kind: 'many', word: 'NAME:1,3,224,224', more: isNamedShape };
/** Names of values may be anything; what ends as a model's file does is the model. */
const names: Takes = { kind: 'many', word: 'NAME', more: (word) => !word.endsWith('.onnx') };

const work = 'What is done';
const surface = 'Inputs and outputs of the model';
const check = 'Check';
const result = 'Result';

export const simplifyOptions: readonly Option[] = [
  { name: '--skip', takes: passes, text: 'leave out passes or families of passes', group: work },
  { name: '--only', takes: passes, text: 'run these passes and no others; "none" runs none', group: work },
  { name: '--also', takes: passes, text: 'run these besides the default ones', group: work },
  {
    name: '--exactness',
    takes: one('CLASS'),
    text: 'exact: same bits; reassociate: may round otherwise (default); approximate',
    group: work,
  },
  {
    name: '--fold-limit',
    takes: one('SIZE'),
    text: 'by how much folding one constant may make the model grow (1KB)',
    group: work,
  },
  {
    name: '--inline-functions',
    takes: nothing,
    text: 'replace calls of local functions by their bodies',
    group: work,
  },
  {
    name: '--rules',
    takes: one('FILE'),
    text: 'apply the rewrite rules of a file, too; may be given several times',
    group: work,
  },
  { name: '--verify', takes: nothing, text: 'verify the model after every pass', group: work },

  {
    name: '--opset',
    takes: one('N'),
    text: 'raise the opset to N, or to the "latest" that engines run, through the operators that occur',
    group: surface,
  },
  {
    name: '--input-shape',
    takes: shapes,
    text: 'pin inputs to shapes; the name may be left out if there is one input',
    group: surface,
  },
  { name: '--inputs', takes: names, text: 'cut the model: begin at these values', group: surface },
  { name: '--outputs', takes: names, text: 'cut the model: end at these values', group: surface },
  { name: '--unused-output', takes: names, text: 'remove these outputs', group: surface },

  {
    name: '--check',
    takes: one('N'),
    text: 'run original and result on N sets of drawn inputs and compare',
    group: check,
  },
  { name: '--seed', takes: one('N'), text: 'seed of the drawn inputs (0)', group: check },
  { name: '--check-rtol', takes: one('R'), text: 'tolerance, as a share of an element', group: check },
  {
    name: '--check-atol',
    takes: one('A'),
    text: 'tolerance, as a share of the largest element',
    group: check,
  },
  {
    name: '--test-input-shape',
    takes: shapes,
    text: 'shapes for the check only, where the model leaves them open',
    group: check,
  },

  {
    name: '--save-external',
    takes: { kind: 'attached', word: 'NAME' },
    text: 'write weights into a file beside the model (OUT.data)',
    group: result,
  },
  {
    name: '--external-data-threshold',
    takes: one('SIZE'),
    text: 'keep smaller weights in the model (1KB)',
    group: result,
  },
  {
    name: '--why',
    takes: nothing,
    text: 'also print why places were left alone, rule by rule',
    group: result,
  },
  jsonOption(result),
];
