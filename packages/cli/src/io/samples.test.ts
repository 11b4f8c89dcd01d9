import { mkdirSync } from 'node:fs';
import { tensorType } from '@refold/ir';
import { fromReals, type NdArray, reals, writeNpy, writeNpz } from '@refold/runtime';
import { expect, test } from 'vitest';
import { Folder } from '../../test/helpers.ts';
import { openSamples } from './samples.ts';

const COUNT = 5;
const inputs = [
  { name: 'x', type: tensorType('float32', [2, 3]), required: true },
  { name: 'n', type: tensorType('int64', [2]), required: true },
];
const imagesOnly = inputs.slice(0, 1);

const images = fromReals(
  'float32',
  [COUNT, 2, 3],
  Float32Array.from({ length: COUNT * 6 }, (_, i) => i),
);
const counts = fromReals(
  'int64',
  [COUNT, 2],
  Array.from({ length: COUNT * 2 }, (_, i) => i),
);
/** The same in all samples. */
const shared = fromReals('int64', [2], [7, 8]);

const folder = new Folder();
const npz = (n: NdArray): string =>
  folder.with(
    'data.npz',
    writeNpz(
      new Map([
        ['x', images],
        ['n', n],
      ]),
    ),
  );

function inFolder(files: ReadonlyMap<string, NdArray>): string {
  mkdirSync(folder.at('data'));
  for (const [file, array] of files) folder.with(`data/${file}.npy`, writeNpy(array));
  return folder.at('data');
}

function row(i: number): NdArray {
  return fromReals('float32', [2, 3], reals(images).slice(6 * i, 6 * i + 6));
}

const rows = new Map(Array.from({ length: COUNT }, (_, i) => [`s${i}`, row(i)]));
const both = new Map([
  ['x', images],
  ['n', counts],
]);

test.each([
  ['an archive', () => npz(counts), inputs],
  ['an archive with an array for all samples', () => npz(shared), inputs],
  ['a folder with a file for each input', () => inFolder(both), inputs],
  ['a folder with a file for each sample', () => inFolder(rows), imagesOnly],
])('samples of %s come one after the other in the same memory', (what, path, of) => {
  const storage = new Set<unknown>();
  const seen: number[][] = [];
  for (const sample of openSamples(path(), of)) {
    const [x, n] = [sample.get('x'), sample.get('n')];
    if (!x || Array.isArray(x.data)) throw new Error('no array');
    expect(x.dims).toEqual([2, 3]);
    if (n)
      expect([...reals(n)]).toEqual(
        what.includes('for all') ? [7, 8] : [2 * seen.length, 2 * seen.length + 1],
      );
    seen.push([...reals(x)]);
    storage.add(x.data.buffer);
  }
  expect(seen.flat()).toEqual([...reals(images)]);
  expect(storage.size).toBe(1);
});

test('who goes through samples twice at a time has memory of each', () => {
  const samples = openSamples(npz(counts), inputs);
  const [one, other] = [samples[Symbol.iterator](), samples[Symbol.iterator]()];
  const first = one.next().value?.get('x');
  other.next();
  other.next();
  expect(first).toEqual(row(0));
});
