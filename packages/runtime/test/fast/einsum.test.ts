import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { drawn, expectWithinBound, magnitudesOf, runBoth } from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

/** Letters in some order: those of a set, sorted by drawn keys. */
function shuffled(letters: readonly string[], keys: readonly number[], shift: number): string {
  const key = (letter: string): number => ((keys[letter.charCodeAt(0) - 97] ?? 0) * (shift + 7)) % 101;
  return [...letters].sort((a, b) => key(a) - key(b) || a.localeCompare(b)).join('');
}

test('Einsum of two operands whose axes lie in any order', () => {
  const role = fc.constantFrom('batch', 'rows', 'columns', 'inner');
  fc.assert(
    fc.property(
      fc.array(role, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 6, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 6, maxLength: 6 }),
      fc.boolean(),
      (roles, sizes, keys, fed) => {
        const letters = (...wanted: string[]): string[] =>
          roles.flatMap((r, i) => (wanted.includes(r) ? [String.fromCharCode(97 + i)] : []));
        const a = shuffled(letters('batch', 'rows', 'inner'), keys, 1);
        const b = shuffled(letters('batch', 'columns', 'inner'), keys, 2);
        const out = shuffled(letters('batch', 'rows', 'columns'), keys, 3);
        const dims = (term: string): number[] => [...term].map((c) => sizes[c.charCodeAt(0) - 97] ?? 1);
        const nodes = [
          { op: 'Einsum', inputs: ['a', 'b'], output: 'y', attributes: { equation: `${a},${b}->${out}` } },
        ];
        const x: Record<string, NdArray> = { a: drawn(dims(a), 1) };
        const w: Record<string, NdArray> = { b: drawn(dims(b), 2) };
        const text = fed ? { nodes, inputs: { ...x, ...w } } : { nodes, inputs: x, constants: w };
        expect(kernelsOf(text)).toContain('einsum');
        const size = { a: magnitudesOf(drawn(dims(a), 1)), b: magnitudesOf(drawn(dims(b), 2)) };
        const [both] = runBoth(text);
        const [magnitudes] = runBoth({ nodes, inputs: size });
        const terms = letters('inner').reduce((n, c) => n * (sizes[c.charCodeAt(0) - 97] ?? 1), 1);
        if (both && magnitudes) expectWithinBound(both, magnitudes.reference, terms);
      },
    ),
    { numRuns: 80 },
  );
});

test('Einsum of other forms gives what the reference gives', () => {
  const forms: readonly (readonly [string, ...number[][]])[] = [
    ['ij->ji', [3, 4]],
    ['...ij->...ji', [2, 3, 4]],
    ['ii->i', [3, 3]],
    ['ij->i', [3, 4]],
    ['...ij,...jk->...ik', [2, 3, 4], [2, 4, 5]],
    ['...ij,jk->...ik', [2, 3, 4], [4, 5]],
    ['ij,jk->k', [3, 4], [4, 5]],
    ['ij,jk,kl->il', [2, 3], [3, 4], [4, 2]],
    ['bteh,ehd,bte->btd', [2, 3, 4, 5], [4, 5, 6], [2, 3, 4]],
    ['ij,jk,ji->ik', [2, 3], [3, 4], [3, 2]],
    ['ij,jk->ik', [3, 1], [4, 5]],
  ];
  for (const [equation, ...dims] of forms) {
    const inputs = Object.fromEntries(dims.map((d, i) => [`x${i}`, drawn(d, i)]));
    const nodes = [{ op: 'Einsum', inputs: Object.keys(inputs), output: 'y', attributes: { equation } }];
    const magnitudes = Object.entries(inputs).map(([name, a]) => [name, magnitudesOf(a)] as const);
    const [both] = runBoth({ nodes, inputs });
    const [size] = runBoth({ nodes, inputs: Object.fromEntries(magnitudes) });
    if (both && size) expectWithinBound(both, size.reference, 24);
  }
});
