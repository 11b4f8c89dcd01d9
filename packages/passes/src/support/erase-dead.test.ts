import { Editor, printModel, verifyModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { model } from '../../test/support.ts';
import { eraseDead } from './erase-dead.ts';

test('a dead branch goes with what only it had read, and all of it comes back', () => {
  const m = model(
    '(float[2] x, bool c) => (float[2] y) { a = Neg (x) y = Abs (x)' +
      ' d = If (c) <then_branch = t () => (float[2] p) { q = Exp (a) p = Add (q, q) },' +
      '   else_branch = e () => (float[2] o) { o = Abs (a) }> }',
  );
  const before = printModel(m);
  const editor = new Editor(m);
  editor.begin();
  expect(eraseDead(editor, [...m.graph.nodes()])).toBe(2);
  expect([...m.graph.nodes()].map((node) => node.opType)).toEqual(['Abs']);
  editor.rollback();
  expect(printModel(m)).toBe(before);
  expect(verifyModel(m)).toEqual([]);
  for (const graph of m.graphs())
    for (const node of graph.nodes())
      for (const value of node.outputs) expect([...(value?.uses() ?? [])].length).toBe(value?.useCount);
});
