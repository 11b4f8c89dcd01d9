import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { einsumToMatMul } from './einsum.ts';

const einsum = (equation: string, x: string, z: string, y: string, dtype = 'float'): string =>
  `(${dtype}[${x}] x, ${dtype}[${z}] z) => (${dtype}[${y}] y) { y = Einsum <equation = "${equation}"> (x, z) }`;

test.for([
  ['ij,jk->ik', '2,3', '3,4', '2,4', 'x, z'],
  ['bij,bjk->bik', '2,3,4', '2,4,5', '2,3,5', 'x, z'],
  ['bij,jk->bik', '2,3,4', '4,5', '2,3,5', 'x, z'],
  ['ij,bjk->bik', '3,4', '2,4,5', '2,3,5', 'x, z'],
  ['jk,ij->ik', '3,4', '2,3', '2,4', 'z, x'],
  ['bij,j->bi', '2,3,4', '4', '2,3', 'x, z'],
  ['j,jk->k', '3', '3,4', '4', 'x, z'],
  ['i,i->', '3', '3', '', 'x, z'],
  ['ij,jk', '2,3', '3,4', '2,4', 'x, z'],
  ['...ij,...jk->...ik', '2,1,3,4', '5,4,3', '2,5,3,3', 'x, z'],
] as const)('Einsum(%s) is a product', ([equation, x, z, y, operands]) => {
  expectNodes(einsumToMatMul, einsum(equation, x, z, y), `y = MatMul (${operands})`);
});

test('sizes that are one symbol agree', () => {
  expectNodes(einsumToMatMul, einsum('bij,bjk->bik', 'B,3,4', 'B,4,5', 'B,3,5'), 'y = MatMul (x, z)');
});

test.for([
  ['the result transposed', 'bij,bjk->bki', '2,3,4', '2,4,5', '2,5,3'],
  ['an operand transposed', 'bij,bkj->bik', '2,3,4', '2,5,4', '2,3,5'],
  ['the batch in the middle', 'ibj,jbk->ibk', '3,3,3', '3,3,3', '3,3,3'],
  ['letters in alphabetical order', 'kj,ji', '2,3', '3,2', '2,2'],
  ['a diagonal', 'ii,ij->ij', '3,3', '3,3', '3,3'],
  ['a letter summed away', 'bij,bjk->bk', '2,3,4', '2,4,5', '2,5'],
  ['no letter contracted', 'ij,jk->ijk', '2,3', '3,4', '2,3,4'],
  ['an outer product', 'i,j->ij', '2', '3', '2,3'],
  ['two letters contracted', 'ij,ij->', '2,3', '2,3', ''],
] as const)('%s is not a plain product', ([, equation, x, z, y]) => {
  expectUnchanged(einsumToMatMul, einsum(equation, x, z, y), { reason: 'not-a-product' });
});

test('letters for sizes that may broadcast are left to Einsum', () => {
  expectUnchanged(einsumToMatMul, einsum('bij,bjk->bik', '2,3,4', '1,4,5', '2,3,5'), {
    reason: 'sizes-may-broadcast',
  });
  expectUnchanged(einsumToMatMul, einsum('bij,bjk->bik', 'B,3,4', 'C,4,5', 'D,3,5'), {
    reason: 'sizes-may-broadcast',
  });
});

test('types that MatMul does not take stay', () => {
  expectUnchanged(einsumToMatMul, einsum('ij,jk->ik', '2,3', '3,4', '2,4', 'int8'), {
    reason: 'dtype-not-in-opset',
  });
  expectNodes(einsumToMatMul, einsum('ij,jk->ik', '2,3', '3,4', '2,4', 'int64'), 'y = MatMul (x, z)');
});

test('an Einsum of one operand, or of three, is not a product', () => {
  const one = '(float[2,3] x) => (float[2] y) { y = Einsum <equation = "ij->i"> (x) }';
  expectUnchanged(einsumToMatMul, one);
  const three =
    '(float[2,3] x, float[3,4] z) => (float[2,2] y) { y = Einsum <equation = "ij,jk,lk->il"> (x, z, z) }';
  expectUnchanged(einsumToMatMul, three);
});

test('a function that is called Einsum is not the operator', () => {
  const graph =
    '(float[2,3] x, float[3,4] z) => (float[2,4] y) { y = local.Einsum <equation = "ij,jk->ik"> (x, z) }';
  const functions =
    '<domain: "local", opset_import: ["" : 18]> Einsum <equation> (a, b) => (c) { c = MatMul (a, b) }';
  expectUnchanged(einsumToMatMul, graph, { domains: ', "local" : 1', functions });
});
