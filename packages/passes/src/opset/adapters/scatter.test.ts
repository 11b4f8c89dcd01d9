import { expect, test } from 'vitest';
import { raised } from '../../../test/raised.ts';

test('Scatter becomes ScatterElements under its name', () => {
  const text = `(float[3, 3] x, float[1, 3] u) => (float[3, 3] y) <int64[1, 3] i = {0, 2, 1}> {
    [scatter] y = Scatter <axis = 0> (x, i, u)
  }`;
  const { after } = raised(text, 9, 11);
  expect(after.graph.firstNode?.opType).toBe('ScatterElements');
  expect(after.graph.firstNode?.name).toBe('scatter');
  raised(text, 10, 28);
});
