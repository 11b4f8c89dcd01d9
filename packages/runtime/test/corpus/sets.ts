import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DType, Tensor } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import { createSession, type NdArray, ndFromTensor, readNpz, readTensorFile } from '@refold/runtime';
import type { InputSet } from '../../src/compare/input-sets.ts';

/** The sets that `record.py` wrote for a model. */
export function recordedSets(folder: string): readonly InputSet[] {
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  return sets.sort().map((label) => {
    const read = (what: string) => readAll(join(folder, label), what);
    return { label, feeds: read('input'), outputs: read('output') };
  });
}

function readAll(folder: string, what: string): ReadonlyMap<string, NdArray> {
  const arrays = new Map<string, NdArray>();
  for (let i = 0; existsSync(join(folder, `${what}_${i}.pb`)); i += 1) {
    const { name, array } = readTensorFile(readFileSync(join(folder, `${what}_${i}.pb`)));
    arrays.set(name, array);
  }
  return arrays;
}

/** The set beside a published model: in0, in1, ... and out0, out1, ... in the order of its inputs and outputs. */
export function storedSets(model: string, file: string): readonly InputSet[] {
  const { inputs, outputs } = createSession(openModel(model));
  const arrays = readNpz(readFileSync(file));
  const named = (key: string, names: readonly { readonly name: string }[]) =>
    new Map(
      names.flatMap(({ name }, i) => {
        const array = arrays.get(`${key}${i}`);
        return array ? [[name, array] as const] : [];
      }),
    );
  const required = inputs.filter((input) => input.required);
  return [{ label: 'stored', feeds: named('in', required), outputs: named('out', outputs) }];
}

type Packed = readonly [dtype: DType, dims: readonly number[], data: string | readonly string[]];

interface PackedSet {
  readonly inputs: Readonly<Record<string, Packed>>;
  /** Absent where outputs are random. */
  readonly outputs?: Readonly<Record<string, Packed>>;
}

/** The sets of the file of traps, by name. */
export function trapSets(file: string): (name: string) => readonly InputSet[] {
  const cases = new Map<string, readonly PackedSet[]>(
    Object.entries(JSON.parse(gunzipSync(readFileSync(file)).toString())),
  );
  return (name) =>
    (cases.get(name) ?? []).flatMap(({ inputs, outputs }, i) =>
      outputs ? [{ label: `set ${i}`, feeds: unpacked(inputs), outputs: unpacked(outputs) }] : [],
    );
}

function unpacked(packed: Readonly<Record<string, Packed>>): ReadonlyMap<string, NdArray> {
  return new Map(
    Object.entries(packed).map(([name, [dtype, dims, data]]) => {
      const tensor =
        typeof data === 'string'
          ? Tensor.ofBytes(dtype, dims, new Uint8Array(Buffer.from(data, 'base64')))
          : Tensor.ofStrings(dims, data);
      return [name, ndFromTensor(tensor)];
    }),
  );
}
