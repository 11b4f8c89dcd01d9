import { expect, test } from 'vitest';
import { apply, model } from '../../test/support.ts';
import { guards } from './guards.ts';
import { parseRules } from './load.ts';

/** The code by which a condition refuses; undefined when it holds. */
function refusal(where: string): string | undefined {
  const rules = parseRules(
    `rule a/b : fuse exact\n match Conv(x, w!, b!?; group=g, kernel_shape=k) as n\n where ${where}\n emit Conv(Relu(x), w, b; ..n)`,
  );
  const m = model(
    `(float[1,4,N] x) => (y) <float[2,2,1] w = {1, 2, 3, 4}, float[2] c = {2, 2}> { y = Conv <group = 2, kernel_shape = [1]> (x, w, c) }`,
  );
  const { refused } = apply(m, rules);
  const codes = Object.keys(refused['a/b'] ?? {});
  return codes[0] === 'grows' || codes[0] === 'cycle' ? undefined : codes[0];
}

test.for([
  ['g == 2', undefined],
  ['g != 2', 'comparison'],
  ['g < 3, g <= 2, g > 1, g >= 2', undefined],
  ['g > 2 else "few-groups"', 'few-groups'],
  ['k == [1]', undefined],
  ['k == [1, 1]', 'comparison'],
  ['dim(x, 0) == 1, dim(x, 1) == g * 2, rank(x) == 3', undefined],
  // A size that nobody knows is equal to itself, and to no number.
  ['dim(x, -1) == dim(x, 2)', undefined],
  ['dim(x, 2) == 7', 'comparison'],
  ['dim(x, 2) != 7', 'comparison'],
  ['dim(x, 3) == 1', 'no-such-axis'],
  ['given(b)', undefined],
  ['not given(b)', 'given'],
  ['same(x, x), not same(x, w)', undefined],
  ['same(x, w)', 'not-same'],
  ['broadcasts(b, w)', 'widens-shape'],
  ['once(w), constant(w), not constant(x)', undefined],
  ['dtype(x, "float"), not dtype(x, "float16")', undefined],
  ['dtype(x, "integer")', 'dtype'],
  ['dtype(x, "text")', 'no-dtype'],
  ['sameDtype(x, w)', undefined],
  ['shape(w, [2, 2, 1]), static(w)', undefined],
  ['static(x)', 'shape-unknown'],
  ['sameShape(w, b)', 'shapes-differ'],
  ['trailing(b, w, 1)', 'parameter-shape'],
  ['lastAxis(2, x), lastAxis(-1, x), lastAxis([2], x)', undefined],
  ['lastAxis(1, x)', 'not-last-axis'],
  ['along(w, w, 0)', 'not-along-axis'],
  ['uniform(b), number(b) == 2', undefined],
  ['uniform(w)', 'not-uniform'],
  ['positive(w), nonnegative(w), finite(w), whole(w), within(w, 1, 4)', undefined],
  ['within(w, 1, 3)', 'out-of-range'],
  ['positive(b - 2)', 'not-positive'],
  ['whole(w / 2)', 'not-whole'],
  ['item(k, 0) == 1, item(ints(b), -1) == 2, count(k) == 1', undefined],
  ['positive(x)', 'not-constant'],
] as const)('%s', ([where, code]) => {
  expect(refusal(where)).toBe(code);
});

test('every guard has a code and a sentence', () => {
  for (const { reason, text } of guards.values()) {
    expect(reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(text).not.toBe('');
  }
});
