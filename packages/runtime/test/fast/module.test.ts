import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasSimd, loadFastKernels } from '../../src/fast/wasm/load.ts';

test('the module is what its sources give, byte for byte', async () => {
  const { generateKernels, target } = await import(new URL('../../assembly/build.mjs', import.meta.url).href);
  expect(await generateKernels()).toBe(readFileSync(target, 'utf8'));
});

test('this engine runs it', async () => {
  expect(hasSimd()).toBe(true);
  expect(await loadFastKernels()).toBe(true);
});
