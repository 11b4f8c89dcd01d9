import { expect, test } from 'vitest';
import { NdArray, type NdSequence, type NdValue } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';

const floats = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float32', dims, values);
const int = (value: number): NdArray => fromReals('int64', [], [value]);

function shown(value: NdValue | undefined): string {
  if (value?.kind === 'sequence') return value.items.map(shown).join(' ; ');
  if (value?.kind !== 'tensor') return String(value?.kind);
  return `[${value.dims}] ${Array.from<unknown>(value.data).join(' ')}`;
}

const one = floats([1], 1);
const two = floats([1], 2);
const pair: NdSequence = { kind: 'sequence', items: [one, two] };

test('elements are put in, taken out and found from either end', () => {
  const nine = floats([1], 9);
  expect(shown(runOne('SequenceInsert', [pair, nine])[0])).toBe('[1] 1 ; [1] 2 ; [1] 9');
  expect(shown(runOne('SequenceInsert', [pair, nine, int(-1)])[0])).toBe('[1] 1 ; [1] 9 ; [1] 2');
  expect(shown(runOne('SequenceInsert', [pair, nine, int(2)])[0])).toBe('[1] 1 ; [1] 2 ; [1] 9');
  expect(shown(runOne('SequenceErase', [pair])[0])).toBe('[1] 1');
  expect(shown(runOne('SequenceErase', [pair, int(0)])[0])).toBe('[1] 2');
  expect(shown(runTensor('SequenceAt', [pair, int(-2)]))).toBe('[1] 1');
  expect(shown(runTensor('SequenceLength', [pair]))).toBe('[] 2');
  expect(shown(pair)).toBe('[1] 1 ; [1] 2');
});

test('positions out of range are refused', () => {
  expect(() => runOne('SequenceAt', [pair, int(2)])).toThrow('position 2 is out of range');
  expect(() => runOne('SequenceInsert', [pair, one, int(3)])).toThrow('position 3 is out of range');
  expect(() => runOne('SequenceErase', [{ kind: 'sequence', items: [] }])).toThrow('the sequence is empty');
});

test('SplitToSequence cuts equal or listed parts, the last one shorter', () => {
  const x = floats([2, 3], 1, 2, 3, 4, 5, 6);
  expect(shown(runOne('SplitToSequence', [x, int(2)], { axis: 1 })[0])).toBe('[2,2] 1 2 4 5 ; [2,1] 3 6');
  expect(shown(runOne('SplitToSequence', [x], { keepdims: 0 })[0])).toBe('[3] 1 2 3 ; [3] 4 5 6');
  const lengths = fromReals('int64', [2], [1, 2]);
  expect(shown(runOne('SplitToSequence', [x, lengths], { axis: -1 })[0])).toBe('[2,1] 1 4 ; [2,2] 2 3 5 6');
  expect(() => runOne('SplitToSequence', [x, lengths])).toThrow(
    'parts of 3 elements in all do not make up 2',
  );
});

test('ConcatFromSequence undoes SplitToSequence', () => {
  const x = floats([2, 3], 1, 2, 3, 4, 5, 6);
  const parts = runOne('SplitToSequence', [x, int(2)], { axis: 1 })[0];
  expect(shown(runTensor('ConcatFromSequence', [parts], { axis: 1 }))).toBe(shown(x));
  const rows = runOne('SplitToSequence', [x], { keepdims: 0 })[0];
  expect(shown(runTensor('ConcatFromSequence', [rows], { axis: 0, new_axis: 1 }))).toBe(shown(x));
});

test('strings make sequences too', () => {
  const x = new NdArray('string', [2], ['a', 'b']);
  const parts = runOne('SplitToSequence', [x])[0];
  expect(shown(runTensor('ConcatFromSequence', [parts], { axis: 0 }))).toBe('[2] a b');
});

test('optionals hold a value or none', () => {
  const full = runOne('Optional', [one])[0];
  const empty: NdValue = { kind: 'optional', item: undefined };
  expect(shown(runOne('OptionalGetElement', [full])[0])).toBe('[1] 1');
  expect(shown(runOne('OptionalGetElement', [one])[0])).toBe('[1] 1');
  expect(() => runOne('OptionalGetElement', [empty])).toThrow('the optional is empty');
  expect([full, empty, one, undefined].map((v) => shown(runOne('OptionalHasElement', [v])[0]))).toEqual([
    '[] 1',
    '[] 0',
    '[] 1',
    '[] 0',
  ]);
});
