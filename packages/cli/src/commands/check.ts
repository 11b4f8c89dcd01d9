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
import { withoutAbsent } from '../arguments/without-absent.ts';
import { arrayFilesOf, writeInto } from '../io/array-files.ts';
import { inputOptions, parseStyle, readInputOptions } from '../io/input-options.ts';
import { parseCount, parseNumber } from '../io/parse-values.ts';
import { jsonOption, printReport } from '../io/print.ts';
import { threadsOption, tierOptions } from '../io/tier-option.ts';
import { checkReport, checkText } from '../report/check-report.ts';

const judged = 'Comparison';
const result = 'Result';

/** Exit status by verdict. */
const statuses = { equal: 0, different: 1, unverified: 6 } as const;

export const checkCommand: Command = {
  name: 'check',
  summary:
    'compare what two models compute: are they equal, and if not, which value differs first and by how much',
  operands: [
    { name: 'A', text: 'the reference model' },
    { name: 'B', text: 'the model to check' },
  ],
  options: [
    {
      name: '--sets',
      takes: { kind: 'one', word: 'N' },
      text: 'number of input sets to run (default 5)',
      group: 'Inputs',
    },
    {
      name: '--styles',
      takes: { kind: 'one', word: 'LIST' },
      text: 'styles of random numbers to cycle through, separated by commas',
      group: 'Inputs',
    },
    ...inputOptions,
    {
      name: '--rtol',
      takes: { kind: 'one', word: 'R' },
      text: 'use this relative tolerance for every value instead of rounding-error bounds',
      group: judged,
    },
    {
      name: '--atol',
      takes: { kind: 'one', word: 'A' },
      text: 'and this absolute tolerance',
      group: judged,
    },
    {
      name: '--tier',
      takes: { kind: 'one', word: 'TIER' },
      text: 'kernels for the final run of B on its own: reference (default) or fast',
      group: judged,
    },
    threadsOption(judged),
    {
      name: '--save-inputs',
      takes: { kind: 'one', word: 'PATH' },
      text: 'save the inputs that show a difference: to an .npz file, or as input_0.pb ... in a folder',
      group: result,
    },
    jsonOption(result),
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
    printReport(args, stdout, report, checkText);
    return statuses[comparison.verdict];
  },
};

function optionsFrom(args: Arguments, want: Parameters<typeof makeInputs>[0]): CompareOptions {
  const { fixed, styleOf, dims, seed } = readInputOptions(args, want);
  if (styleOf.size > 0) {
    throw new RefoldError(
      'usage/option',
      'check accepts --input only with files',
      {},
      'use --styles for random inputs',
    );
  }
  const [rtol, atol] = [args.value('--rtol', parseNumber), args.value('--atol', parseNumber)];
  const isPlain = rtol !== undefined || atol !== undefined;
  return withoutAbsent<CompareOptions>({
    fixed,
    dims,
    seed,
    session: tierOptions(args),
    sets: args.value('--sets', (word) => Math.max(1, parseCount(word))),
    styles: args.value('--styles', stylesOf),
    tolerance: isPlain ? plainTolerance(rtol ?? 0, atol ?? 0) : undefined,
  });
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
