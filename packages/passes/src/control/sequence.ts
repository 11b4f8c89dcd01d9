import { constant, list, no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

/** Which of `count` items an index means; it may count from the end. */
function placeOf(index: number | undefined, count: number): number {
  if (index === undefined) return -1;
  return index < 0 ? index + count : index;
}

const at: Rule = rule({
  name: 'control/sequence',
  doc: 'SequenceAt(SequenceConstruct(a, b, ...), i) = the i-th of them, for constant i',
  match: op('SequenceAt', [op('SequenceConstruct', [list('items')]), constant('i', { dtype: 'integer' })]),
  guard: ({ items, i }) =>
    i.size === 1 && items[placeOf(i.ints()[0], items.length)] ? yes : no('index-out-of-range', 'i'),
  build: ({ items, i }) => items[placeOf(i.ints()[0], items.length)],
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  instances: [
    {
      model: `(float[2] a, float[2] b) => (float[2] y) <int64 i = {1}> {
        s = SequenceConstruct (a, b) t = SequenceAt (s, i) y = Neg (t) }`,
    },
    {
      model: `(float[2] a, float[3] b) => (float[N] y) <int64 i = {-2}> {
        s = SequenceConstruct (a, b) t = SequenceAt (s, i) y = Neg (t) }`,
    },
  ],
});

export const forwardSequences: Pass = passOf(at, 'read the elements of a constructed sequence directly');
