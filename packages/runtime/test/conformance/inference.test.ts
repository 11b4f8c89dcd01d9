import { Editor, inferModel, printShape, type ValueType } from '@refold/ir';
import { type NdValue, typeOfValue } from '@refold/runtime';
import { describe, expect, test } from 'vitest';
import { type Case, findCases, setsOf } from './archive.ts';
import { readValue } from './read-value.ts';
import { modelOf } from './run-case.ts';

// What inference says of the outputs of ONNX's cases without running them, against the outputs that they
// must have. Sizes that hang on the contents of operands may be unknown; nothing may be wrong.

const found = findCases();
const cases: readonly Case[] = typeof found === 'string' ? [] : found;

/** Why an inferred type does not fit a value. */
function misfit(type: ValueType | undefined, value: NdValue): string | undefined {
  if (!type) return 'nothing is known of its type';
  const actual = typeOfValue(value);
  if (type.kind !== 'tensor' || actual.kind !== 'tensor') {
    return type.kind === actual.kind ? undefined : `it is a ${actual.kind}, not a ${type.kind}`;
  }
  if (type.dtype !== actual.dtype) return `it is ${actual.dtype}, not ${type.dtype}`;
  const [shape, dims] = [type.shape, actual.shape ?? []];
  if (!shape) return undefined;
  const fits = shape.length === dims.length && shape.every((d, i) => typeof d !== 'number' || d === dims[i]);
  return fits ? undefined : `it has shape ${printShape(dims)}, not ${printShape(shape)}`;
}

describe.skipIf(typeof found === 'string')('inference', () => {
  let outputs = 0;
  let ranks = 0;
  let shapes = 0;

  test('is right for every output of every case', () => {
    const wrong: string[] = [];
    for (const one of cases) {
      const model = modelOf(one);
      const declared = model.graph.outputs.map((output) => output.type ?? output.declared);
      inferModel(new Editor(model));
      const [set] = setsOf(one.folder);
      model.graph.outputs.forEach((output, i) => {
        const value = readValue(set?.outputs[i] ?? new Uint8Array(), declared[i]);
        const { type } = output;
        const reason = misfit(type, value);
        if (reason !== undefined) wrong.push(`${one.name}, output ${output.name}: ${reason}`);
        outputs += 1;
        if (type?.kind !== 'tensor' || type.shape) ranks += 1;
        if (type?.kind !== 'tensor' || type.shape?.every((d) => typeof d === 'number')) shapes += 1;
      });
    }
    expect(wrong).toEqual([]);
  });

  test('knows nearly all ranks, and most shapes', () => {
    expect(outputs - ranks).toBeLessThan(0.02 * outputs);
    expect(shapes).toBeGreaterThan(0.8 * outputs);
  });
});
