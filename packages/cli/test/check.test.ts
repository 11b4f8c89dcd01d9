import { readdirSync } from 'node:fs';
import type { Editor } from '@refold/ir';
import { expect, test, vi } from 'vitest';
import { bytesOf, Folder, refold } from './helpers.ts';

// Stands in for a wrong pass: it turns every Neg into an Abs.
vi.mock('@refold/passes', async (original) => {
  const passes = await original<typeof import('@refold/passes')>();
  const { outputOf } = await import('@refold/ir');
  return {
    ...passes,
    runPasses: (editor: Editor, ...rest: [never]) => {
      for (const node of editor.model.graph.nodes()) {
        if (!node.is('Neg')) continue;
        const wrong = editor.createNode(
          { opType: 'Abs', inputs: node.inputs, outputs: ['wrong'] },
          { before: node },
        );
        editor.replaceAllUses(outputOf(node), outputOf(wrong));
      }
      return passes.runPasses(editor, ...rest);
    },
  };
});

const folder = new Folder();

test('a check that finds a difference is status 1, and nothing is written', async () => {
  const path = folder.with('in.onnx', bytesOf('main (float[4] x) => (y) { t = Neg (x) y = Identity (t) }'));
  const answer = await refold(path, folder.at('out.onnx'), '--check', '2');
  expect(answer).toMatchObject({ status: 1, out: '' });
  expect(answer.err).toMatch(/^refold: the result differs from the original: output y: .+\n$/);
  expect(readdirSync(folder.at(''))).toEqual(['in.onnx']);
  // Within the tolerance asked for everything is equal, and without a check nobody knows.
  const tolerant = ['--check', '2', '--check-atol', '10', '--check-rtol', '10'];
  expect(await refold(path, folder.at('out.onnx'), ...tolerant)).toMatchObject({ status: 0, err: '' });
  expect(await refold(path, folder.at('out.onnx'))).toMatchObject({ status: 0, err: '' });
});
