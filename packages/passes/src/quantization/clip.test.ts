import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { dropClipBeforeQuantize } from './clip.ts';

const scale = constant('s', [], [0.1]);

const graph = (clip: string, zeroPoint: string, dtype: string, more: readonly string[] = []): string =>
  `(float[4] x) => (${dtype}[4] y) <${[scale, zeroPoint, ...more].join(', ')}> {
    r = ${clip} y = QuantizeLinear (r, s, z) }`;

const zero = (value: number, dtype: string): string => constant('z', [], [value], dtype);

test('Relu goes where 0 is the least number that codes can say', () => {
  expectNodes(
    dropClipBeforeQuantize,
    graph('Relu (x)', zero(0, 'uint8'), 'uint8'),
    'y = QuantizeLinear (x, s, z)',
  );
  expectNodes(
    dropClipBeforeQuantize,
    graph('Relu (x)', zero(-128, 'int8'), 'int8'),
    'y = QuantizeLinear (x, s, z)',
  );
  const absent = `(float[4] x) => (uint8[4] y) <${scale}> { r = Relu (x) y = QuantizeLinear (r, s) }`;
  expectNodes(dropClipBeforeQuantize, absent, 'y = QuantizeLinear (x, s)');
});

test('Clip goes where it is no narrower than the codes', () => {
  const bounds = [constant('l', [], [0]), constant('h', [], [26])];
  expectNodes(
    dropClipBeforeQuantize,
    graph('Clip (x, l, h)', zero(0, 'uint8'), 'uint8', bounds),
    'y = QuantizeLinear (x, s, z)',
  );
  const relu6 = [constant('l', [], [0]), constant('h', [], [6])];
  expectUnchanged(dropClipBeforeQuantize, graph('Clip (x, l, h)', zero(0, 'uint8'), 'uint8', relu6), {
    reason: 'clip-is-narrower',
  });
});

test('a bound that has the last code already goes, though codes can say a little more', () => {
  // 6 / 255 in float32 is a little more: the last code stands for 6.0000002.
  const relu6 = [constant('l', [], [0]), constant('h', [], [6])];
  const text = (
    scale: string,
  ): string => `(float[4] x) => (uint8[4] y) <${relu6.join(', ')}, ${zero(0, 'uint8')},
    ${scale}> { r = Clip (x, l, h) y = QuantizeLinear (r, s, z) }`;
  expectNodes(dropClipBeforeQuantize, text(constant('s', [], [6 / 255])), 'y = QuantizeLinear (x, s, z)');
  expectUnchanged(dropClipBeforeQuantize, text(constant('s', [], [6 / 254.4])), {
    reason: 'clip-is-narrower',
  });
});

test('codes that can say negative numbers keep Relu', () => {
  expectUnchanged(dropClipBeforeQuantize, graph('Relu (x)', zero(128, 'uint8'), 'uint8'), {
    reason: 'clip-is-narrower',
  });
  expectUnchanged(dropClipBeforeQuantize, graph('Relu (x)', zero(0, 'int8'), 'int8'), {
    reason: 'clip-is-narrower',
  });
});

test('every channel must agree', () => {
  const each = (zeros: readonly number[]): string => `(float[2,2] x) => (uint8[2,2] y)
    <${constant('s', [2], [0.1, 0.2])}, ${constant('z', [2], zeros, 'uint8')}> { r = Relu (x) y = QuantizeLinear <axis = 0> (r, s, z) }`;
  expectNodes(dropClipBeforeQuantize, each([0, 0]), 'y = QuantizeLinear <axis: int = 0> (x, s, z)');
  expectUnchanged(dropClipBeforeQuantize, each([0, 1]), { reason: 'clip-is-narrower' });
});

test('a Relu that something else reads stays', () => {
  const shared = `(float[4] x) => (uint8[4] y, float[4] w) <${scale}, ${zero(0, 'uint8')}> {
    r = Relu (x) y = QuantizeLinear (r, s, z) w = Neg (r) }`;
  expectUnchanged(dropClipBeforeQuantize, shared);
});

test('a scale that is not a constant keeps Relu: it might be negative', () => {
  const open = `(float[4] x, float s) => (uint8[4] y) <${zero(0, 'uint8')}> { r = Relu (x) y = QuantizeLinear (r, s, z) }`;
  expectUnchanged(dropClipBeforeQuantize, open, { reason: 'scale' });
});
