import { type Model, RefoldError, type Value } from '@refold/ir';
import { bindingsFor, type NdValue, type Style, styles } from '@refold/runtime';
import type { Option } from '../arguments/command.ts';
import { suggestion } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { dtypeOf, isArrayFile, readArrayFile, readArrayFiles } from './array-files.ts';
import { parseCount } from './parse-values.ts';

const group = 'Inputs';

/** Options by which a person says what a model is run on. */
export const inputOptions: readonly Option[] = [
  {
    name: '--input',
    takes: { kind: 'one', word: 'NAME:SOURCE' },
    text: `data for an input: an .npy or .pb file, or a style of random numbers: ${[...styles.keys()].join(', ')}; the name is optional if there is only one input`,
    group,
  },
  {
    name: '--inputs',
    takes: { kind: 'one', word: 'FILE.npz' },
    text: 'all inputs from one file, by name',
    group,
  },
  {
    name: '--set',
    takes: { kind: 'one', word: 'DIM=N' },
    text: 'size of a dynamic dimension, given by its name or as INPUT[AXIS]',
    group,
  },
  {
    name: '--seed',
    takes: { kind: 'one', word: 'N' },
    text: 'seed of the random numbers (default 0)',
    group,
  },
];

/** What was said of inputs. */
export interface GivenInputs {
  /** Values from files. */
  readonly fixed: ReadonlyMap<string, NdValue>;
  /** Styles of inputs that are drawn. */
  readonly styleOf: ReadonlyMap<string, Style>;
  readonly dims: Readonly<Record<string, number>>;
  readonly seed: number;
}

/** Reads what the options say of the inputs of a model. Throws `usage/...` for what does not fit, `file/read`. */
export function readInputOptions(args: Arguments, model: Model): GivenInputs {
  const fixed = new Map<string, NdValue>();
  const styleOf = new Map<string, Style>();
  const archive = args.last('--inputs');
  if (archive !== undefined) {
    for (const [name, array] of readArrayFiles(archive, (n) => dtypeOf(typeOf(find(model, n))))) {
      inputNamed(model, name);
      fixed.set(name, array);
    }
  }
  for (const text of args.all('--input') ?? []) {
    const { input, source } = splitInput(model, text);
    if (isArrayFile(source)) fixed.set(input.name, readArrayFile(source, dtypeOf(typeOf(input))));
    else styleOf.set(input.name, parseStyle(source));
  }
  const dims = Object.fromEntries((args.all('--set') ?? []).map((text) => parseSize(model, text)));
  return { fixed, styleOf, dims, seed: args.value('--seed', parseCount) ?? 0 };
}

function typeOf(value: Value | undefined) {
  return value?.type ?? value?.declared;
}

function find(model: Model, name: string): Value | undefined {
  return model.graph.inputs.find((v) => v.name === name);
}

function inputNamed(model: Model, name: string): Value {
  const known = find(model, name);
  if (known) return known;
  const names = model.graph.inputs.map((v) => v.name);
  const hint = suggestion(name, names, `its inputs are ${names.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `the model has no input '${name}'`, {}, hint);
}

/** `NAME:SOURCE`, where names may hold colons; or the source alone for an only input. */
function splitInput(model: Model, text: string): { readonly input: Value; readonly source: string } {
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    const input = find(model, text.slice(0, at));
    if (input) return { input, source: text.slice(at + 1) };
  }
  const [only, ...others] = model.graph.inputs.filter((v) => !v.tensor);
  const bare = isArrayFile(text) || styles.has(text as Style) || text === 'random';
  if (bare && only && others.length === 0) return { input: only, source: text };
  const colon = text.indexOf(':');
  if (colon < 0)
    throw new RefoldError(
      'usage/option',
      `'${text}' does not say which input it is for`,
      {},
      'write NAME:SOURCE',
    );
  return { input: inputNamed(model, text.slice(0, colon)), source: text.slice(colon + 1) };
}

/** A style by its name; `random` is what is drawn by default. */
export function parseStyle(word: string): Style {
  if (word === 'random') return 'normal';
  for (const style of styles.keys()) if (style === word) return style;
  const names = [...styles.keys()];
  const hint = suggestion(word, names, `styles are ${names.join(', ')}; files end in .npy or .pb`);
  throw new RefoldError(
    'usage/option',
    `'${word}' is neither an array file nor a style of random numbers`,
    {},
    hint,
  );
}

function parseSize(model: Model, text: string): readonly [string, number] {
  const match = /^(.+)=(\d{1,9})$/s.exec(text);
  if (!match) throw new RefoldError('usage/option', `'${text}' does not give a size`, {}, 'write DIM=N');
  const [, name = '', size] = match;
  const open = [...(bindingsFor(model)[0]?.keys() ?? [])];
  if (open.includes(name)) return [name, Number(size)];
  const hint =
    open.length > 0 ? `its dynamic dimensions are ${open.join(', ')}` : 'all its input shapes are static';
  throw new RefoldError('usage/unknown-name', `the model has no dynamic dimension '${name}'`, {}, hint);
}
