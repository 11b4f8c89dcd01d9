import { ModelError } from '@refold/ir';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { engineFor, loadFastKernels } from '../../../src/fast/engine.ts';
import { FastMemory } from '../../../src/fast/memory.ts';
import { endThreads, type ThreadPool } from '../../../src/fast/threads/pool.ts';
import { createSession, type SessionOptions } from '../../../src/session/session.ts';
import { NdArray, type NdValue } from '../../../src/tensor/nd-array.ts';
import { graphs } from '../../../src/testing/index.ts';
import { arrayOf, drawn, type GraphText, modelOf } from '../both-tiers.ts';

afterAll(endThreads);

/** The pool of so many threads, whose helpers help with the smallest of calls, and are there. */
async function eagerPool(threads: number): Promise<ThreadPool> {
  await loadFastKernels({ threads });
  const pool = engineFor(threads, false)?.pool;
  if (!pool) throw new Error('memory can be shared with threads in Node');
  pool.leastWork = 0;
  return pool;
}

/** Waits until the helpers have heard of all sessions. Runs need not: without, fewer threads take part in them. */
async function ready(pool: ThreadPool): Promise<void> {
  while (!pool.isReady) await new Promise((resolve) => setTimeout(resolve, 5));
}

const [two, three] = [await eagerPool(2), await eagerPool(3)];

/** What a graph gives on 1, 2 and 3 threads, of which all take part in the second run. */
async function onThreads(text: GraphText, options: SessionOptions = {}): Promise<readonly NdValue[][]> {
  const model = modelOf(text);
  const results: NdValue[][] = [];
  for (const threads of [1, 2, 3]) {
    const session = createSession(model, { ...options, tier: 'fast', threads });
    expect(session.threads).toBe(threads);
    results.push([...session.run(text.inputs).values()]);
    await Promise.all([ready(two), ready(three)]);
    results.push([...session.run(text.inputs).values()]);
  }
  return results;
}

async function expectSameBits(text: GraphText, options: SessionOptions = {}): Promise<void> {
  const [first, ...others] = await onThreads(text, options);
  for (const other of others) expect(other.map(bitsOf)).toEqual(first?.map(bitsOf));
}

/** Bytes, so that 0 and -0, and all NaN, are different things. */
function bitsOf(value: NdValue): unknown {
  if (!(value instanceof NdArray) || Array.isArray(value.data)) return value;
  const { buffer, byteOffset, byteLength } = value.data;
  expect(buffer).toBeInstanceOf(ArrayBuffer);
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
}

const size = fc.integer({ min: 1, max: 150 });

test('a product of matrices has the same bits on any number of threads', async () => {
  const property = fc.asyncProperty(size, size, size, async (m, n, k) => {
    await expectSameBits({
      nodes: [
        { op: 'MatMul', inputs: ['x', 'w'], output: 'h' },
        { op: 'Relu', inputs: ['h'], output: 'y' },
      ],
      inputs: { x: drawn([m, k], 1) },
      constants: { w: drawn([k, n], 2) },
    });
  });
  await fc.assert(property, { numRuns: 20, seed: 1 });
});

test('a convolution has the same bits on any number of threads, in tiles or not', async () => {
  const channels = fc.integer({ min: 1, max: 40 });
  const property = fc.asyncProperty(
    ...([channels, channels, fc.integer({ min: 3, max: 30 }), fc.constantFrom(1, 3, 5)] as const),
    ...([fc.constantFrom(1, 2), fc.constantFrom(0, 4)] as const),
    async (c, o, side, kernel, stride, winograd) => {
      const attributes = { pads: [1, 1, 1, 1].map((p) => (kernel === 1 ? 0 : p)), strides: [stride, stride] };
      await expectSameBits(
        {
          nodes: [{ op: 'Conv', inputs: ['x', 'w', 'b'], output: 'y', attributes }],
          inputs: { x: drawn([2, c, side + 2, side], 1) },
          constants: { w: drawn([o, c, kernel, kernel], 2), b: drawn([o], 3) },
        },
        { winograd: winograd as 0 | 4 },
      );
    },
  );
  await fc.assert(property, { numRuns: 20, seed: 1 });
});

test('any graph has the same results on any number of threads', async () => {
  const property = fc.asyncProperty(graphs({ size: 12 }), async ({ model, feeds }) => {
    const run = (threads: number): readonly NdValue[] => [
      ...createSession(model, { tier: 'fast', threads }).run(feeds).values(),
    ];
    const wanted = run(1).map(bitsOf);
    for (const threads of [2, 3]) expect(run(threads).map(bitsOf)).toEqual(wanted);
  });
  await fc.assert(property, { numRuns: 40, seed: 2 });
});

const product: GraphText = {
  nodes: [{ op: 'MatMul', inputs: ['x', 'w'], output: 'y' }],
  inputs: { x: drawn([130, 64], 1) },
  constants: { w: drawn([64, 70], 2) },
};

test('two sessions take turns with one pool, and stay themselves', async () => {
  const other: GraphText = { ...product, constants: { w: drawn([64, 70], 9) } };
  const [a, b] = [product, other].map((text) => createSession(modelOf(text), { tier: 'fast', threads: 2 }));
  const wanted = [product, other].map((text) => {
    const [y] = createSession(modelOf(text), { tier: 'fast' }).run(text.inputs).values();
    return arrayOf(y).data;
  });
  await ready(two);
  for (let round = 0; round < 20; round += 1) {
    [a, b].forEach((session, i) => {
      const [y] = session?.run(product.inputs).values() ?? [];
      expect(arrayOf(y).data).toEqual(wanted[i]);
    });
  }
});

test('new helpers take the place of old ones at any time', async () => {
  const session = createSession(modelOf(product), { tier: 'fast', threads: 2 });
  const [before] = session.run(product.inputs).values();
  // As it happens when a session is no more.
  (two as unknown as { renew(): void }).renew();
  const [meanwhile] = session.run(product.inputs).values();
  await ready(two);
  const [after] = session.run(product.inputs).values();
  expect([meanwhile, after].map((y) => arrayOf(y).data)).toEqual([
    arrayOf(before).data,
    arrayOf(before).data,
  ]);
});

test('memory that is shared has the same limit', () => {
  const engine = engineFor(2, false);
  if (!engine) throw new Error('the fast tier does not run here');
  const memory = new FastMemory(engine);
  const layout = { places: [], offsets: [], boundBytes: 0 };
  expect(() => memory.enter({ ...layout, arenaBytes: 5 * 2 ** 30 })).toThrow(ModelError);
  memory.enter({ ...layout, arenaBytes: 2 ** 20 });
});

test('helpers work in memory that has grown since they came', async () => {
  const memory = new FastMemory(engineFor(2, false) as NonNullable<ReturnType<typeof engineFor>>);
  await ready(two);
  memory.enter({ places: [], offsets: [], boundBytes: 0, arenaBytes: 2 ** 25 });
  const [from, to, bytes] = [2 ** 24, 2 ** 24 + 2 ** 23, 2 ** 20];
  new Uint8Array(memory.buffer, from, bytes).fill(7);
  memory.kernels.copyRows(64, bytes / 64, from, bytes / 64, to, bytes / 64);
  expect(new Uint8Array(memory.buffer, to, bytes).every((byte) => byte === 7)).toBe(true);
});

test('the number of threads must be one that can be', () => {
  for (const threads of [0, -1, 1.5, Number.NaN, 65]) {
    expect(() => createSession(modelOf(product), { tier: 'fast', threads })).toThrow(
      /^threads must be a whole number from 1 to 64/,
    );
  }
  expect(createSession(modelOf(product), { threads: 2 }).threads).toBe(1);
});

test('when threads have ended, sessions go on with one, and new ones start new threads', async () => {
  const session = createSession(modelOf(product), { tier: 'fast', threads: 2 });
  const [before] = session.run(product.inputs).values();
  endThreads();
  const [after] = session.run(product.inputs).values();
  const [anew] = createSession(modelOf(product), { tier: 'fast', threads: 2 }).run(product.inputs).values();
  expect([after, anew].map((y) => arrayOf(y).data)).toEqual([arrayOf(before).data, arrayOf(before).data]);
});
