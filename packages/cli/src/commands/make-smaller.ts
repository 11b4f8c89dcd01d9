import { type Model, RefoldError } from '@refold/ir';
import { assertWritable, openModel, saveModelAsync, writeFiles } from '@refold/ir/node';
import type { QuantizationProgress } from '@refold/passes';
import type { Arguments } from '../arguments/parse.ts';
import { printReport } from '../io/print.ts';
import { requireKept, samplesFrom, stageText } from '../io/quantize-options.ts';
import type { Samples } from '../io/samples.ts';
import { runTask } from '../io/task.ts';
import type { Output, Terminal } from '../io/terminal.ts';
import type { Style } from '../report/render.ts';

/** What a change of a model is told besides its own options. */
export interface RunOptions {
  readonly samples?: Samples;
  readonly onProgress: (progress: QuantizationProgress) => void;
  readonly signal: AbortSignal;
}

/** What came of a change, and files to write beside the model, by the option that names them. */
export interface Changed<Report> {
  readonly report: Report;
  readonly files?: ReadonlyMap<string, string>;
  /** What people should know also where the report goes elsewhere: a line on stderr each. */
  readonly warnings?: readonly string[];
}

/** Reads `IN`, changes the model, writes `OUT` and what options name besides, and prints what was done. */
export async function makeSmaller<Report>(
  args: Arguments,
  { stdout, stderr }: Terminal,
  change: (model: Model, options: RunOptions) => Promise<Changed<Report>>,
  textOf: (report: Report, style: Style) => string,
): Promise<void> {
  const path = outputOf(args.operands[1]);
  for (const file of [path, args.last('--report')]) if (file !== undefined) assertWritable(file);
  const { report, warnings = [] } = await onModel(args, stderr, async (model, options, listen) => {
    const changed = await change(model, options);
    const { files = new Map<string, string>() } = changed;
    listen();
    await saveModelAsync(model, path, { signal: options.signal });
    const bytes = new Map<string, Uint8Array>(
      [...files].map(([option, text]) => [option, new TextEncoder().encode(text)]),
    );
    bytes.set('--report', jsonBytes(changed.report));
    const named = [...bytes].flatMap(([option, content]): [string, Uint8Array][] => {
      const file = args.last(option);
      return file === undefined ? [] : [[file, content]];
    });
    writeFiles(new Map(named));
    return changed;
  });
  for (const warning of warnings) stderr.write(`refold: ${warning}\n`);
  printReport(args, stdout, report, textOf);
}

/** Reads `IN` and works on it as a task, on the samples that are given. Errors about the model name its file. */
export async function onModel<T>(
  args: Arguments,
  stderr: Output,
  work: (model: Model, options: RunOptions, listen: () => void) => Promise<T>,
): Promise<T> {
  const [input = ''] = args.operands;
  const model = openModel(input);
  requireKept(args, model);
  const samples = samplesFrom(args, model);
  return runTask(stderr, async ({ progress, interrupt }) => {
    const onProgress = (step: QuantizationProgress): void =>
      progress.update({ stage: stageText(step, samples?.count) });
    const options = { ...(samples ? { samples } : {}), onProgress, signal: interrupt.signal };
    try {
      return await work(model, options, () => interrupt.listen());
    } catch (error) {
      throw ofFile(error, input);
    }
  });
}

/** A report as the contents of a file. */
export function jsonBytes(report: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
}

function ofFile(error: unknown, file: string): unknown {
  if (!(error instanceof RefoldError) || !error.code.startsWith('model/') || error.where.file) return error;
  return new RefoldError(error.code, error.message, { ...error.where, file }, error.hint, error);
}

function outputOf(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new RefoldError('usage/option', 'OUT is missing: where to write the result');
}
