import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadFastKernels } from '../../src/fast/engine.ts';
import { hasSimd } from '../../src/fast/wasm/load.ts';

test('both modules are what their sources give, byte for byte', async () => {
  const { generateKernels } = await import(new URL('../../assembly/build.mjs', import.meta.url).href);
  const files: ReadonlyMap<string, string> = await generateKernels();
  expect([...files.keys()]).toHaveLength(3);
  for (const [path, text] of files) expect(text).toBe(readFileSync(path, 'utf8'));
});

test('this engine runs it', async () => {
  expect(hasSimd()).toBe(true);
  expect(await loadFastKernels()).toBe(true);
});
