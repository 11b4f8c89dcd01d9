import { expect, test } from 'vitest';
import { raised, raisedNodes } from '../../../test/raised.ts';

const names = ['Softmax', 'LogSoftmax', 'Hardmax'];

test('the last axis is the last axis', () => {
  for (const name of names) {
    const text = `(float[2, 3] x) => (float[2, 3] y) { y = ${name} (x) }`;
    expect(raisedNodes(text, 7, 13)).toEqual([`y = ${name} <axis: int = 1> (x)`]);
    const last = `(float[2, 3, 4] x) => (float[2, 3, 4] y) { y = ${name} <axis = 2> (x) }`;
    expect(raisedNodes(last, 11, 28)).toEqual([`y = ${name} <axis: int = 2> (x)`]);
  }
});

test('axes behind that are all 1 do not matter', () => {
  const text = '(float[2, 3, 1, 1] x) => (float[2, 3, 1, 1] y) { y = Softmax (x) }';
  expect(raisedNodes(text, 9, 13)).toEqual(['y = Softmax <axis: int = 1> (x)']);
  const first = '(float[1, 1, 5] x) => (float[1, 1, 5] y) { y = Softmax <axis = 0> (x) }';
  expect(raisedNodes(first, 9, 13)).toEqual(['y = Softmax <axis: int = 2> (x)']);
});

test('several axes are flattened to one', () => {
  for (const name of names) {
    const text = `(float[2, 3, 4] x) => (float[2, 3, 4] y) { y = ${name} (x) }`;
    expect(raisedNodes(text, 11, 13)).toEqual([
      'Flatten = Flatten <axis: int = 1> (x)',
      `${name} = ${name} <axis: int = 1> (Flatten)`,
      `y = Reshape (${name}, shape)`,
    ]);
  }
});

test('sizes that are not known are taken from the input, empty ones too', () => {
  const text = '(float[N, M, 4] x) => (float[N, M, 4] y) { y = Softmax <axis = 1> (x) }';
  expect(raisedNodes(text, 11, 13).at(-1)).toBe('y = Reshape (Softmax, Shape)');
  expect(raisedNodes(text, 11, 14).at(-1)).toBe('y = Reshape <allowzero: int = 1> (Softmax, Shape)');
  raised(text, 11, 18, { shapes: { x: [0, 0, 4] } });
  raised('(float[0, 0, 4] x) => (float[0, 0, 4] y) { y = Softmax <axis = 2> (x) }', 11, 18);
});

test('an axis from the end needs no rank', () => {
  const open = { domains: ', "local" : 1' };
  const fn = (axis: number) => ({
    ...open,
    functions: `<domain: "local", opset_import: ["" : 11]> F (a) => (b) { b = Softmax <axis = ${axis}> (a) }`,
  });
  const text = '(float[2, 3, 4] x) => (float[2, 3, 4] y) { y = local.F (x) }';
  const body = (axis: number) => {
    const [f] = raised(text, 11, 18, fn(axis)).after.functions.values();
    return [...(f?.body.nodes() ?? [])].map((n) => n.opType);
  };
  expect(body(-1)).toEqual(['Softmax']);
  expect(body(-2)).toEqual(['Flatten', 'Softmax', 'Shape', 'Reshape']);
});
