import { expect, test } from 'vitest';
import { Profile } from '../../src/profile/profile.ts';
import { measureRoof, shareOfRoof } from '../../src/profile/roof.ts';
import { traceOf } from '../../src/profile/trace.ts';
import { createSession } from '../../src/session/session.ts';
import type { NdValue } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { drawn, type GraphText, modelOf } from './both-tiers.ts';

const text: GraphText = {
  nodes: [
    { op: 'Conv', inputs: ['x', 'w'], output: 'c', attributes: { pads: [1, 1, 1, 1] } },
    { op: 'Relu', inputs: ['c'], output: 'r' },
    { op: 'MaxPool', inputs: ['r'], output: 'p', attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { op: 'Flatten', inputs: ['p'], output: 'f' },
    { op: 'Gemm', inputs: ['f', 'g'], output: 'q' },
    { op: 'CumSum', inputs: ['q', 'axis'], output: 's' },
    { op: 'Softmax', inputs: ['s'], output: 'y' },
  ],
  inputs: { x: drawn([1, 16, 8, 8], 1) },
  constants: { w: drawn([16, 16, 3, 3], 2), g: drawn([256, 10], 3), axis: drawn([], 4, 'int64') },
};

function profileOf(tier: 'fast' | 'reference', winograd: 0 | 4 = 4): Profile {
  const profile = new Profile();
  createSession(modelOf(text), { tier, winograd }).run(text.inputs, { profile });
  return profile;
}

test('arithmetic is the same whatever kernels compute', () => {
  const flops = (profile: Profile): number => profile.nodes.reduce((sum, entry) => sum + entry.flops, 0);
  const direct = 2 * 16 * 64 * 144 + 16 * 64 + 16 * 16 * 4 + 2 * 10 * 256 + 10 + 130;
  for (const profile of [profileOf('reference'), profileOf('fast'), profileOf('fast', 0)]) {
    expect(flops(profile)).toBe(direct);
  }
});

test('entries name kernels and nodes, and follow each other', () => {
  const { nodes } = profileOf('fast');
  expect(nodes.map((entry) => entry.kernel)).toContain('conv winograd 4x4');
  expect(nodes.filter((entry) => entry.kernel === 'reference').map((entry) => entry.op)).toEqual(['CumSum']);
  for (const [i, entry] of nodes.entries()) {
    const before = nodes[i - 1];
    if (before) expect(entry.start).toBeGreaterThanOrEqual(before.start + before.duration - 1e-6);
  }
});

test('a trace has an event for each kernel', () => {
  const profile = profileOf('fast');
  const { traceEvents } = traceOf(profile.nodes);
  expect(traceEvents.filter((event) => event.ph === 'X')).toHaveLength(profile.nodes.length);
  expect(JSON.parse(JSON.stringify(traceEvents))).toEqual(traceEvents);
});

test('the roof is measured, and every entry stands somewhere to it', () => {
  const roof = measureRoof();
  if (!roof) throw new Error('no roof');
  expect(roof.flops).toBeGreaterThan(0);
  expect(roof.bandwidth).toBeGreaterThan(0);
  const entry = { duration: 1, flops: roof.flops / 1000, bytes: 1 };
  // Close to, since figures that are measured round as they will.
  expect(shareOfRoof(entry, roof)).toMatchObject({ bound: 'compute', share: expect.closeTo(1) });
  const copy = { ...entry, flops: 0, bytes: roof.bandwidth / 500 };
  const share = { bound: 'memory', share: expect.closeTo(2), intensity: 0 };
  expect(shareOfRoof(copy, roof)).toMatchObject(share);
});

test('memory is planned within the bound of what lives at one time', () => {
  const session = createSession(modelOf(text), { tier: 'fast' });
  session.run(text.inputs);
  const use = session.memoryUse();
  expect(use?.arena).toBeGreaterThanOrEqual(use?.arenaBound ?? Number.POSITIVE_INFINITY);
  expect(use?.arena).toBeLessThanOrEqual(1.3 * (use?.arenaBound ?? 0));
});

test('a caller who watches nodes sees each with its operands and results', () => {
  const events = new Map<string, readonly string[]>();
  const session = createSession(modelOf(text), {
    tier: 'fast',
    onNode: ({ node, inputs, outputs }) => {
      const sizes = [...inputs, ...outputs].map((value) =>
        value?.kind === 'tensor' ? value.dims.join() : '-',
      );
      events.set(node.op, sizes);
    },
  });
  session.run(text.inputs);
  expect([...events.keys()]).toEqual(text.nodes.map((node) => node.op));
  expect(events.get('Gemm')).toEqual(['1,256', '256,10', '1,10']);
  expect(events.get('Relu')).toEqual(['1,16,8,8', '1,16,8,8']);
});

test('each run has a watcher of its own, and what is watched once more is told the same', () => {
  const session = createSession(modelOf(text), { tier: 'fast' });
  const told = (scale: number): readonly number[] => {
    const sums: number[] = [];
    const x =
      text.inputs.x &&
      fromReals(
        'float32',
        text.inputs.x.dims,
        reals(text.inputs.x).map((v) => v * scale),
      );
    session.run(x ? { x } : {}, {
      onNode: ({ outputs: [y] }) => {
        if (y?.kind === 'tensor') sums.push(Array.from(reals(y)).reduce((a, b) => a + b, 0));
      },
    });
    return sums;
  };
  const first = told(1);
  expect(first.length).toBe(text.nodes.length);
  expect(told(2)).not.toEqual(first);
  session.run(text.inputs);
  expect(told(1)).toEqual(first);
});

test('values are copies, unless the session may lend them until it needs their memory', () => {
  const session = createSession(modelOf(text), { tier: 'fast' });
  const run = (lends: boolean) => {
    const told: NdValue[] = [];
    const seen: (readonly number[])[] = [];
    const results = session.run(text.inputs, {
      lends,
      onNode({ outputs: [y] }) {
        if (y?.kind !== 'tensor') return;
        told.push(y);
        seen.push([...reals(y)]);
      },
    });
    return { told, seen, results: [...results.values()] };
  };
  const buffersOf = (values: readonly NdValue[]): ReadonlySet<unknown> =>
    new Set(values.map((v) => (v.kind === 'tensor' && !Array.isArray(v.data) ? v.data.buffer : undefined)));
  const copied = run(false);
  const lent = run(true);
  expect(lent.seen).toEqual(copied.seen);
  expect(lent.results).toEqual(copied.results);
  // All but what the reference kernel of CumSum gives.
  expect(buffersOf(copied.told).size).toBe(copied.told.length);
  expect(buffersOf(lent.told).size).toBe(2);
  const kept = copied.told.map((v) => (v.kind === 'tensor' ? [...reals(v)] : []));
  expect(kept).toEqual(copied.seen);
});

test('a session that takes the place of another uses its memory, and the other is over', () => {
  const first = createSession(modelOf(text), { tier: 'fast' });
  const expected = first.run(text.inputs);
  const second = createSession(modelOf(text), { tier: 'fast', inPlaceOf: first });
  expect(second.run(text.inputs)).toEqual(expected);
  expect(second.memoryUse()).toEqual(createSessionUse());
  expect(() => first.run(text.inputs)).toThrow('another session');
});

function createSessionUse(): unknown {
  const session = createSession(modelOf(text), { tier: 'fast' });
  session.run(text.inputs);
  return session.memoryUse();
}
