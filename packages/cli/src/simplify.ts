import { assertValid, decodeModel, Editor, encodeModel, type Model, RefoldError } from '@refold/ir';
import { allPasses, defaultPasses, type Pass, raiseOpset, runPasses } from '@refold/passes';
import { changeInterface } from './interface.ts';
import type { Progress, SimplifyOptions, SimplifyResult } from './options.ts';
import { type CheckReport, figuresOf, type SimplifyReport } from './report/report.ts';
import { withRules } from './rules.ts';
import { validate } from './validate.ts';
import { version } from './version.ts';

/** Where a model comes from: bytes, or the path of a file (Node only). */
export type ModelInput = Uint8Array | string;

/**
 * Simplifies a model and gives the result back as bytes.
 *
 * Works in Node and in browsers; a path as input needs Node. Throws {@link RefoldError}: `model/*` when the
 * model is bad or unsupported, `usage/*` for options that do not fit, `check/different` when a check was
 * asked for and failed, `usage/aborted` when the signal fired.
 */
export async function simplify(input: ModelInput, options: SimplifyOptions = {}): Promise<SimplifyResult> {
  const run = await prepare(input, options);
  const started = performance.now();
  run.progress({ stage: 'write' });
  const bytes = encodeModel(run.model);
  return { bytes, report: run.report(bytes.byteLength, performance.now() - started) };
}

/**
 * Simplifies a model and writes the result to a file (Node only), atomically: nothing is written unless
 * everything went well. Besides the errors of {@link simplify}: `file/read` and `file/write`.
 */
export async function simplifyFile(
  input: ModelInput,
  output: string,
  options: SimplifyOptions = {},
): Promise<SimplifyResult> {
  const { assertWritable, saveModelAsync } = await import('@refold/ir/node');
  assertWritable(output);
  const run = await prepare(input, options);
  const started = performance.now();
  run.progress({ stage: 'write' });
  const saved = await saveModelAsync(run.model, output, {
    externalData: options.saveExternal,
    externalThreshold: options.externalThreshold,
    signal: options.signal,
  });
  return { report: run.report(saved.bytes + saved.externalBytes, performance.now() - started) };
}

/** Says what {@link simplifyFile} would do, without encoding or writing anything. */
export async function tryOut(input: ModelInput, options: SimplifyOptions = {}): Promise<SimplifyResult> {
  const run = await prepare(input, options);
  return { report: run.report(undefined, 0) };
}

interface Run {
  readonly model: Model;
  readonly progress: (progress: Progress) => void;
  report(bytes: number | undefined, writeMilliseconds: number): SimplifyReport;
}

async function prepare(input: ModelInput, options: SimplifyOptions): Promise<Run> {
  const progress = options.onProgress ?? (() => {});
  const passes = withRules(choosePasses(options), options.rules);
  const started = performance.now();
  progress({ stage: 'read' });
  const { model, bytes: inputBytes } = await load(input);
  const before = figuresOf(model, inputBytes);
  const read = performance.now();

  const editor = new Editor(model);
  changeInterface(editor, options);
  const odd = validate(editor);
  const opset =
    options.opset === undefined ? undefined : raiseOpset(editor, options.opset, { inferred: true });
  const result = runPasses(editor, passes, {
    inferred: true,
    ...(options.foldLimit === undefined ? {} : { foldLimit: options.foldLimit }),
    ...(options.exactness === undefined ? {} : { exactness: options.exactness }),
    ...(options.reasons === undefined ? {} : { reasons: options.reasons }),
    check: options.verify ? () => assertValid(model) : undefined,
    tick: () => throwIfAborted(options.signal),
    onPass: (pass, round) => progress({ stage: 'simplify', pass, round }),
  });
  const simplified = performance.now();

  let check: CheckReport | undefined;
  if (options.check) {
    progress({ stage: 'check' });
    const { checkResult } = await import('./check.ts');
    const original = (await load(input)).model;
    changeInterface(new Editor(original), options);
    check = checkResult(original, model, options.check, options);
  }
  const checked = performance.now();
  throwIfAborted(options.signal);
  return {
    model,
    progress,
    report: (bytes, write) => ({
      tool: 'refold',
      version,
      input: before,
      output: figuresOf(model, bytes),
      passes: result.passes,
      rounds: result.rounds,
      visits: result.visits,
      stopped: result.stopped,
      warnings: [...new Set([...odd, ...result.invalid.map((e) => e.message)])],
      ...(opset === undefined ? {} : { opset }),
      ...(check === undefined ? {} : { check }),
      milliseconds: { read: read - started, simplify: simplified - read, check: checked - simplified, write },
    }),
  };
}

/** Reads a model. */
export async function load(input: ModelInput): Promise<{ model: Model; bytes: number }> {
  if (typeof input !== 'string') return { model: decodeModel(input), bytes: input.byteLength };
  const { openModel, modelFileSize } = await import('@refold/ir/node');
  const model = openModel(input);
  return { model, bytes: modelFileSize(input, model) };
}

/** The passes that options ask for. Throws for a name that no pass has. */
export function choosePasses(options: Pick<SimplifyOptions, 'skip' | 'only' | 'also'>): readonly Pass[] {
  const known = new Set(allPasses.map((p) => p.name));
  for (const name of [...(options.skip ?? []), ...(options.only ?? []), ...(options.also ?? [])]) {
    if (known.has(name)) continue;
    throw new RefoldError('usage/unknown-name', `there is no pass ${name}`, {}, 'refold passes lists them');
  }
  const wanted = new Set(options.only ?? [...defaultPasses.map((p) => p.name), ...(options.also ?? [])]);
  for (const name of options.skip ?? []) wanted.delete(name);
  return allPasses.filter((p) => wanted.has(p.name));
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new RefoldError('usage/aborted', 'the run was aborted');
}
