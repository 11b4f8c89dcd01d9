import { readFileSync, writeFileSync } from 'node:fs';
import { decodeModel } from '@refold/ir';
import { bindingsFor, makeInputs, type NdArray, writeNpz } from '@refold/runtime';

/** Writes drawn inputs of a model to an `.npz` file, for commands of guides that take samples. */
export function writeSamples(modelPath: string, path: string): void {
  const model = decodeModel(readFileSync(modelPath));
  const arrays = new Map<string, NdArray>();
  for (const [name, value] of makeInputs(model, bindingsFor(model)[0], { seed: 1 })) {
    if (value.kind === 'tensor') arrays.set(name, value);
  }
  writeFileSync(path, writeNpz(arrays));
}
