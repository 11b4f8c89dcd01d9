import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints, weight } from '../../test/support.ts';
import { decideImpossibleBranches } from './impossible-branch.ts';
import { inlineConstantIf } from './inline-if.ts';

const passes = [decideImpossibleBranches, inlineConstantIf];

const graph = (then: string, after: string, inputs = 'float[3,4] x, bool c'): string =>
  `(${inputs}) => (float[1,3,4] y) <${ints('z', 0)}, ${weight('k', [3, 4])}> {
    r = If (c) <then_branch = t () => (u) { ${then} }, else_branch = e () => (v) { v = Neg (x) }> ${after} }`;

const lifted = 'u = Unsqueeze (x, z)';

test('a branch whose result has the wrong rank for what follows is never taken', () => {
  const text = `(float[5,1,3] x, float[1,2] h, bool c) => (float[5,1,1,2] y) <${ints('z', 0)}, ${weight('w', [1, 2, 3])}, ${weight('r', [1, 2, 2])}> {
    s = If (c) <then_branch = t () => (u) { u = Unsqueeze (h, z) }, else_branch = e () => (v) { v = Neg (h) }>
    i = Unsqueeze (s, z) y = RNN <hidden_size = 2> (x, w, r, , , i) }`;
  expectNodes(
    passes,
    text,
    ['v = Neg (h)', 'i = Unsqueeze (v, z)', 'y = RNN <hidden_size: int = 2> (x, w, r, "", "", i)'],
    {
      shapes: {},
    },
  );
});

test('branches that both may be taken stay', () => {
  expectUnchanged(passes, graph(lifted, 'y = Add (r, k)'));
  expectUnchanged(passes, graph('u = Exp (x)', 'y = Unsqueeze (r, z)'));
});
