import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { simplify } from 'refold';
import { expect, test } from 'vitest';
import { findChromium, resultOf } from './chromium.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A script for browsers. Whatever of Node is reached makes the build fail. */
async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    conditions: ['@refold/source', 'browser', 'import'],
    logLevel: 'silent',
    ...options,
  });
  return outputFiles?.[0]?.text ?? '';
}

test.each([
  'refold',
  '@refold/ir',
  '@refold/ir/node',
  '@refold/ir/graphlib',
  '@refold/ir/history',
  '@refold/ir/onnx-proto',
  '@refold/matcher',
  '@refold/passes',
  '@refold/runtime',
  '@refold/runtime/images',
])('%s bundles for browsers without a shim', async (name) => {
  const text = await bundle({ stdin: { contents: `export * from '${name}';`, resolveDir: root } });
  expect(text).toContain('export');
  expect(text).not.toMatch(/['"]node:/);
});

const chromium = findChromium();

/** With these, pages of browsers may share memory with threads. */
const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Milliseconds after which a browser counts as hung. */
const PATIENCE = 240_000;

test.skipIf(!chromium)('a browser gives the same bytes as Node (needs chromium)', async () => {
  const model = readFileSync(`${root}examples/tiny_transformer.onnx`);
  const script = await bundle({ entryPoints: [`${root}test/browser/page.ts`] });
  const site = new Map([
    ['/', { type: 'text/html', body: '<!doctype html><script type="module" src="/page.js"></script>' }],
    ['/page.js', { type: 'text/javascript', body: script }],
    ['/model.onnx', { type: 'application/octet-stream', body: model }],
  ]);
  const result = await resultOf(chromium ?? '', site, PATIENCE);
  const { bytes } = await simplify(model);
  // A message in place of bytes says what went wrong.
  expect(Buffer.from(result).toString('latin1')).toBe(Buffer.from(bytes ?? []).toString('latin1'));
  expect(result.length).toBeLessThan(model.length);
});

test.skipIf(!chromium).each([
  ['isolated from other origins, a page runs on as many as it asks for', isolated, 3],
  ['else it runs on one', {}, 1],
])('threads: %s (needs chromium)', async (_, headers, threads) => {
  const script = await bundle({ entryPoints: [`${root}test/browser/threads-page.ts`] });
  const html = '<!doctype html><script type="module" src="/page.js"></script>';
  const site = new Map([
    ['/', { type: 'text/html', body: html, headers }],
    ['/page.js', { type: 'text/javascript', body: script, headers }],
  ]);
  const result = await resultOf(chromium ?? '', site, PATIENCE);
  const told = JSON.parse(Buffer.from(result).toString());
  expect(told).toEqual({ threads, areThere: threads > 1, differences: 0 });
});
