import { expect, test } from 'vitest';
import type { Attribute } from '../graph/attribute.ts';
import { parseModel } from '../text/parse.ts';
import { attributeKey } from './attribute-key.ts';

function attribute(text: string): Attribute {
  const model = parseModel(`<opset_import: ["" : 20]> g (float x) => () { y = Op <a${text}> (x) }`);
  const found = model.graph.firstNode?.attributes.get('a');
  if (!found) throw new Error('no attribute');
  return found;
}

test('equal attributes have equal keys', () => {
  for (const text of [
    ' = 1',
    ' = 1.5',
    ' = "s"',
    ' = [1, 2]',
    ': floats = []',
    ' = ["a", "b"]',
    ' = float[2] {1, 2}',
    ' = seq(float[N])',
    ': int = @b',
  ]) {
    expect(attributeKey(attribute(text))).toBe(attributeKey(attribute(text)));
  }
});

test('attributes that differ in type or value have different keys', () => {
  const texts = [
    ...[
      ' = 1',
      ' = 1.0',
      ' = "1"',
      ' = [1]',
      ' = [1.0]',
      ' = ["1"]',
      ' = 0.0',
      ' = -0.0',
      ' = nan',
      ': ints = []',
    ],
    ...[
      ': floats = []',
      ' = ["a,b"]',
      ' = ["a", "b"]',
      ' = float {1}',
      ' = int64 {1}',
      ' = float[1] {1}',
      ' = seq(float)',
    ],
    ...[
      ' = seq(float[])',
      ': int = @b',
      ': int = @c',
      ' = [float {1}]',
      ' = 9007199254740993',
      ' = 9007199254740992',
    ],
  ];
  expect(new Set(texts.map((t) => attributeKey(attribute(t)))).size).toBe(texts.length);
});

test('nested graphs are equal to themselves only', () => {
  const a = attribute(' = g1 () => (x) {}');
  expect(attributeKey(a)).toBe(attributeKey(a));
  expect(attributeKey(a)).not.toBe(attributeKey(attribute(' = g1 () => (x) {}')));
});
