import { expect, test } from 'vitest';
import { engineFor } from '../../../src/fast/engine.ts';
import { callsTogether, kernelNames, type Team } from '../../../src/fast/threads/calls.ts';
import type { AnyKernel } from '../../../src/fast/threads/control.ts';
import { cuts } from '../../../src/fast/threads/cuts.ts';
import type { Call } from '../../../src/fast/threads/pool.ts';
import { free, type Kernels, parameters, scratchBytes } from '../../../src/fast/wasm/generated/kernels.ts';
import { instantiate } from '../../../src/fast/wasm/instantiate.ts';

/** Places in memory: three operands, a table of integers, numbers in double, and a result. */
const [A, B, C, TABLE, MEANS, OUT] = [1, 2, 3, 4, 5, 6].map((i) => i * 2 ** 18) as [
  ...[number, number, number, number, number, number],
];
const [low, high] = [-0.5, 0.75];

/** Calls of every kernel that can be cut, in several forms: sizes that nothing divides, and 1. */
const samples: { readonly [K in keyof Kernels]?: readonly Parameters<Kernels[K]>[] } = {
  gemm: [
    // Rows of a matrix, columns of one, an image of many pixels and of few, and one column.
    [147, 37, 300, A, 1200, 16, B, OUT, 148, 16, C, 0, low, high],
    [23, 61, 70, A, 280, 16, B, OUT, 244, 16, 0, C - OUT, low, high],
    [531, 20, 8, A, 16, 531 * 16, B, OUT, 16, 531 * 16, C, 0, low, high],
    [49, 44, 12, A, 16, 784, B, OUT, 16, 784, MEANS, C - OUT, low, high],
    [33, 5, 9, A, 36, 16, B, OUT, 20, 16, 0, 0, low, high],
    [1, 1, 1, A, 4, 16, B, OUT, 4, 16, 0, 0, low, high],
  ],
  gemmNarrow: [
    [1, 150, 37, 64, A, 256, 16, B, OUT, 148, 16, C, 0, low, high],
    [2, 3, 61, 70, A, 280, 16, B, OUT, 244, 16, C, 0, low, high],
    [3, 150, 37, 64, A, 256, 16, B, OUT, 148, 16, C, 0, low, high],
    [4, 3, 61, 70, A, 280, 16, B, OUT, 244, 16, C, 0, low, high],
  ],
  multiplyPairs: [[37, 21, 9, A, B, OUT, 96]],
  multiplyFew: [
    [true, 3, 203, 9, A, 203, B, TABLE, 4, OUT, 832],
    [false, 1, 203, 8, A, 203, B, TABLE, 0, OUT, 832],
  ],
  packPairs: [
    [true, 9, 37, 40, A, TABLE, 4, OUT],
    [false, 8, 37, 40, A, TABLE, 0, OUT],
  ],
  widenRows: [
    [true, 19, 7, A, TABLE, 4, OUT],
    [false, 19, 8, A, TABLE, 0, OUT],
  ],
  packColumns: [
    [13, 37, A, 148, 4, OUT],
    [13, 37, A, 4, 52, OUT],
  ],
  transpose: [[61, 23, A, 92, OUT, 244]],
  depthwise: [[5, 9, 11, 3, 2, 2, 1, 1, 2, 1, 1, 5, 10, A, B, C, OUT, low, high]],
  gatherWindows: [[3, 9, 11, 3, 2, 2, 1, 1, 2, 1, 1, 10, 4, 37, A, OUT, 40 * 16]],
  gatherPairs: [[true, 3, 9, 11, 3, 2, 2, 1, 1, 2, 1, 1, 10, 8, 37, A, 5, OUT]],
  winogradInput: [
    [4, 3, 9, 11, 1, 1, 6, 4, 13, A, OUT, 64 * 3 * 13],
    [6, 3, 9, 11, 1, 1, 3, 2, 5, A, OUT, 64 * 3 * 5],
  ],
  winogradOutput: [
    [4, 10, false, 9, 11, 6, 4, 13, A, 64 * 3 * 13, B, C - OUT, OUT, low, high],
    [6, 10, false, 9, 11, 3, 2, 5, A, 64 * 3 * 5, B, 0, OUT, low, high],
    [4, 10, true, 9, 11, 6, 4, 13, A, 64 * 3 * 13, B, 0, OUT, low, high],
    [6, 10, true, 9, 11, 3, 2, 5, A, 64 * 3 * 5, B, 0, OUT, low, high],
  ],
  pool: [0, 1, 2].map((kind) => [kind, 5, 9, 11, 3, 2, 2, 1, 1, 2, 1, 1, 1, 1, 5, 10, A, OUT]),
  poolAll: [[5, 21, A, OUT]],
  toBlocks: [[13, 21, A, OUT]],
  fromBlocks: [[13, 21, A, OUT]],
  scaleBlocks: [[5, 21, A, B, C, OUT, low, high]],
  gateBlocks: [[5, 21, A, B, OUT]],
  momentsOfBlocks: [[5, 21, A, MEANS, OUT]],
  unary: [
    [2, 1003, A, OUT, 0, 0],
    [0, 1003, OUT, OUT, low, high],
    [1, 2, A, OUT, 0, 0],
  ],
  binary: [
    [0, 1, 1003, A, 0, false, B, 0, false, OUT, low, high],
    [2, 1, 1003, A, 0, true, B, 0, false, OUT, low, high],
    [3, 1, 1003, A, 0, false, B, 0, true, OUT, low, high],
    [1, 13, 9, A, 36, false, B, 0, false, OUT, low, high],
    [4, 13, 9, A, 36, false, B, 4, true, OUT, low, high],
  ],
  select: [[1003, A, 1, B, 4, C, 0, OUT]],
  toCodes: [[1003, 0.01, 3, -128, 127, A, OUT]],
  fromCodes: [
    [1003, true, 0.01, 3, A, OUT],
    [1003, false, 0.01, 3, A, OUT],
  ],
  throughCodes: [[1003, 0.01, 3, 0, 255, A, OUT]],
  softmax: [[13, 37, A, OUT]],
  attend: [
    [13, 37, OUT, 0.3, 0, A, 148, -5, 9, 30],
    [13, 37, OUT, 0.3, 2, A, 0, -5, 9, 37],
    [13, 37, OUT, 0.3, 0, 0, 0, -(2 ** 30), 2 ** 30, 37],
  ],
  layerNorm: [
    [13, 37, 1e-5, A, B, C, OUT],
    [13, 37, 1e-5, OUT, B, 0, OUT],
  ],
  rmsNorm: [[13, 37, 1e-5, A, B, OUT]],
  reduceRows: [0, 1, 2, 3, 4, 5].map((op) => [op, 61, 37, A, OUT]),
  copyRows: [[13, 37, A, 40, OUT, 52]],
  copySteps: [
    [13, 7, A, -28, 8, OUT, 32],
    [13, 7, A, 0, 4, OUT, 28],
  ],
  gatherRuns: [
    [1, 37, 12, A, 0, TABLE, OUT],
    [5, 7, 4, A, 400, TABLE, OUT],
    [5, 7, 16, A, 1600, TABLE, OUT],
  ],
  blendRuns: [
    [1, 17, 8, 3, A, 0, TABLE, B, OUT],
    [5, 7, 4, 2, A, 1600, TABLE, B, OUT],
  ],
};

/** Does the parts of a call one after the other, the last one first, and counts them. */
function backwards(threads: number): Team & { parts: number } {
  return {
    threads,
    leastWork: 0,
    isReady: true,
    parts: 0,
    run(_, kernels, call) {
      this.parts += call.parts;
      for (let part = call.parts - 1; part >= 0; part -= 1) runPart(kernels, call, part);
    },
  };
}

function runPart(
  kernels: readonly AnyKernel[],
  { kernel, args, moves, size, unit }: Call,
  part: number,
): void {
  const own = args.map((arg, i) => arg + part * unit * (moves[i] ?? 0));
  if (size >= 0) own[size] = Math.min(unit, (args[size] ?? 0) - part * unit);
  kernels[kernel]?.(...own);
}

/** What lies in memory before a call, from A on. */
const content = new Uint8Array(8 * 2 ** 18);
new Float32Array(content.buffer).forEach((_, i, floats) => {
  floats[i] = Math.sin(i * i + i);
});
new Uint32Array(content.buffer, TABLE - A, 1000).forEach((_, i, table) => {
  table[i] = (i * 7) % 11;
});
new Float64Array(content.buffer, MEANS - A, 1000).fill(0.125);

/** Kernels over a memory of their own. */
function freshKernels(): { readonly kernels: Kernels; readonly bytes: Uint8Array } {
  const engine = engineFor(1, false);
  if (!engine) throw new Error('the fast tier does not run here');
  const memory = new WebAssembly.Memory({ initial: 40, maximum: 40 });
  const kernels = instantiate(engine.modules, memory, Math.ceil(free / 64) * 64);
  const bytes = new Uint8Array(memory.buffer, A, content.length);
  bytes.set(content);
  return { kernels, bytes };
}

test('there is a sample of every kernel that can be cut', () => {
  expect(Object.keys(samples).sort()).toEqual(Object.keys(cuts).sort());
});

test.each(Object.keys(samples) as (keyof Kernels)[])(
  '%s leaves the same bytes in any number of parts',
  (name) => {
    let parts = 0;
    for (const args of samples[name] ?? []) {
      const whole = freshKernels();
      (whole.kernels[name] as (...args: unknown[]) => void)(...args);
      for (const threads of [2, 3, 16]) {
        const cut = freshKernels();
        const team = backwards(threads);
        const { kernels } = callsTogether(cut.kernels, team, 0);
        (kernels[name] as (...args: unknown[]) => void)(...args);
        expect(Buffer.compare(cut.bytes, whole.bytes), `${name}(${args}) on ${threads}`).toBe(0);
        parts += team.parts;
      }
    }
    expect(parts).toBeGreaterThan(3);
  },
);

test('what a call writes lies behind all that it works with', () => {
  expect(free + scratchBytes).toBeLessThan(A);
});

test('kernels have as many parameters as they have names', () => {
  const { kernels } = freshKernels();
  for (const name of kernelNames) expect(kernels[name].length, name).toBe(parameters[name].length);
});

test('a repeated call is the same on one thread and on several', () => {
  const calls = (threads: number): Uint8Array => {
    const { kernels, bytes } = freshKernels();
    const { repeat } = callsTogether(kernels, backwards(threads), 0);
    const args = [16, 24, 8, A, 16, 256, B, OUT, 16, 256, 0, 0, low, high] as const;
    repeat('gemm', 9, [...args], { a: 512, b: 768, c: 1536 });
    return bytes;
  };
  // Nine calls are too few for ten threads.
  expect(Buffer.compare(calls(10), calls(3))).toBe(0);
});
