import { RefoldError } from '@refold/ir';
import { Command } from 'commander';
import { parseBytes, parseCount, parseNumber, parseShapes } from '../io/parse-values.ts';
import { passNames } from '../io/pass-names.ts';
import { ProgressLine } from '../io/progress.ts';
import { styleFor } from '../io/style.ts';
import type { SimplifyOptions } from '../options.ts';
import { renderReport } from '../report/terminal.ts';
import { simplifyFile, tryOut } from '../simplify.ts';

/** What commander hands over; every spelling of other tools has its own key. */
interface Flags {
  readonly check?: string;
  readonly modelCheck?: boolean;
  readonly inputShape?: readonly string[];
  readonly inputShapes?: readonly string[];
  readonly overwriteInputShape?: readonly string[];
  readonly testInputShape?: readonly string[];
  readonly modelCheckInputs?: readonly string[];
  readonly skip?: readonly string[];
  readonly only?: readonly string[];
  readonly skipOptimization?: readonly string[] | true;
  readonly skipOptimizations?: readonly string[];
  readonly skipFusionPatterns?: readonly string[];
  readonly skipFuseBn?: boolean;
  readonly skipConstantFolding?: boolean;
  readonly foldLimit?: string;
  readonly sizeThreshold?: string;
  readonly largeTensor?: string | boolean;
  readonly saveExternal?: string | true;
  readonly saveAsExternalData?: boolean;
  readonly externalDataThreshold?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly inlineFunctions?: boolean;
  readonly exactness?: string;
  readonly seed?: string;
  readonly checkRtol?: string;
  readonly checkAtol?: string;
  readonly verify?: boolean;
  readonly json?: boolean;
}

export function simplifyCommand(): Command {
  return new Command('simplify')
    .description('simplify a model; without OUT, say what would be done')
    .argument('<in>', 'the model to read')
    .argument('[out]', 'where to write the result')
    .argument('[check]', 'number of check runs, as in onnxsim')
    .option('--check <n>', 'run original and result on N sets of seeded inputs and compare')
    .option('--seed <n>', 'seed of those inputs')
    .option('--check-rtol <r>', 'relative tolerance of the check')
    .option('--check-atol <a>', 'absolute tolerance of the check')
    .option('--test-input-shape <name:1,3,...>', 'shapes for the check only')
    .option('--input-shape <name:1,3,224,224...>', 'pin inputs to shapes')
    .option('--inputs <name...>', 'cut the model: begin at these values')
    .option('--outputs <name...>', 'cut the model: end at these values')
    .option('--skip <pass...>', 'leave out passes or families of passes')
    .option('--only <pass...>', 'run only these passes; "none" runs no pass')
    .option('--fold-limit <bytes>', 'bytes by which folding one constant may grow the model')
    .option('--exactness <class>', 'exact, reassociate or approximate')
    .option('--inline-functions', 'replace calls of local functions by their bodies')
    .option('--save-external [name]', 'write weights into a file beside the model')
    .option('--external-data-threshold <bytes>', 'keep smaller weights inside the model')
    .option('--verify', 'verify the model after every pass')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', foreignHelp)
    .action(run)
    .configureHelp({ showGlobalOptions: true });
}

const foreignHelp = `
Spellings of other tools for the same things are understood too:
  --input-shapes, --overwrite-input-shape   as --input-shape
  --skip-optimization, --skip-optimizations, --skip-fusion-patterns   as --skip
  --skip-fuse-bn, --skip-constant-folding   as --skip with those passes
  --model-check, --model-check-inputs       as --check 1 and --test-input-shape
  --size-threshold, --no-large-tensor       as --fold-limit
  --save-as-external-data                   as --save-external`;

/** The options of other tools that mean something here; they are left out of the help text. */
export function addForeignOptions(command: Command): Command {
  const hidden: readonly (readonly [string, string])[] = [
    ['--input-shapes <shape...>', 'as --input-shape'],
    ['--overwrite-input-shape <shape...>', 'as --input-shape'],
    ['--skip-optimization [pass...]', 'as --skip'],
    ['--skip-optimizations <pass...>', 'as --skip'],
    ['--skip-fusion-patterns <pass...>', 'as --skip'],
    ['--skip-fuse-bn', 'as --skip linear/conv-bn'],
    ['--skip-constant-folding', 'as --skip constants'],
    ['--skip-shape-inference', 'accepted; sizes are always inferred'],
    ['--no-shape-infer', 'accepted; sizes are always inferred'],
    ['--include-subgraph', 'accepted; nested graphs are always simplified'],
    ['--mutable-initializer', 'accepted; initializers that are inputs always stay overridable'],
    ['--model-check', 'as --check 1'],
    ['--model-check-inputs <shape...>', 'as --test-input-shape'],
    ['--size-threshold <bytes>', 'as --fold-limit'],
    ['--no-large-tensor [bytes]', 'as --fold-limit'],
    ['--save-as-external-data', 'as --save-external'],
    ['-v, --verbose', 'accepted'],
  ];
  for (const [flags, text] of hidden) command.addOption(command.createOption(flags, text).hideHelp());
  return command;
}

async function run(input: string, output: string | undefined, checks: string | undefined, flags: Flags): Promise<void> {
  const progress = new ProgressLine(process.stderr);
  const options = { ...optionsFrom(flags, checks), onProgress: progress.update };
  if (output === undefined && options.saveExternal) throw new RefoldError('usage/option', '--save-external needs an output file');
  try {
    const { report } = output === undefined ? await tryOut(input, options) : await simplifyFile(input, output, options);
    progress.clear();
    const text = flags.json ? JSON.stringify(report, null, 2) : renderReport(report, styleFor(process.stdout));
    process.stdout.write(`${text}\n`);
  } finally {
    progress.clear();
  }
}

function optionsFrom(flags: Flags, checks: string | undefined): SimplifyOptions {
  const shapes = parseShapes(listOf(flags.inputShape, flags.inputShapes, flags.overwriteInputShape));
  const checkShapes = parseShapes(listOf(flags.testInputShape, flags.modelCheckInputs));
  const limit = flags.foldLimit ?? flags.sizeThreshold ?? largeTensorLimit(flags.largeTensor);
  const count = flags.check ?? checks ?? (flags.modelCheck ? '1' : undefined);
  const only = flags.only;
  const external = flags.saveExternal ?? flags.saveAsExternalData;
  return {
    ...defined('inputShapes', shapes),
    ...defined('checkShapes', checkShapes),
    ...defined('foldLimit', limit === undefined ? undefined : parseBytes(limit)),
    ...defined('check', count === undefined ? undefined : parseCount(count)),
    ...defined('seed', flags.seed === undefined ? undefined : parseCount(flags.seed)),
    ...defined('only', only && (only.length === 1 && only[0] === 'none' ? [] : passNames(only))),
    ...defined('skip', passNames(skipped(flags))),
    ...defined('also', flags.inlineFunctions ? ['control/functions'] : undefined),
    ...defined('exactness', exactnessOf(flags.exactness)),
    ...defined('inputs', flags.inputs?.map(withoutType)),
    ...defined('outputs', flags.outputs?.map(withoutType)),
    ...defined('saveExternal', external),
    ...defined('externalThreshold', flags.externalDataThreshold === undefined ? undefined : parseBytes(flags.externalDataThreshold)),
    ...defined('verify', flags.verify),
    ...defined('tolerance', toleranceOf(flags)),
  };
}

function defined<K extends keyof SimplifyOptions>(key: K, value: SimplifyOptions[K] | undefined): Pick<SimplifyOptions, K> | object {
  return value === undefined ? {} : { [key]: value };
}

function listOf(...lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const all = lists.flatMap((l) => l ?? []);
  return all.length > 0 ? all : undefined;
}

function skipped(flags: Flags): readonly string[] {
  const everything = flags.skipOptimization === true ? ['graph_fusion', 'dead', 'duplicates', 'control'] : [];
  const named = Array.isArray(flags.skipOptimization) ? flags.skipOptimization : [];
  return [
    ...(flags.skip ?? []),
    ...everything,
    ...named,
    ...(flags.skipOptimizations ?? []),
    ...(flags.skipFusionPatterns ?? []),
    ...(flags.skipFuseBn ? ['linear/conv-bn'] : []),
    ...(flags.skipConstantFolding ? ['constant_folding'] : []),
  ];
}

/** onnxsim: without the flag no limit of ours applies; `--no-large-tensor` alone means 1 KiB. */
function largeTensorLimit(flag: string | boolean | undefined): string | undefined {
  if (typeof flag === 'string') return flag;
  return flag === false ? '1024' : undefined;
}

/** OnnxSlim writes `name:dtype` when it cuts; the type follows from the model here. */
function withoutType(text: string): string {
  return text.replace(/:(fp16|fp32|int32)$/, '');
}

function exactnessOf(text: string | undefined): SimplifyOptions['exactness'] {
  if (text === undefined || text === 'exact' || text === 'reassociate' || text === 'approximate') return text;
  throw new RefoldError('usage/option', `${text} is no class of exactness`, {}, 'use exact, reassociate or approximate');
}

function toleranceOf({ checkRtol, checkAtol }: Flags): SimplifyOptions['tolerance'] {
  if (checkRtol === undefined && checkAtol === undefined) return undefined;
  return {
    relative: checkRtol === undefined ? 1e-4 : parseNumber(checkRtol),
    share: checkAtol === undefined ? 1e-5 : parseNumber(checkAtol),
  };
}
