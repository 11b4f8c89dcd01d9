import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { forwardSequences } from './sequence.ts';

const graph = (index: number | string): string =>
  `(float[2] x, float[3] z) => (y) <int64 i = {${index}}> { s = SequenceConstruct (x, z) t = SequenceAt (s, i) y = Neg (t) }`;

test('an element of a constructed sequence is read directly', () => {
  expectNodes(forwardSequences, graph(1), 'y = Neg (z)');
  expectNodes(forwardSequences, graph(-2), 'y = Neg (x)');
});

test('places outside the sequence stay to fail', () => {
  expectUnchanged(forwardSequences, graph(2));
  expectUnchanged(forwardSequences, graph(-3));
});
