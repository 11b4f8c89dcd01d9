import { type Model, RefoldError } from '@refold/ir';
import { openModel, writeFiles } from '@refold/ir/node';
import {
  type Binding,
  bindingsFor,
  createSession,
  makeInputs,
  measureRoof,
  type NdValue,
  Profile,
  type Session,
  type SessionOptions,
  traceOf,
} from '@refold/runtime';
import type { Command } from '../arguments/command.ts';
import type { Arguments } from '../arguments/parse.ts';
import { arrayFileOf, arrayFilesOf, fileNames, writeInto } from '../io/array-files.ts';
import { type GivenInputs, inputOptions, readInputOptions } from '../io/input-options.ts';
import { jsonOption, printReport } from '../io/print.ts';
import { threadsOption, tierOptions } from '../io/tier-option.ts';
import { type RunOutcome, runReport, runText } from '../report/run-report.ts';

const result = 'Result';

export const runCommand: Command = {
  name: 'run',
  summary: 'run a model on random or given inputs and print its outputs',
  operands: [{ name: 'MODEL', text: 'the model to run' }],
  options: [
    ...inputOptions,
    {
      name: '--output',
      takes: { kind: 'one', word: 'NAME:FILE' },
      text: 'write one output to an .npy or .pb file; may be repeated',
      group: result,
    },
    {
      name: '--outputs',
      takes: { kind: 'one', word: 'FILE.npz' },
      text: 'write all outputs to one file',
      group: result,
    },
    {
      name: '--output-dir',
      takes: { kind: 'one', word: 'DIR' },
      text: 'write each output to its own .npy file in a folder',
      group: result,
    },
    {
      name: '--profile',
      takes: { kind: 'attached', word: 'TRACE.json' },
      text: 'also print the time of each operator and its share of peak performance; with a file, write a trace for chrome://tracing',
      group: result,
    },
    {
      name: '--tier',
      takes: { kind: 'one', word: 'TIER' },
      text: 'kernels to use: reference, which define the results (default), or fast',
      group: result,
    },
    threadsOption(result),
    jsonOption(result),
  ],
  run(args, { stdout }) {
    const [path = ''] = args.operands;
    const model = openModel(path);
    const given = readInputOptions(args, model);
    const targets = outputTargets(args, model);
    const outcome = runModel(model, given, tierOptions(args), args.has('--profile'));
    writeResults(args, targets, outcome);
    const report = runReport(path, outcome);
    printReport(args, stdout, report, runText);
  },
};

/** Runs a model with the likeliest sizes with which it runs. Throws what the first attempt threw if none are. */
function runModel(model: Model, given: GivenInputs, how: SessionOptions, profiled: boolean): RunOutcome {
  const session = createSession(model, how);
  const options = { dims: given.dims, fixed: given.fixed, seed: given.seed };
  let failure: unknown;
  for (const binding of bindingsFor(model, options)) {
    const profile = profiled ? new Profile() : undefined;
    try {
      return attempt(model, session, given, binding, profile);
    } catch (error) {
      if (!(error instanceof RefoldError) || error.code.startsWith('usage/')) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function attempt(
  model: Model,
  session: Session,
  given: GivenInputs,
  binding: Binding,
  profile: Profile | undefined,
): RunOutcome {
  const { fixed, styleOf, dims, seed } = given;
  const drawn = (style: Parameters<typeof makeInputs>[2] = {}): Map<string, NdValue> =>
    makeInputs(model, binding, { fixed, dims, seed, ...style });
  const feeds = drawn();
  for (const [name, style] of styleOf) {
    const value = drawn({ style, overrides: [name] }).get(name);
    if (value) feeds.set(name, value);
  }
  // Files may be of inputs that need not be fed.
  for (const [name, value] of fixed) feeds.set(name, value);
  let peakBytes = 0;
  const started = performance.now();
  const outputs = session.run(feeds, {
    seed,
    profile,
    onEnd: (summary) => {
      peakBytes = summary.peakBytes;
    },
  });
  const milliseconds = performance.now() - started;
  const profiled = profile && { nodes: profile.nodes, roof: measureRoof() };
  return { feeds, given, binding, outputs, milliseconds, peakBytes, profile: profiled };
}

/** Files that outputs go to, by the name of the output. Checked before anything runs. */
function outputTargets(args: Arguments, model: Model): ReadonlyMap<string, string> {
  const names = model.graph.outputs.map((v) => v.name);
  const targets = new Map<string, string>();
  for (const text of args.all('--output') ?? []) {
    const name = names.find((n) => text.startsWith(`${n}:`)) ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined) {
      throw new RefoldError(
        'usage/unknown-name',
        `'${text}' names no output of the model`,
        {},
        `its outputs are ${names.join(', ')}`,
      );
    }
    const file = text.startsWith(`${name}:`) ? text.slice(name.length + 1) : text;
    if (!/\.(npy|pb)$/i.test(file)) {
      throw new RefoldError(
        'usage/option',
        `'${file}' is not an array file`,
        {},
        'its name must end in .npy or .pb',
      );
    }
    targets.set(name, file);
  }
  return targets;
}

function writeResults(
  args: Arguments,
  targets: ReadonlyMap<string, string>,
  { outputs, profile }: RunOutcome,
): void {
  const files = new Map<string, Uint8Array>();
  for (const [name, file] of targets) {
    const value = outputs.get(name);
    if (value) files.set(file, arrayFileOf(file, name, value));
  }
  const archive = args.last('--outputs');
  if (archive !== undefined) files.set(archive, arrayFilesOf(outputs));
  const trace = args.last('--profile');
  if (trace !== undefined && profile) {
    files.set(trace, new TextEncoder().encode(JSON.stringify(traceOf(profile.nodes, args.operands[0]))));
  }
  writeFiles(files);
  const folder = args.last('--output-dir');
  if (folder === undefined) return;
  const names = fileNames([...outputs.keys()]);
  const inFolder = [...outputs].map(
    ([name, value]) => [`${names.get(name)}.npy`, arrayFileOf('.npy', name, value)] as const,
  );
  writeInto(folder, new Map(inFolder));
}
