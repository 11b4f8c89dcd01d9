import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { encodeModel, parseModel } from '@refold/ir';
import { type BuildOptions, build } from 'esbuild';
import { simplify } from 'refold';
import { expect, test } from 'vitest';
import { findChromium, resultOf } from './chromium.ts';
import { quantized } from './quantize-page.ts';

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

test('a model is quantized without anything of Node: bytes and a stream of samples in, the same bytes out', async () => {
  const model = encodeModel(
    parseModel(`<ir_version: 10, opset_import: ["" : 17]>
      g (float[1, 4] x) => (float[1, 2] y)
      <float[4, 4] w = {1, -2, 3, 0.5, 2, 1, -1, 0.25, 0, 1, 1, -1, 3, 1, 2, 1}, float[4, 2] v = {1, 2, -1, 0.5, 0.25, 1, 2, -1}> {
        h = MatMul (x, w)
        r = Relu (h)
        y = MatMul (r, v)
      }`),
  );
  const script = await bundle({
    entryPoints: [`${root}test/browser/quantize-page.ts`],
    format: 'iife',
    globalName: 'page',
  });
  const web = { TextDecoder, TextEncoder, AbortController, performance, atob, btoa, structuredClone };
  const realm = createContext({ ...web });
  runInContext(script, realm);
  expect(runInContext('typeof process + typeof require + typeof Buffer', realm)).toBe('undefined'.repeat(3));
  const bytes: unknown = await runInContext(`page.quantized([${model}])`, realm);
  const expected = await quantized(model);
  expect(JSON.stringify(bytes)).toBe(JSON.stringify(expected));
  expect(Buffer.from(expected).includes('QuantizeLinear')).toBe(true);
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
