import { afterAll, beforeEach, expect, test } from 'vitest';
import { engineFor, loadFastKernels } from '../../../src/fast/engine.ts';
import { FastMemory } from '../../../src/fast/memory.ts';
import { kernelNames } from '../../../src/fast/threads/calls.ts';
import type { AnyKernel } from '../../../src/fast/threads/control.ts';
import { type Call, ThreadPool } from '../../../src/fast/threads/pool.ts';

/*
 * Here the caller leaves all work to the helpers: its own kernels wait until something has happened.
 */

await loadFastKernels({ threads: 2 });
const pool = new ThreadPool(3);
afterAll(() => pool.end());

const modules = engineFor(2, false)?.modules;
if (!modules) throw new Error('the fast tier does not run here');
const memory = new FastMemory({ modules, pool });
const floats = new Float32Array(memory.buffer, memory.weights, 64);
beforeEach(async () => {
  floats.fill(-1);
  while (!pool.isReady) await new Promise((resolve) => setTimeout(resolve, 5));
});

const ID = 1;
const NEGATE = 12;

/** Negates 64 floats in two parts; a part is `step` bytes after the one before. */
function negate(from: number, step: number): Call {
  const kernel = kernelNames.indexOf('unary');
  const moves = [0, 0, step, step, 0, 0];
  return { kernel, args: [NEGATE, 32, from, from, 0, 0], moves, size: -1, unit: 1, parts: 2 };
}

/** Kernels that do nothing until `isDone`. */
function waiting(isDone: () => boolean): readonly AnyKernel[] {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  return kernelNames.map(() => () => {
    while (!isDone()) Atomics.wait(pause, 0, 0, 1);
  });
}

test('helpers do what the caller does not come to', () => {
  const isDone = (): boolean => floats.some((x) => x === 1);
  pool.run(ID, waiting(isDone), negate(memory.weights, 128));
  const done = [floats.subarray(0, 32), floats.subarray(32)].map((part) => part.every((x) => x === 1));
  expect(done).toContain(true);
});

test('an error of a helper reaches the caller, and leaves everybody at work', () => {
  const failed = (pool as unknown as { control: { words: Int32Array } }).control.words;
  const isDone = (): boolean => Atomics.load(failed, 70) !== 0;
  expect(() => pool.run(ID, waiting(isDone), negate(2 ** 32 - 2 ** 20, 0))).toThrow(WebAssembly.RuntimeError);
  pool.run(
    ID,
    waiting(() => floats.some((x) => x === 1)),
    negate(memory.weights, 128),
  );
});

test('an error of the caller is thrown when the helpers are done', () => {
  const broken = kernelNames.map(() => () => {
    throw new RangeError('broken on purpose');
  });
  // Whoever takes a part fails.
  expect(() => pool.run(ID, broken, negate(2 ** 32 - 2 ** 20, 0))).toThrow(WebAssembly.RuntimeError);
  const kernels = kernelNames.map((name) => memory.kernels[name] as AnyKernel);
  pool.run(ID, kernels, negate(memory.weights, 128));
  expect(floats.every((x) => x === 1)).toBe(true);
});
