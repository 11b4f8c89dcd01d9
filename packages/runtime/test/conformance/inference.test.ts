import { Editor, inferModel } from '@refold/ir';
import { describe, expect, test } from 'vitest';
import { type Case, findCases, setsOf } from './archive.ts';
import { readValue } from './read-value.ts';
import { modelOf } from './run-case.ts';
import { typeMisfit } from './type-misfit.ts';

// What inference says of the outputs of ONNX's cases without running them, against the outputs that they
// must have. Sizes that depend on the contents of operands may be unknown; nothing may be wrong.

const found = findCases();
const cases: readonly Case[] = typeof found === 'string' ? [] : found;

describe.skipIf(typeof found === 'string')('inference (needs ../shared)', () => {
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
        const reason = typeMisfit(type, value);
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
