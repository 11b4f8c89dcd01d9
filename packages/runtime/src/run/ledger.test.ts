import { expect, test } from 'vitest';
import { NdArray, type NdSequence } from '../tensor/nd-array.ts';
import { Ledger } from './ledger.ts';

const array = (length: number) => new NdArray('float32', [length], new Float32Array(length));

test('storage that two values share counts once, until both are dropped', () => {
  const ledger = new Ledger(40);
  const a = array(8);
  const b = a.reshaped([2, 4]);
  ledger.hold(a);
  ledger.hold(b);
  expect(ledger.peak).toBe(32);
  ledger.drop(a);
  expect(() => ledger.reserve('float32', [3])).toThrow(/memory limit of 40 bytes/);
  ledger.drop(b);
  ledger.reserve('float32', [10]);
});

test('items of sequences count', () => {
  const ledger = new Ledger(40);
  const inner: NdSequence = { kind: 'sequence', items: [array(2), array(3)] };
  ledger.hold({ kind: 'optional', item: inner });
  expect(ledger.peak).toBe(20);
});

test('letters count, and so do arrays when there are very many', () => {
  const ledger = new Ledger(1e6);
  ledger.hold(new NdArray('string', [2], ['x'.repeat(500_000), 'y'.repeat(500_000)]));
  expect(() => ledger.reserve('int8', [1])).toThrow(/memory limit/);
  const crowded = new Ledger(1e6);
  for (let i = 0; i < 2_000; i += 1) crowded.hold(array(1));
  expect(() => crowded.reserve('int8', [1])).toThrow(/memory limit/);
});

test('what a kernel reserved is forgotten when it is done', () => {
  const ledger = new Ledger(40);
  const mark = ledger.mark;
  ledger.reserve('int64', [5]);
  expect(() => ledger.reserve('int8', [1])).toThrow();
  ledger.settle(mark);
  ledger.reserve('int8', [40]);
});

test('types smaller than a byte take one byte an element, complex ones two numbers', () => {
  const reserve = (limit: number, dtype: 'int4' | 'complex64' | 'string') => () =>
    new Ledger(limit).reserve(dtype, [10]);
  expect(reserve(9, 'int4')).toThrow();
  expect(reserve(10, 'int4')).not.toThrow();
  expect(reserve(79, 'complex64')).toThrow();
  expect(reserve(80, 'complex64')).not.toThrow();
  expect(reserve(159, 'string')).toThrow();
});
