import { parseModel, type ValueType } from '@refold/ir';
import { expect, test } from 'vitest';
import { createSession } from '../session/session.ts';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';
import { bindingsFor, otherBindings } from './bindings.ts';
import { makeInputs } from './make-inputs.ts';

const model = (signature: string, nodes: string) =>
  parseModel(`<ir_version: 9, opset_import: ["" : 20]> g ${signature} { ${nodes} }`);

function array(value: NdValue | undefined): NdArray {
  if (value?.kind !== 'tensor') throw new Error('not a tensor');
  return value;
}

test('inputs have the sizes of the binding, and one symbol has one size', () => {
  const m = model('(float[N, C, 5] x, float[N] w) => (y) ', 'y = Identity (x)');
  const [binding] = bindingsFor(m);
  const feeds = makeInputs(m, binding);
  expect(array(feeds.get('x')).dims).toEqual([2, 8, 5]);
  expect(array(feeds.get('w')).dims).toEqual([2]);
});

test('sizes and shapes that a caller gives come before guesses', () => {
  const m = model('(float[N, C] x, float[C] w) => (y) ', 'y = Add (x, w)');
  const options = { dims: { N: 7 }, shapes: { w: [11] } };
  for (const binding of bindingsFor(m, options)) {
    const feeds = makeInputs(m, binding, options);
    expect(array(feeds.get('x')).dims).toEqual([7, 11]);
  }
  expect(otherBindings(m, new Map(), options)).toEqual([]);
});

test('the same seed gives the same numbers, another seed others, whatever other inputs there are', () => {
  const one = model('(float[8] x) => (y) ', 'y = Identity (x)');
  const two = model('(float[3] a, float[8] x) => (y) ', 'y = Identity (x)');
  const draw = (m: typeof one, seed: number) => makeInputs(m, new Map(), { seed }).get('x');
  expect(draw(one, 1)).toEqual(draw(two, 1));
  expect(draw(one, 1)).not.toEqual(draw(one, 2));
});

test('integers that index a table stay inside of it, through casts and reshapes', () => {
  const m = model(
    '(int32[N, 50] ids, float[3, 4] table) => (y) ',
    'a = Cast <to = 7> (ids) s = Constant <value_ints = [-1]> () b = Reshape (a, s) y = Gather (table, b)',
  );
  const ids = reals(array(makeInputs(m).get('ids')));
  expect(new Set(ids)).toEqual(new Set([0, 1, 2]));
});

test('so do those that index a table of codes', () => {
  const m = model(
    '(int64[50] ids, uint8[3, 8] table, float[3, 1] scales) => (y) ',
    'y = com.microsoft.GatherBlockQuantized <block_size = 16> (table, ids, scales)',
  );
  expect(new Set(reals(array(makeInputs(m).get('ids'))))).toEqual(new Set([0, 1, 2]));
});

test('a table whose size is open bounds the indices by the size it is given', () => {
  const m = model('(int64[50] ids, float[V, 4] table) => (y) ', 'y = Gather (table, ids)');
  const feeds = makeInputs(m, new Map([['V', 2]]));
  expect(Math.max(...reals(array(feeds.get('ids'))))).toBe(1);
});

test('integers that become truth values are 0 and 1', () => {
  const m = model('(int64[50] keep) => (y) ', 'y = Cast <to = 9> (keep)');
  expect(new Set(reals(array(makeInputs(m).get('keep'))))).toEqual(new Set([0, 1]));
});

test('inputs of every kind of type can be drawn', () => {
  const m = model(
    '(string[4] s, bool[4] b, float16[4] h, uint8[4] u, seq(float[2]) q, optional(int64[2]) o) => (y) ',
    'y = Identity (s)',
  );
  const feeds = makeInputs(m);
  expect([...feeds.values()].map((v) => (v.kind === 'tensor' ? v.dtype : v.kind))).toEqual([
    'string',
    'bool',
    'float16',
    'uint8',
    'sequence',
    'optional',
  ]);
  const types: (ValueType | undefined)[] = createSession(m).inputs.map((input) => input.type);
  expect(types).toHaveLength(6);
  createSession(m).run(feeds);
});

test('special numbers hold what breaks careless arithmetic', () => {
  const m = model('(float[500] x) => (y) ', 'y = Identity (x)');
  const x = [...reals(array(makeInputs(m, new Map(), { style: 'special' }).get('x')))];
  expect(x.some(Number.isNaN)).toBe(true);
  expect(x.some((v) => Object.is(v, -0))).toBe(true);
  expect(x).toContain(Number.NEGATIVE_INFINITY);
});

test('an input too large for memory is refused by its name before anything is allocated', () => {
  const m = model('(int64[N, 8] tokens) => (y) ', 'y = Identity (tokens)');
  expect(() => makeInputs(m, new Map([['N', 999_999_999]]))).toThrowError(
    expect.objectContaining({ code: 'model/limit', message: expect.stringContaining('input tokens') }),
  );
});
