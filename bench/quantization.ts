import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { decodeModel, Editor, inferModel, RefoldError } from '@refold/ir';
import { targets } from '@refold/passes';
import { judge } from '../packages/passes/test/quantize-corpus/judge.ts';
import { type Outcome, pageOf } from '../packages/passes/test/quantize-corpus/report.ts';
import { samplesOf } from '../packages/passes/test/quantize-corpus/samples.ts';
import { statedInputs } from '../packages/passes/test/quantize-corpus/stated-inputs.ts';

/*
 * What must hold of quantizing any model: see packages/passes/test/quantize-corpus. Models are read from the folders
 * that `--models A,B` or REFOLD_MODELS names; `--only NAME` and `--target NAME` take some. Each model has a process
 * and `--limit SECONDS` of its own, and what does not come to an end is said. `--results FILE` keeps what was found,
 * and leaves out what is known already; `--report FILE` writes the page. `--quick` asks for no orders and no second run.
 */

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** Where models are kept with what is known of them, beside the repository. */
const corpus = join(process.cwd(), '../shared/models');
const chosen = targets.filter(({ name }) => flag('--target') === undefined || flag('--target') === name);
const orders = process.argv.includes('--quick') ? 0 : 1;
const one = flag('--one');
if (one !== undefined) await judgeOne(one);
else await judgeAll();

/** In the process of one model: writes an outcome for each target. */
async function judgeOne(file: string): Promise<void> {
  const bytes = readFileSync(file);
  for (const target of chosen) {
    const start = process.cpuUsage();
    const outcome = { model: nameOf(file), target: target.name };
    const seconds = (): number => {
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    try {
      const original = decodeModel(bytes);
      inferModel(new Editor(original));
      const samples = samplesOf(original, statedInputs(original, file, corpus));
      const verdict = samples.length > 0 ? await judge(bytes, target, samples, { orders }) : undefined;
      const found: Outcome = verdict
        ? { ...outcome, ...verdict, seconds: seconds() }
        : { ...outcome, seconds: seconds(), skipped: 'no inputs were found with which it runs' };
      console.log(JSON.stringify(found));
    } catch (error) {
      const skipped = error instanceof RefoldError ? error.message : undefined;
      const failed = skipped === undefined ? String(error instanceof Error ? error.stack : error) : undefined;
      console.log(JSON.stringify({ ...outcome, seconds: seconds(), skipped, failed }));
    }
  }
}

async function judgeAll(): Promise<void> {
  const results = flag('--results');
  const known = results !== undefined && existsSync(results) ? linesOf(readFileSync(results, 'utf8')) : [];
  const outcomes: Outcome[] = [...known];
  const done = new Set(known.map(({ model, target }) => `${model} ${target}`));
  for (const file of files()) {
    const missing = chosen.filter(({ name }) => !done.has(`${nameOf(file)} ${name}`));
    for (const target of missing.length === chosen.length ? [flag('--target')] : missing.map((t) => t.name)) {
      for (const found of await outcomesOf(file, target)) {
        outcomes.push(found);
        print(found);
        if (results !== undefined) appendFileSync(results, `${JSON.stringify(found)}\n`);
      }
    }
  }
  const page = flag('--report');
  if (page !== undefined) writeFileSync(page, pageOf(outcomes));
  const bad = outcomes.filter((o) => o.failed !== undefined || (o.complaints?.length ?? 0) > 0);
  const skipped = outcomes.filter((o) => o.skipped !== undefined);
  console.log(`${outcomes.length} outcomes, ${bad.length} not as they must be, ${skipped.length} left out`);
}

/** Judges a model in a process of its own. What has no outcome when it ends, or is ended, is said to have failed. */
function outcomesOf(file: string, target: string | undefined): Promise<readonly Outcome[]> {
  const limit = Number(flag('--limit') ?? 900);
  const asked = chosen.filter(({ name }) => target === undefined || name === target);
  const args = [...process.execArgv, process.argv[1] ?? '', '--one', file];
  if (target !== undefined) args.push('--target', target);
  if (orders === 0) args.push('--quick');
  const options = { timeout: limit * 1000, killSignal: 'SIGKILL', maxBuffer: 2 ** 28 } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const found = linesOf(stdout);
      const why = error?.killed
        ? `did not come to an end within ${limit} seconds`
        : (stderr.trim().split('\n').at(-1) ?? 'ended');
      const rest = asked
        .slice(found.length)
        .map(({ name }) => ({ model: nameOf(file), target: name, failed: why }));
      resolve([...found, ...rest.map((o) => ({ ...o, seconds: 0 }))]);
    });
  });
}

function linesOf(text: string): readonly Outcome[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Outcome => JSON.parse(line));
}

function files(): readonly string[] {
  const cache = join(homedir(), '.cache/refold-models');
  const largest = Number(flag('--largest') ?? 1024) * 2 ** 20;
  const roots =
    flag('--models') ?? process.env.REFOLD_MODELS ?? `${join(cache, 'exported')},${join(cache, 'macro')}`;
  return roots.split(',').flatMap((root) => {
    if (root.endsWith('.onnx')) return [root];
    if (!existsSync(root)) return [];
    return readdirSync(root)
      .filter((name) => name.endsWith('.onnx') && name.includes(flag('--only') ?? ''))
      .sort()
      .map((name) => join(root, name))
      .filter((file) => statSync(file).size <= largest);
  });
}

function nameOf(file: string): string {
  return `${basename(join(file, '..'))}/${basename(file, '.onnx')}`;
}

function print({
  model,
  target,
  seconds,
  quantized,
  float,
  classes,
  complaints,
  skipped,
  failed,
}: Outcome): void {
  const what = skipped ?? failed ?? `${quantized} nodes on codes, ${float} on floats, ${classes} classes`;
  console.log(`${model} ${target} ${seconds.toFixed(1)} s: ${what}`);
  for (const { property, message } of complaints?.slice(0, 6) ?? [])
    console.log(`    ${property}: ${message.slice(0, 200)}`);
}
