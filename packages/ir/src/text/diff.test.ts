import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffModels } from './diff.ts';
import { type Line, pairLines } from './diff-lines.ts';
import { parseModel } from './parse.ts';

const model = (nodes: string, values = '') =>
  parseModel(`<ir_version: 10, opset_import: ["" : 20]> g (float[N] x) => (y) ${values} { ${nodes} }`);

test('equal models differ in nothing', () => {
  expect(diffModels(model('y = Relu (x)'), model('y = Relu (x)'))).toBe('');
});

test('nodes are compared with those that make values of the same names', () => {
  const a = model('a = Neg (x) b = Identity (a) c = Exp (b) y = Relu (c)');
  const b = model('a = Neg (x) c = Exp (a) y = Relu (c)');
  expect(diffModels(a, b, { before: 'old.onnx', after: 'new.onnx', context: 1 })).toBe(`--- old.onnx
+++ new.onnx
@@ -6,4 +6,3 @@
    a = Neg (x)
-   b = Identity (a)
-   c = Exp (b)
+   c = Exp (a)
    y = Relu (c)
`);
});

test('a change of label, attribute or operator is a change of the line', () => {
  const diff = diffModels(model('[n] y = Elu <alpha = 1.0> (x)'), model('[m] y = Elu <alpha = 2.0> (x)'), {
    context: 0,
  });
  expect(diff).toContain(
    '@@ -6,1 +6,1 @@\n-   [n] y = Elu <alpha: float = 1> (x)\n+   [m] y = Elu <alpha: float = 2> (x)\n',
  );
});

test('other weights are seen, though only a hash of them is shown', () => {
  const weights = (x: number) => model('y = Add (x, w)', `<float[100] w = {${Array(100).fill(x).join()}}>`);
  const diff = diffModels(weights(1), weights(2), { context: 0 });
  expect(diff).toMatch(
    /-\s+<float\[100\] w = \{\.\.\. [0-9a-f]{16}\}>\n\+\s+<float\[100\] w = \{\.\.\. [0-9a-f]{16}\}>\n/,
  );
  expect(diffModels(weights(1), weights(2), { weights: false })).toBe('');
  expect(diffModels(weights(1), weights(1))).toBe('');
});

test('differences far from each other stand in hunks of their own', () => {
  const chain = (op: string) =>
    model(
      `a0 = ${op} (x) ${Array.from({ length: 30 }, (_, i) => `a${i + 1} = Neg (a${i})`).join(' ')} y = ${op} (a30)`,
    );
  const diff = diffModels(chain('Relu'), chain('Exp'));
  expect(diff.match(/^@@.*@@$/gm)).toEqual(['@@ -3,7 +3,7 @@', '@@ -34,5 +34,5 @@']);
});

test('long models that have nothing in common are compared in bounded time', () => {
  const chain = (op: string, prefix: string) =>
    model(
      `${Array.from({ length: 20_000 }, (_, i) => `${prefix}${i} = ${op} (${i === 0 ? 'x' : `${prefix}${i - 1}`})`).join(' ')} y = Relu (x)`,
    );
  const diff = diffModels(chain('Neg', 'a'), chain('Exp', 'b'));
  expect(diff.match(/^- {3}/gm)).toHaveLength(20_000);
});

test('pairs keep the order of both texts, take every line once, and match equal lines only or equal keys', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e=1', 'e=2', 'f=1', 'f=2'), { maxLength: 20 });
  const asLines = (texts: readonly string[]): Line[] =>
    texts.map((text) => ({ text, key: text.split('=')[0] ?? '' }));
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const edits = pairLines(asLines(a), asLines(b));
      expect(edits.filter((e) => e.before >= 0).map((e) => a[e.before])).toEqual(a);
      expect(edits.filter((e) => e.after >= 0).map((e) => b[e.after])).toEqual(b);
      for (const e of edits)
        if (e.before >= 0 && e.after >= 0) expect(a[e.before]?.split('=')[0]).toBe(b[e.after]?.split('=')[0]);
    }),
  );
});

test('without keys that help, the fewest lines go and come', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  const fewest = (a: readonly string[], b: readonly string[]): number => {
    let row = b.map((_, j) => j + 1);
    row.unshift(0);
    a.forEach((x, i) => {
      const next = [i + 1];
      b.forEach((y, j) => {
        next.push(x === y ? (row[j] ?? 0) : 1 + Math.min(row[j + 1] ?? 0, next[j] ?? 0));
      });
      row = next;
    });
    return row.at(-1) ?? 0;
  };
  // A key that occurs twice helps nobody.
  const asLines = (texts: readonly string[]): Line[] => texts.map((text) => ({ text, key: '' }));
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      fc.pre(a.length !== 1 && b.length !== 1);
      const edits = pairLines(asLines(a), asLines(b));
      expect(edits.filter((e) => e.before < 0 || e.after < 0)).toHaveLength(fewest(a, b));
    }),
  );
});
