import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  constantTensor,
  decodeModel,
  Editor,
  type Model,
  type Node,
  tensorFloats,
  tensorOf,
} from '@refold/ir';
import { defaultPasses, raiseOpset, runPasses } from '@refold/passes';
import { compareModels, Random } from '@refold/runtime';
import { expect, test } from 'vitest';

// Comparison on real models: no sound rewrite may be called a difference, and no small mistake may pass.
const examples = fileURLToPath(new URL('../examples/', import.meta.url));
const traps = fileURLToPath(new URL('../../shared/models/traps/', import.meta.url));

const files = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.onnx'))
        .map((name) => `${folder}${name}`)
    : [];

const read = (path: string): Model => decodeModel(readFileSync(path));

function simplified(path: string, opset: boolean): Model {
  const model = read(path);
  const editor = new Editor(model);
  if (opset) raiseOpset(editor, 'latest');
  runPasses(editor, defaultPasses);
  return model;
}

for (const path of files(examples)) {
  const name = path.slice(examples.length);
  test.each([false, true])(`${name} and what the passes make of it are equal, newest opset: %s`, (opset) => {
    const report = compareModels(read(path), simplified(path, opset), { sets: 6 });
    expect(report).toMatchObject({ verdict: 'equal', sets: 6, divergence: undefined });
    expect(report.compared).toBeGreaterThan(10);
    expect(report.largestShare).toBeLessThan(0.5);
  });

  test(`a weight of ${name} that is off by 64 units in the last place is found at the node that reads it`, () => {
    for (let seed = 0; seed < 4; seed += 1) {
      const wrong = read(path);
      const node = spoil(wrong, new Random(seed));
      const report = compareModels(read(path), wrong, { sets: 3 });
      expect([report.verdict, report.divergence?.gotNode?.name]).toEqual(['different', node.label]);
      expect(report.divergence?.parameter?.kind).toBe('constant');
    }
  });
}

/** Operators of these models of which every weight counts in every run: none reads what Relu may have made zero. */
const readers = new Set(['Add', 'BatchNormalization', 'Conv', 'MatMul']);

/** Changes one element of one weight, and gives the node that reads it. */
function spoil(model: Model, random: Random): Node {
  const places = [...model.graph.nodes()].flatMap((node) => {
    return node.inputs.slice(0, 2).flatMap((value, index) => {
      const weights = value && constantTensor(value);
      const counts = readers.has(node.opType) && weights?.dtype === 'float32' && weights.size > 1;
      return counts ? [{ node, index, weights }] : [];
    });
  });
  const place = places[random.between(0, places.length)];
  if (!place) throw new Error('no weights');
  const { node, index, weights } = place;
  const numbers = tensorFloats(weights);
  // The largest one, which no rounding hides.
  const at = numbers.reduce((best, v, i) => (Math.abs(v) > Math.abs(numbers[best] ?? 0) ? i : best), 0);
  numbers[at] = (numbers[at] ?? 0) * (1 + 64 * 2 ** -23);
  const editor = new Editor(model);
  const tensor = tensorOf('float32', weights.dims, numbers);
  editor.setOperand(
    node,
    index,
    editor.addInitializer(model.graph, { name: editor.freshName('spoilt'), tensor }),
  );
  return node;
}

const tempting = files(traps).filter((_, i) => i % 4 === 0);

test.skipIf(tempting.length === 0)(
  'models that tempt to wrong rewrites are equal to what is made of them (needs ../shared)',
  () => {
    const outcomes = tempting.map((path) => {
      const { verdict, divergence, differences } = compareModels(read(path), simplified(path, false), {
        sets: 2,
      });
      const what = divergence?.difference.message ?? differences[0]?.message ?? '';
      return verdict === 'different' ? `${path.slice(traps.length)}: ${what}` : verdict;
    });
    expect(outcomes.filter((o) => o !== 'equal' && o !== 'unverified')).toEqual([]);
    expect(outcomes.filter((o) => o === 'equal').length).toBeGreaterThan(0.95 * tempting.length);
  },
);
