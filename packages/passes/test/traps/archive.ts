import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type DType, dtypes, Tensor } from '@refold/ir';
import { type NdArray, ndFromTensor } from '@refold/runtime';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const folder = join(root, '..', 'shared', 'models', 'traps');

/** How far floats may lie from the expected ones: `atol` is absolute. */
export interface Limits {
  readonly rtol: number;
  readonly atol: number;
}

/** What must hold beside, or in place of, equal outputs. */
export type Property =
  | { readonly kind: 'zero_fraction'; readonly lo: number; readonly hi: number }
  | { readonly kind: 'not_all_zero' | 'runs_differ' | 'metadata' | 'dims' | 'any' }
  | { readonly kind: 'ops'; readonly need: Readonly<Record<string, number>> };

/** A model that tempts an optimizer into a mistake. */
export interface Trap {
  readonly name: string;
  readonly why: string;
  readonly tol?: Limits;
  /** How many times larger the result may be. */
  readonly limit?: number;
  readonly check?: Property;
}

export interface Case {
  readonly inputs: ReadonlyMap<string, NdArray>;
  /** Absent where the truth is a property, or too large to be written out. */
  readonly outputs: ReadonlyMap<string, NdArray> | undefined;
}

type Encoded = readonly [string, readonly number[], string | readonly string[]];
type EncodedCase = { inputs: Record<string, Encoded>; outputs?: Record<string, Encoded> };

/** The traps and their cases, or why there are none. */
export function findTraps():
  | { traps: readonly Trap[]; cases: ReadonlyMap<string, readonly Case[]> }
  | string {
  if (!existsSync(join(folder, 'traps.json'))) return `the trap models are not at ${folder}`;
  // The one checked edge: the files are written by one script, and every field is used by the test.
  const index = JSON.parse(readFileSync(join(folder, 'traps.json'), 'utf8')) as { traps: Trap[] };
  const raw = JSON.parse(gunzipSync(readFileSync(join(folder, 'cases.json.gz'))).toString()) as Record<
    string,
    EncodedCase[]
  >;
  const cases = new Map(Object.entries(raw).map(([name, sets]) => [name, sets.map(decodeCase)]));
  return { traps: index.traps, cases };
}

const files = new Map<string, Uint8Array>();

export function readTrap(name: string): Uint8Array {
  const bytes = files.get(name) ?? readFileSync(join(folder, `${name}.onnx`));
  files.set(name, bytes);
  return bytes;
}

function decodeCase({ inputs, outputs }: EncodedCase): Case {
  return { inputs: decodeAll(inputs), outputs: outputs && decodeAll(outputs) };
}

function decodeAll(values: Record<string, Encoded>): Map<string, NdArray> {
  return new Map(Object.entries(values).map(([name, value]) => [name, decode(value)]));
}

function decode([kind, dims, data]: Encoded): NdArray {
  if (typeof data !== 'string') return ndFromTensor(Tensor.ofStrings(dims, data));
  return ndFromTensor(Tensor.ofBytes(dtypeOf(kind), dims, Uint8Array.from(Buffer.from(data, 'base64'))));
}

function dtypeOf(kind: string): DType {
  const dtype = dtypes.find((d) => d === kind);
  if (dtype === undefined) throw new Error(`cases hold the unknown type ${kind}`);
  return dtype;
}
