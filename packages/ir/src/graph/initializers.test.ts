import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import { parseModel } from '../text/parse.ts';
import { InitializerList } from './initializers.ts';
import type { Value } from './value.ts';

/** Values to put into lists. */
function values(count: number): readonly Value[] {
  const held = Array.from({ length: count }, (_, i) => `float v${i} = {${i}}`);
  return [
    ...parseModel(`<ir_version: 10, opset_import: ["" : 20]> g () => () <${held.join(', ')}> { }`).graph
      .initializers,
  ];
}

test('what is taken out and put back newest first stands where it stood', () => {
  const all = values(12);
  fc.assert(
    fc.property(fc.array(fc.nat(11)), (indices) => {
      const list = new InitializerList();
      for (const value of all) list.insert(value);
      const removed = [...new Set(indices)].flatMap((i) => {
        const value = all[i];
        return value ? [{ value, next: list.remove(value) }] : [];
      });
      const left = all.filter((value) => !removed.some((r) => r.value === value));
      expect([...list]).toEqual(left);
      expect(list.size).toBe(left.length);
      for (const { value, next } of removed.toReversed()) list.insert(value, next);
      expect([...list]).toEqual(all);
    }),
  );
});

test('a list may be changed while it is walked', () => {
  const [a, b, c, d] = values(4);
  if (!a || !b || !c || !d) throw new Error('four values are needed');
  const list = new InitializerList();
  for (const value of [a, b, c]) list.insert(value);
  const seen: Value[] = [];
  for (const value of list) {
    seen.push(value);
    if (value !== a) continue;
    list.remove(a);
    list.remove(b);
    list.insert(d);
  }
  expect(seen).toEqual([a, c, d]);
});

test('rollback restores the order of initializers', () => {
  const model = parseModel(
    '<ir_version: 10, opset_import: ["" : 20]> g (float x) => (y) <float a = {1}, float b = {2}, float c = {3}> { y = Neg (x) }',
  );
  const editor = new Editor(model);
  const before = [...model.graph.initializers];
  editor.begin();
  for (const value of before.toSpliced(2, 1)) editor.removeInitializer(value);
  editor.rollback();
  expect([...model.graph.initializers]).toEqual(before);
});
