import { RefoldError } from '@refold/ir';
import type { Command } from '../arguments/command.ts';
import type { Arguments } from '../arguments/parse.ts';
import { withoutAbsent } from '../arguments/without-absent.ts';
import { parseBytes, parseCount, parseNumber, parseOpset, parseShapes } from '../io/parse-values.ts';
import { passNames } from '../io/pass-names.ts';
import { printReport } from '../io/print.ts';
import { runTask } from '../io/task.ts';
import type { Terminal } from '../io/terminal.ts';
import type { Progress, SimplifyOptions } from '../options.ts';
import { renderReport } from '../report/render.ts';
import { whyText } from '../report/why.ts';
import { simplifyFile, tryOut } from '../simplify.ts';
import { foreignOptions } from './foreign-options.ts';
import { simplifyOptions } from './simplify-options.ts';

export const simplifyCommand: Command = {
  name: 'simplify',
  summary: 'make the graph of an ONNX model smaller without changing what it computes',
  operands: [
    { name: 'IN', text: 'the model to read' },
    {
      name: 'OUT',
      text: 'where to write the result; if absent, only report what would be done',
      optional: true,
    },
    { name: 'N', text: 'the same as --check N', optional: true },
  ],
  options: simplifyOptions,
  foreign: foreignOptions,
  run,
};

async function run(args: Arguments, { stdout, stderr }: Terminal): Promise<void> {
  const [input = '', output] = args.operands;
  const given = await optionsFrom(args);
  if (output === undefined && given.saveExternal !== undefined) {
    throw new RefoldError('usage/option', '--save-external needs OUT, the model to write');
  }
  const { report } = await runTask(stderr, ({ progress, interrupt }) => {
    const onProgress = (step: Progress): void => {
      // Until something is written, an interrupt may end the process where it stands.
      if (step.stage === 'write' && output !== undefined) interrupt.listen();
      progress.update(step);
    };
    const options = { ...given, onProgress, signal: interrupt.signal };
    return output === undefined ? tryOut(input, options) : simplifyFile(input, output, options);
  });
  printReport(
    args,
    stdout,
    report,
    (r, style) => renderReport(r, style) + (args.has('--why') ? whyText(r, input) : ''),
  );
}

async function optionsFrom(args: Arguments): Promise<SimplifyOptions> {
  const also = [
    ...(args.has('--inline-functions') ? ['control/functions'] : []),
    ...(args.all('--also') ?? []),
  ];
  return withoutAbsent<SimplifyOptions>({
    skip: passNames(args.all('--skip'), 'skip'),
    only: passNames(args.all('--only'), 'run'),
    also: passNames(also, 'run'),
    exactness: args.value('--exactness', exactnessOf),
    foldLimit: args.value('--fold-limit', parseBytes),
    rules: await rulesFrom(args.all('--rules')),
    reasons: args.has('--why'),
    verify: args.has('--verify'),
    opset: args.value('--opset', parseOpset),
    inputShapes: parseShapes(args.all('--input-shape')),
    inputs: args.all('--inputs'),
    outputs: args.all('--outputs'),
    unusedOutputs: args.all('--unused-output'),
    check:
      args.value('--check', parseCount) ??
      (args.operands[2] === undefined ? undefined : parseCount(args.operands[2])),
    seed: args.value('--seed', parseCount),
    tolerance: toleranceOf(args.value('--check-rtol', parseNumber), args.value('--check-atol', parseNumber)),
    checkShapes: parseShapes(args.all('--test-input-shape')),
    saveExternal: args.has('--save-external') ? (args.last('--save-external') ?? true) : undefined,
    externalThreshold: args.value('--external-data-threshold', parseBytes),
  });
}

async function rulesFrom(paths: readonly string[] | undefined): Promise<SimplifyOptions['rules']> {
  if (!paths) return undefined;
  const { readRuleFiles } = await import('../io/rule-files.ts');
  return readRuleFiles(paths);
}

function exactnessOf(word: string): SimplifyOptions['exactness'] {
  if (word === 'exact' || word === 'reassociate' || word === 'approximate') return word;
  throw new RefoldError(
    'usage/option',
    `'${word}' is not a class of exactness`,
    {},
    'use exact, reassociate or approximate',
  );
}

/** What is not given is as in onnxsim. */
function toleranceOf(relative: number | undefined, share: number | undefined): SimplifyOptions['tolerance'] {
  if (relative === undefined && share === undefined) return undefined;
  return { relative: relative ?? 1e-4, share: share ?? 1e-5 };
}
