import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Model } from '@refold/ir';
import { readNpz, type SizeOptions } from '@refold/runtime';

/**
 * What the corpus says of the inputs of a model, for models that no guess fits: the sizes in its table, or those of the
 * arrays beside a published model, with the integers in them, which may be indices or settings. `corpus` is the folder
 * of the models as they are kept.
 */
export function statedInputs(model: Model, file: string, corpus: string): SizeOptions {
  const [tier, name] = [basename(dirname(file)), basename(file, '.onnx')];
  const arrays = join(corpus, 'macro', 'io', `${name}.npz`);
  if (tier === 'macro' && existsSync(arrays)) return ofArrays(model, readFileSync(arrays));
  const table = join(corpus, 'exported.json');
  if (tier === 'exported' && existsSync(table)) return ofTable(JSON.parse(readFileSync(table, 'utf8')), name);
  return {};
}

type Table = Readonly<
  Record<string, { readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[] }>
>;

function ofTable(table: Table, model: string): SizeOptions {
  const inputs = table[model]?.inputs ?? [];
  return { shapes: Object.fromEntries(inputs.map(({ name, shape }) => [name, shape])) };
}

/** Arrays are named `in0`, `in1`, ... in the order of the inputs. */
function ofArrays(model: Model, file: Uint8Array): SizeOptions {
  const arrays = readNpz(file);
  const named = model.graph.inputs
    .filter((input) => !input.tensor)
    .flatMap(({ name }, i) => {
      const array = arrays.get(`in${i}`);
      return array ? [{ name, array }] : [];
    });
  return {
    shapes: Object.fromEntries(named.map(({ name, array }) => [name, array.dims])),
    fixed: new Map(
      named.filter(({ array }) => array.dtype !== 'float32').map(({ name, array }) => [name, array]),
    ),
  };
}
