import { type Model, RefoldError, type Value } from '@refold/ir';
import { bindingsFor, type NdValue, type Style, styles } from '@refold/runtime';
import type { Option } from '../arguments/command.ts';
import { nearest } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { dtypeOf, isArrayFile, readArrayFile, readArrayFiles } from './array-files.ts';
import { parseCount } from './parse-values.ts';

const group = 'Inputs';

/** Options by which a person says what a model is run on. */
export const inputOptions: readonly Option[] = [
  {
    name: '--input',
    takes: { kind: 'one', word: 'NAME:SOURCE' },
    text: `what an input holds: an .npy or .pb file, or numbers of a style: ${[...styles.keys()].join(', ')}; the name may be left out if there is one input`,
    group,
  },
  {
    name: '--inputs',
    takes: { kind: 'one', word: 'FILE.npz' },
    text: 'inputs by name, from one file',
    group,
  },
  {
    name: '--set',
    takes: { kind: 'one', word: 'DIM=N' },
    text: 'the size of an open dimension, by its name or as NAME[AXIS]',
    group,
  },
  { name: '--seed', takes: { kind: 'one', word: 'N' }, text: 'seed of drawn numbers (0)', group },
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
  return { fixed, styleOf, dims, seed: parseCount(args.last('--seed') ?? '0') };
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
  const near = nearest(name, names);
  const hint = near ? `did you mean ${near}?` : `its inputs are ${names.join(', ')}`;
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
    throw new RefoldError('usage/option', `'${text}' does not say which input`, {}, 'write NAME:SOURCE');
  return { input: inputNamed(model, text.slice(0, colon)), source: text.slice(colon + 1) };
}

/** A style by its name; `random` is what is drawn by default. */
export function parseStyle(word: string): Style {
  if (word === 'random') return 'normal';
  for (const style of styles.keys()) if (style === word) return style;
  const near = nearest(word, [...styles.keys()]);
  const hint = near
    ? `did you mean ${near}?`
    : `styles are ${[...styles.keys()].join(', ')}; files end in .npy or .pb`;
  throw new RefoldError('usage/option', `'${word}' is neither a file of an array nor a style`, {}, hint);
}

function parseSize(model: Model, text: string): readonly [string, number] {
  const match = /^(.+)=(\d{1,9})$/s.exec(text);
  if (!match) throw new RefoldError('usage/option', `'${text}' is no size`, {}, 'write DIM=N');
  const [, name = '', size] = match;
  const open = [...(bindingsFor(model)[0]?.keys() ?? [])];
  if (open.includes(name)) return [name, Number(size)];
  const hint = open.length > 0 ? `open are ${open.join(', ')}` : 'all sizes of its inputs are given';
  throw new RefoldError('usage/unknown-name', `the model has no open dimension '${name}'`, {}, hint);
}
