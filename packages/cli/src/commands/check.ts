import { RefoldError } from '@refold/ir';
import { openModel, writeFiles } from '@refold/ir/node';
import {
  type CompareOptions,
  compareModels,
  type makeInputs,
  type NdValue,
  plainTolerance,
  styles,
  type TriedInputs,
  writeTensorFile,
} from '@refold/runtime';
import type { Command } from '../arguments/command.ts';
import type { Arguments } from '../arguments/parse.ts';
import { arrayFilesOf, writeInto } from '../io/array-files.ts';
import { inputOptions, parseStyle, readInputOptions } from '../io/input-options.ts';
import { parseCount, parseNumber } from '../io/parse-values.ts';
import { threadsOption, tierOptions } from '../io/tier-option.ts';
import { checkReport, checkText } from '../report/check-report.ts';

const judged = 'What is equal';
const result = 'Result';

/** Exit status by verdict. */
const statuses = { equal: 0, different: 1, unverified: 6 } as const;

export const checkCommand: Command = {
  name: 'check',
  summary: 'say whether two models compute the same, and if not, which value differs first and by how much',
  operands: [
    { name: 'A', text: 'the model that is right' },
    { name: 'B', text: 'the model to check' },
  ],
  options: [
    {
      name: '--sets',
      takes: { kind: 'one', word: 'N' },
      text: 'run on so many sets of inputs (5)',
      group: 'Inputs',
    },
    {
      name: '--styles',
      takes: { kind: 'one', word: 'LIST' },
      text: 'the styles of numbers that the sets go through, with commas between them',
      group: 'Inputs',
    },
    ...inputOptions,
    {
      name: '--rtol',
      takes: { kind: 'one', word: 'R' },
      text: 'compare every value by this share of the wanted element, not by bounds of rounding errors',
      group: judged,
    },
    {
      name: '--atol',
      takes: { kind: 'one', word: 'A' },
      text: 'and by this distance',
      group: judged,
    },
    {
      name: '--tier',
      takes: { kind: 'one', word: 'TIER' },
      text: 'the kernels on which B runs by itself at last: reference (the default) or fast',
      group: judged,
    },
    threadsOption(judged),
    {
      name: '--save-inputs',
      takes: { kind: 'one', word: 'PATH' },
      text: 'write the inputs that show a difference: to an .npz file, or as input_0.pb ... into a folder',
      group: result,
    },
    { name: '--json', takes: { kind: 'nothing' }, text: 'print the report as JSON', group: result },
  ],
  run(args, { stdout }) {
    const [first = '', second = ''] = args.operands;
    const want = openModel(first);
    const got = openModel(second);
    const comparison = compareModels(want, got, optionsFrom(args, want));
    const saved = args.last('--save-inputs');
    const { inputs } = comparison;
    const isSaved = saved !== undefined && inputs !== undefined;
    if (isSaved) saveInputs(saved, inputs);
    const report = checkReport(first, second, comparison, isSaved ? saved : undefined);
    stdout.write(`${args.has('--json') ? JSON.stringify(report, null, 2) : checkText(report)}\n`);
    return statuses[comparison.verdict];
  },
};

function optionsFrom(args: Arguments, want: Parameters<typeof makeInputs>[0]): CompareOptions {
  const { fixed, styleOf, dims, seed } = readInputOptions(args, want);
  if (styleOf.size > 0) {
    throw new RefoldError(
      'usage/option',
      'check takes --input from files only',
      {},
      'use --styles for drawn inputs',
    );
  }
  const sets = args.last('--sets');
  const list = args.last('--styles');
  const [rtol, atol] = [args.last('--rtol'), args.last('--atol')];
  const plain = rtol !== undefined || atol !== undefined;
  return {
    fixed,
    dims,
    seed,
    session: tierOptions(args),
    ...(sets === undefined ? {} : { sets: Math.max(1, parseCount(sets)) }),
    ...(list === undefined ? {} : { styles: stylesOf(list) }),
    ...(plain ? { tolerance: plainTolerance(parseNumber(rtol ?? '0'), parseNumber(atol ?? '0')) } : {}),
  };
}

function stylesOf(list: string): CompareOptions['styles'] {
  return list === 'all' ? [...styles.keys()] : list.split(',').map(parseStyle);
}

/** The inputs as files that `refold run --inputs` or test data of ONNX take. */
function saveInputs(path: string, { feeds }: TriedInputs): void {
  const values: ReadonlyMap<string, NdValue> = feeds instanceof Map ? feeds : new Map(Object.entries(feeds));
  if (/\.npz$/i.test(path)) {
    writeFiles(new Map([[path, arrayFilesOf(values)]]));
    return;
  }
  const files = [...values].map(([name, value], i) => {
    if (value.kind === 'tensor') return [`input_${i}.pb`, writeTensorFile(value, name)] as const;
    throw new RefoldError(
      'usage/option',
      `input '${name}' is a ${value.kind}, and only tensors can be saved`,
    );
  });
  writeInto(path, new Map(files));
}
