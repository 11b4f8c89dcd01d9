import { parseModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { arrayOf, drawn, expectClose, modelOf, type NodeText, runBoth } from './both-tiers.ts';

/** A step of a random network of images: an operator and two numbers that choose its operands. */
interface Step {
  readonly op: (typeof operators)[number];
  readonly a: number;
  readonly b: number;
}

const operators = [
  ...[
    'Conv1',
    'Conv3',
    'Conv3',
    'Depthwise',
    'Wide',
    'BatchNormalization',
    'BatchNormalization',
    'Relu',
    'Relu',
  ],
  ...[
    'Clip',
    'Sigmoid',
    'HardSwish',
    'Silu',
    'Add',
    'Add',
    'Mul',
    'Concat',
    'MaxPool',
    'AveragePool',
    'Gate',
    'Shift',
  ],
] as const;

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom(...operators),
  a: fc.oneof(fc.constant(0), fc.nat(3)),
  b: fc.nat(5),
});

interface Network {
  readonly nodes: NodeText[];
  readonly constants: Record<string, NdArray>;
  readonly channels: Map<string, number>;
}

/** Every value has the same pixels, so that any two of equal channels can be added. `a` counts back from the newest. */
function networkOf(steps: readonly Step[], channels: number, size: number): Network {
  const net: Network = { nodes: [], constants: {}, channels: new Map([['x', channels]]) };
  const names = ['x'];
  steps.forEach((s, i) => {
    const x = names[Math.max(0, names.length - 1 - s.a)] ?? 'x';
    const c = net.channels.get(x) ?? channels;
    const y = names.filter((name) => net.channels.get(name) === c)[s.b % 3] ?? x;
    const output = `v${i}`;
    net.channels.set(output, addStep(net, s, { x, y, c, output, size, seed: i }));
    names.push(output);
  });
  return net;
}

interface Site {
  readonly x: string;
  readonly y: string;
  readonly c: number;
  readonly output: string;
  readonly size: number;
  readonly seed: number;
}

function scaled(array: NdArray, factor: number): NdArray {
  return fromReals(
    array.dtype,
    array.dims,
    Array.from(reals(array), (x) => x * factor),
  );
}

/** Appends the nodes of a step; gives the channels of its result. */
function addStep({ nodes, constants }: Network, { op, b }: Step, { x, y, c, output, seed }: Site): number {
  const constant = (name: string, dims: readonly number[]): string => {
    constants[`${output}${name}`] = drawn(dims, seed * 7 + name.length);
    return `${output}${name}`;
  };
  const conv = (o: number, kernel: number, group: number): number => {
    const pad = (kernel - 1) / 2;
    const dims = [o, c / group, kernel, kernel];
    const weights = constant('w', dims);
    // Numbers stay of one size from layer to layer, so that one tolerance serves for all depths.
    constants[weights] = scaled(drawn(dims, seed), Math.sqrt(group / (kernel * kernel * c)));
    const inputs = [x, weights, ...(b % 2 ? [constant('bb', [o])] : [])];
    nodes.push({ op: 'Conv', inputs, output, attributes: { group, pads: [pad, pad, pad, pad] } });
    return o;
  };
  switch (op) {
    case 'Conv1':
      return conv([4, 6, c][b % 3] ?? c, 1, 1);
    case 'Conv3':
      return conv(c, 3, 1);
    case 'Wide':
      return conv(16, 3, 1);
    case 'Depthwise':
      return conv(c, 3, c);
    case 'BatchNormalization': {
      constants[`${output}var`] = fromReals(
        'float32',
        [c],
        Array.from({ length: c }, (_, i) => 0.5 + (i % 3)),
      );
      const inputs = [x, constant('s', [c]), constant('sh', [c]), constant('mea', [c]), `${output}var`];
      nodes.push({ op, inputs, output });
      return c;
    }
    case 'Clip': {
      constants[`${output}lo`] = fromReals('float32', [], [0]);
      constants[`${output}hi`] = fromReals('float32', [], [0.75]);
      nodes.push({ op, inputs: [x, `${output}lo`, `${output}hi`], output });
      return c;
    }
    case 'Silu':
      nodes.push({ op: 'Sigmoid', inputs: [x], output: `${output}g` });
      nodes.push({ op: 'Mul', inputs: [x, `${output}g`], output });
      return c;
    case 'Gate':
      nodes.push({ op: 'GlobalAveragePool', inputs: [x], output: `${output}m` });
      nodes.push({ op: 'Mul', inputs: [x, `${output}m`], output });
      return c;
    case 'Shift':
      nodes.push({ op: b % 2 ? 'Add' : 'Sub', inputs: [x, constant('c', b > 2 ? [c, 1, 1] : [1])], output });
      return c;
    case 'Add':
    case 'Mul':
      nodes.push({ op, inputs: [x, y], output });
      return c;
    case 'Concat':
      nodes.push({ op, inputs: [x, y], output, attributes: { axis: 1 } });
      return 2 * c;
    case 'MaxPool':
    case 'AveragePool': {
      const attributes = {
        kernel_shape: [3, 3],
        pads: [1, 1, 1, 1],
        ...(op === 'AveragePool' ? { count_include_pad: b % 2 } : {}),
      };
      nodes.push({ op, inputs: [x], output, attributes });
      return c;
    }
    default:
      nodes.push({ op, inputs: [x], output });
      return c;
  }
}

test('networks of images: fused, in blocks, with values that several steps read', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(1, 3, 4, 6, 8),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.nat(11), { maxLength: 2 }),
      (steps, channels, size, more) => {
        const net = networkOf(steps, channels, size);
        if (Math.max(...net.channels.values()) > 64) return;
        const last = net.nodes.at(-1)?.output ?? '';
        const outputs = [
          ...new Set([last, ...more.map((i) => net.nodes[i % net.nodes.length]?.output ?? last)]),
        ];
        const x = drawn([2, channels, size, size + 1], 1);
        const text = { ...net, inputs: { x }, outputs };
        for (const both of runBoth(text)) {
          const top = Math.max(...Array.from(both.reference.data as Float32Array, Math.abs), 1);
          expectClose(both, 0, top * 1e-4);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('pools with strides, dilations, and windows that only partly fit', () => {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    begin: fc.nat(2),
    end: fc.nat(2),
  });
  fc.assert(
    fc.property(
      fc.constantFrom('MaxPool', 'AveragePool'),
      fc.array(axis, { minLength: 1, maxLength: 2 }),
      fc.nat(1),
      fc.nat(1),
      (op, axes, ceil, include) => {
        fc.pre(
          axes.every((a) => a.begin < a.kernel && a.end < a.kernel && a.size + a.begin + a.end >= a.kernel),
        );
        const attributes = {
          kernel_shape: axes.map((a) => a.kernel),
          strides: axes.map((a) => a.stride),
          pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
          ceil_mode: ceil,
          ...(op === 'AveragePool' ? { count_include_pad: include } : {}),
        };
        const inputs = { x: drawn([1, 5, ...axes.map((a) => a.size)], 1) };
        const [both] = runBoth({ nodes: [{ op, inputs: ['x'], output: 'y', attributes }], inputs });
        if (both) expectClose(both, 4, 1e-6);
      },
    ),
    { numRuns: 200 },
  );
});

test('one session serves feeds of several sizes, in any order', () => {
  const text = {
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], output: 'c', attributes: { pads: [1, 1, 1, 1] } },
      { op: 'Relu', inputs: ['c'], output: 'y' },
    ],
    inputs: { x: drawn([1, 16, 8, 8], 1) },
    constants: { w: drawn([16, 16, 3, 3], 2) },
  };
  const model = modelOf(text);
  const fast = createSession(model, { tier: 'fast', checkShapes: false });
  const reference = createSession(model, { checkShapes: false });
  for (const size of [8, 20, 1, 8, 20]) {
    const feeds = { x: drawn([1, 16, size, size], size) };
    const both = {
      fast: arrayOf(fast.run(feeds).get('y')),
      reference: arrayOf(reference.run(feeds).get('y')),
    };
    expectClose({ ...both, session: fast }, 0, 2e-4);
  }
});

test('errors are those of the reference tier', () => {
  const text = {
    nodes: [{ op: 'MatMul', inputs: ['a', 'b'], output: 'y' }],
    inputs: { a: drawn([2, 3], 1), b: drawn([2, 3], 2) },
  };
  const run = (tier: 'fast' | 'reference') => () => createSession(modelOf(text), { tier }).run(text.inputs);
  let message = '';
  try {
    run('reference')();
  } catch (error) {
    message = String(error);
  }
  expect(message).not.toBe('');
  expect(run('fast')).toThrow(message.replace(/^\w+: /, ''));
});

test('results do not lie in memory that the next run writes to', () => {
  const text = { nodes: [{ op: 'Exp', inputs: ['x'], output: 'y' }], inputs: { x: drawn([8], 1) } };
  const session = createSession(modelOf(text), { tier: 'fast' });
  const first = arrayOf(session.run(text.inputs).get('y'));
  const copy = new NdArray(first.dtype, first.dims, first.data.slice());
  session.run({ x: drawn([8], 2) });
  expect(first).toEqual(copy);
});

test('nested graphs see the values around them, whatever computed these', () => {
  const model = parseModel(`<ir_version: 9, opset_import: ["" : 20]>
    g (float[2, 4] x, bool c) => (y, z) <float[4] k = {1, 2, 3, 4}, float[4] only = {5, 6, 7, 8}> {
      a = Exp (x)
      b = Add (a, k)
      y = If (c) <
        then_branch = t () => (p) { p = Add (b, only) },
        else_branch = e () => (q) { r = Identity (a) q = Mul (r, k) }
      >
      z = Tanh (b)
    }`);
  for (const c of [0, 1]) {
    const feeds = { x: drawn([2, 4], 3), c: new NdArray('bool', [], new Uint8Array([c])) };
    const session = createSession(model, { tier: 'fast' });
    const [fast, reference] = [session.run(feeds), createSession(model).run(feeds)];
    for (const name of ['y', 'z']) {
      expectClose({ fast: arrayOf(fast.get(name)), reference: arrayOf(reference.get(name)), session });
    }
  }
});

test('a memory limit and an abort hold in the fast tier', () => {
  const text = { nodes: [{ op: 'Exp', inputs: ['x'], output: 'y' }], inputs: { x: drawn([1000], 1) } };
  const session = createSession(modelOf(text), { tier: 'fast' });
  expect(() => session.run(text.inputs, { memoryLimit: 5000 })).toThrow('memory');
  expect(() => session.run(text.inputs, { signal: AbortSignal.abort() })).toThrow('aborted');
});

test('outputs of reference kernels last while other outputs are brought into order', () => {
  const results = runBoth({
    nodes: [
      { op: 'CumSum', inputs: ['x', 'axis'], output: 's' },
      { op: 'Conv', inputs: ['image', 'w'], output: 'c' },
    ],
    inputs: { x: drawn([2, 3], 1), image: drawn([1, 4, 6, 6], 2) },
    constants: { axis: new NdArray('int64', [], BigInt64Array.of(0n)), w: drawn([8, 4, 1, 1], 3) },
    outputs: ['s', 'c'],
  });
  expect(results).toHaveLength(2);
  for (const result of results) expectClose(result);
});

test('constants may be cast to the type of a text that is fed', () => {
  const model = parseModel(`<ir_version: 9, opset_import: ["" : 20]>
    g (string[1] x) => (string[2] y) <int64[2] k = {1, 2}> { y = CastLike (k, x) }`);
  const feeds = { x: new NdArray('string', [1], ['']) };
  const { data } = arrayOf(createSession(model, { tier: 'fast' }).run(feeds).get('y'));
  expect(data).toEqual(['1', '2']);
});

test('operands of more axes than an image give results of more axes', () => {
  const constants = {
    w: drawn([3, 3, 1, 1], 2),
    one: drawn([1, 1, 1, 1, 1], 3),
    channels: drawn([1, 1, 3, 1, 1], 4),
  };
  for (const op of ['Add', 'Mul', 'Sub', 'Div']) {
    for (const other of ['one', 'channels']) {
      const nodes = [
        { op: 'Conv', inputs: ['x', 'w'], output: 'c' },
        { op, inputs: ['c', other], output: 'y' },
      ];
      for (const result of runBoth({ nodes, inputs: { x: drawn([1, 3, 4, 4], 1) }, constants }))
        expectClose(result);
    }
  }
});

test('infinite results do not spread from lanes without a channel', () => {
  const w = fromReals('float32', [1, 1, 1, 1], [1]);
  const numbers = { Mul: Number.POSITIVE_INFINITY, Div: 0 };
  for (const [op, number] of Object.entries(numbers)) {
    const nodes = [
      { op: 'Conv', inputs: ['x', 'w'], output: 'c' },
      { op, inputs: ['c', 'k'], output: 'd' },
      { op: 'Conv', inputs: ['d', 'w'], output: 'y' },
    ];
    const inputs = { x: fromReals('float32', [1, 1, 1, 2], [1, -2]) };
    const [result] = runBoth({ nodes, inputs, constants: { w, k: fromReals('float32', [], [number]) } });
    expect([...(result?.fast.data ?? [])]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  }
});

test('BatchNormalization of no variance is infinite where an element is not the mean', () => {
  const channels = (...values: number[]) => fromReals('float32', [2], values);
  const constants = {
    w: fromReals('float32', [2, 2, 1, 1], [1, 0, 0, 1]),
    scale: channels(1, 1),
    mean: channels(1, 0),
    variance: channels(0, 1),
  };
  const nodes = [
    { op: 'Conv', inputs: ['x', 'w'], output: 'c' },
    {
      op: 'BatchNormalization',
      inputs: ['c', 'scale', 'mean', 'mean', 'variance'],
      output: 'y',
      attributes: { epsilon: 0 },
    },
  ];
  const [result] = runBoth({
    nodes,
    inputs: { x: fromReals('float32', [1, 2, 1, 2], [1, 2, 3, 4]) },
    constants,
  });
  expect([...(result?.fast.data ?? [])]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 3, 4]);
});

test('a node without an operand that it needs is refused, as on the reference tier', () => {
  const codes = (dims: number[]) =>
    new NdArray('uint8', dims, new Uint8Array(dims.reduce((a, b) => a * b, 1)));
  const text = {
    nodes: [{ op: 'QLinearMatMul', inputs: ['a', 's', '', 'b', 's', 'z', 's', 'z'], output: 'y' }],
    inputs: { a: codes([2, 3]) },
    constants: { b: codes([3, 2]), s: fromReals('float32', [], [1]), z: codes([]) },
  };
  const run = () => createSession(modelOf(text), { tier: 'fast' }).run(text.inputs);
  expect(run).toThrow('input 2 is missing');
});
