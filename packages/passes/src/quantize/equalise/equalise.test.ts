import { Editor, inferModel, type Model, tensorFloats, verifyModel } from '@refold/ir';
import { createSession, type Feeds, fromReals, makeInputs, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { ChannelMaxima } from '../statistics/channel-maxima.ts';
import { equaliseBranch, isScalableBranch } from './branch.ts';
import { equaliseLayers } from './cross-layer.ts';
import { migratableValues, migrateOutliers } from './migrate.ts';

function inferred(text: string, opset = 18): Model {
  const m = model(text, { opset });
  inferModel(new Editor(m));
  return m;
}

function outputs(m: Model, feeds: Feeds): readonly (readonly number[])[] {
  return [...createSession(m).run(feeds).values()].map((v) =>
    v.kind === 'tensor' ? Array.from(reals(v)) : [],
  );
}

/** What a model computes on seeded inputs, before and after a change in place. */
function beforeAndAfter<T>(text: string, change: (m: Model) => T, opset?: number) {
  const [before, after] = [inferred(text, opset), inferred(text, opset)];
  const feeds = makeInputs(before, new Map(), { seed: 7 });
  const result = change(after);
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  return { result, after, exact: outputs(before, feeds), now: outputs(after, feeds) };
}

/** A weight the channels of which differ by up to 2^-10 to 2^10, the same in every run. */
function uneven(name: string, dims: readonly number[], axis: 0 | 1, seed: number): string {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const sizes = Array.from({ length: dims[axis] ?? 1 }, () => 2 ** (next() * 20 - 10));
  const inner = dims.slice(axis + 1).reduce((a, d) => a * d, 1);
  const values = Array.from({ length: dims.reduce((a, d) => a * d, 1) }, (_, i) => {
    const size = sizes[Math.floor(i / inner) % sizes.length] ?? 1;
    return Math.fround((2 * next() - 1) * size);
  });
  return constant(name, dims, values);
}

/** What lies between two layers with four channels, and the layer behind: all that channels can be followed through. */
const between: readonly (readonly [nodes: string, second: string, behind: string])[] = [
  ['r = Relu (c)', 'y = Conv (r, v)', 'v 3 4 1 1'],
  ['r = LeakyRelu <alpha = 0.1> (c)', 'y = Conv <group = 2> (r, v)', 'v 6 2 1 1'],
  ['p = PRelu (c, slope) r = MaxPool <kernel_shape = [2, 2]> (p)', 'y = Conv (r, v)', 'v 3 4 1 1'],
  ['p = AveragePool <kernel_shape = [2, 2]> (c) r = Identity (p)', 'y = ConvTranspose (r, v)', 'v 4 3 2 2'],
  ['p = GlobalAveragePool (c) r = Flatten (p)', 'y = Gemm <transB = 1> (r, v)', 'v 5 4'],
  ['r = Flatten (c)', 'y = Gemm (r, v)', 'v 64 3'],
  ['p = Transpose <perm = [0, 2, 3, 1]> (c) r = Relu (p)', 'y = MatMul (r, v)', 'v 4 3'],
  ['d = Concat <axis = 1> (c, x) r = Relu (d)', 'y = Conv (r, v)', 'v 3 7 1 1'],
  ['d = Concat <axis = 1> (x, c, c) r = Relu (d)', 'y = Conv (r, v)', 'v 3 11 1 1'],
  ['a = Add (c, shift) r = Relu (a)', 'y = Conv (r, v)', 'v 3 4 1 1'],
];

function pairText(index: number, seed: number, bias: boolean): string {
  const [nodes, second, behind] = between[index] ?? ['', '', ''];
  const [name = '', ...dims] = behind.split(' ');
  return (
    `(float[1,3,4,4] x) => (y) <${uneven('w', [4, 3, 1, 1], 0, seed)}, ${uneven(name, dims.map(Number), 1, seed + 1)},` +
    ` ${weight('b', [4])}, ${weight('slope', [4, 1, 1])}, ${weight('shift', [4, 1, 1])}>` +
    ` { c = Conv (x, w${bias ? ', b' : ''}) ${nodes} ${second} }`
  );
}

test('powers of two leave every bit of what comes out as it was (P15)', () => {
  let equalised = 0;
  fc.assert(
    fc.property(fc.nat({ max: between.length - 1 }), fc.nat(), fc.boolean(), (index, seed, bias) => {
      const { exact, now, result } = beforeAndAfter(pairText(index, seed, bias), (m) =>
        equaliseLayers(new Editor(m)),
      );
      expect(result.refused).toEqual([]);
      expect(now).toEqual(exact);
      equalised += result.layers;
    }),
    { numRuns: 60 },
  );
  expect(equalised).toBeGreaterThan(50);
});

test('each way between two layers is followed', () => {
  for (const index of between.keys()) {
    const { result } = beforeAndAfter(pairText(index, 3, true), (m) => equaliseLayers(new Editor(m)));
    expect(result, between[index]?.[0]).toEqual({ layers: 1, refused: [] });
  }
});

test('with any factors, channels are as large before as behind, and results stay but for rounding', () => {
  const { after, exact, now } = beforeAndAfter(pairText(0, 11, true), (m) =>
    equaliseLayers(new Editor(m), { powersOfTwo: false }),
  );
  const [first, second] = [...after.graph.nodes()]
    .filter((n) => n.is('Conv'))
    .map((n) => n.inputs[1]?.tensor);
  const [w, v] = [first, second].map((t) => (t ? tensorFloats(t) : new Float64Array()));
  for (let c = 0; c < 4; c += 1) {
    const rows = Math.max(...[0, 1, 2].map((k) => Math.abs(w?.[c * 3 + k] ?? 0)));
    const columns = Math.max(...[0, 1, 2].map((m) => Math.abs(v?.[m * 4 + c] ?? 0)));
    expect(rows / columns).toBeCloseTo(1, 5);
  }
  exact[0]?.forEach((x, i) => {
    expect(Math.abs(x - (now[0]?.[i] ?? 0))).toBeLessThan(1e-4 * Math.max(...(exact[0] ?? []).map(Math.abs)));
  });
});

test('a chain of layers is balanced as a whole, a layer in the middle from both sides', () => {
  const text =
    `(float[1,4] x) => (float[1,4] y) <${uneven('u', [4, 4], 1, 1)}, ${uneven('v', [4, 4], 0, 2)}, ${uneven('w', [4, 4], 0, 3)}>` +
    ' { a = MatMul (x, u) r = Relu (a) b = MatMul (r, v) s = Relu (b) y = MatMul (s, w) }';
  const { result, exact, now } = beforeAndAfter(text, (m) => equaliseLayers(new Editor(m)));
  expect(result.layers).toBe(2);
  expect(now).toEqual(exact);
});

test('activations may say what is balanced', () => {
  const text =
    `(float[1,2] x) => (float[1,2] y) <${constant('u', [2, 2], [1, 0, 0, 1])}, ${constant('v', [2, 2], [1, 2, 1, 2])}>` +
    ' { a = MatMul (x, u) r = Relu (a) y = MatMul (r, v) }';
  const { after } = beforeAndAfter(text, (m) => {
    const a = [...m.graph.nodes()][0]?.outputs[0];
    if (!a) throw new Error('no value');
    return equaliseLayers(new Editor(m), { activations: new Map([[a, Float64Array.of(128, 0.5)]]) });
  });
  // sqrt(2 / 128) = 1/8 for the loud channel, sqrt(2 / 0.5) = 2 for the quiet one.
  const u = [...after.graph.nodes()][0]?.inputs[1]?.tensor;
  expect(u && [...tensorFloats(u)]).toEqual([1 / 8, 0, 0, 2]);
});

test('nothing is multiplied where something else would see it', () => {
  const constants = `<${uneven('w', [4, 3, 1, 1], 0, 1)}, ${uneven('v', [3, 4, 1, 1], 1, 2)}, float six = {6}>`;
  const others = 'float[1,4,4,4] c';
  for (const [more, nodes] of [
    ['', 'r = Sigmoid (c)'],
    ['', 'r = Clip (c, , six)'],
    [`, ${others}`, 'r = Relu (c)'],
    [', float[1,4,4,4] z', 'r = Relu (c) z = Exp (r)'],
    ['', 's = Exp (c) r = Add (c, s)'],
    ['', 'r = Add (c, six)'],
  ] as const) {
    const text = `(float[1,3,4,4] x) => (float[1,3,4,4] y${more}) ${constants} { c = Conv (x, w) ${nodes} y = Conv (r, v) }`;
    expect(equaliseLayers(new Editor(inferred(text))).layers, nodes).toBe(0);
  }
});

test('weights that would lose bits stay, and their layer is named', () => {
  const text = (behind: number): string =>
    `(float[1,1] x) => (float[1,2] y) <${constant('u', [1, 1], [1e-20])}, ${constant('v', [1, 2], [1e20, behind])}>` +
    ' { a = MatMul (x, u) r = Relu (a) y = MatMul (r, v) }';
  expect(equaliseLayers(new Editor(inferred(text(1))))).toEqual({ layers: 1, refused: [] });
  // The least normal float32 and a bit, divided by 2^66.
  expect(equaliseLayers(new Editor(inferred(text(1.2e-38))))).toEqual({ layers: 0, refused: ['a'] });
});

const branches =
  `(float[1,3,4,4] x) => (float[1,2,4,4] y) <${constant('small', [1, 3, 1, 1], [0.001, 0.002, 0.0005])}, ` +
  `${weight('large', [1, 3, 1, 1])}, ${weight('v', [2, 2, 1, 1])}, ${weight('b', [1])}>` +
  ' { s = Conv (x, small, b) a = Relu (s) l = Conv (x, large) j = Concat <axis = 1> (a, l) y = Conv (j, v) }';

test('a small branch is multiplied before it meets a large one, and divided behind, bit for bit (P15)', () => {
  fc.assert(
    fc.property(fc.integer({ min: -20, max: 20 }), (exponent) => {
      const { result, exact, now, after } = beforeAndAfter(branches, (m) => {
        const a = [...m.graph.nodes()].find((n) => n.is('Relu'))?.outputs[0];
        if (!a) throw new Error('no branch');
        expect(isScalableBranch(a)).toBe(true);
        return equaliseBranch(new Editor(m), a, exponent);
      });
      expect(result).toBe(true);
      expect(now).toEqual(exact);
      const tensor = [...after.graph.nodes()][0]?.inputs[1]?.tensor;
      expect(tensor && tensorFloats(tensor)[0]).toBe(Math.fround(0.001) * 2 ** exponent);
    }),
    { numRuns: 20 },
  );
});

test('a branch that a sigmoid reads cannot be multiplied', () => {
  const m = inferred(branches.replace('y = Conv (j, v)', 'z = Sigmoid (j) y = Conv (z, v)'));
  for (const node of m.graph.nodes()) {
    const [value] = node.outputs;
    if (!value || node.is('Sigmoid') || value.isGraphOutput) continue;
    expect(isScalableBranch(value), value.name).toBe(false);
    expect(equaliseBranch(new Editor(m), value, 3)).toBe(false);
  }
});

const block = (norm: string): string =>
  `(float[2,5,4] x) => (float[2,5,3] q, float[2,5,3] k) <${constant('s', [4], [1, 1, 64, 1])}, ${weight('b', [4])},` +
  ` ${weight('wq', [4, 3])}, ${weight('wk', [4, 3])}> { n = ${norm} q = MatMul (n, wq) k = MatMul (n, wk) }`;

test('outliers of a normalised activation go into the weights, half and half', () => {
  for (const [norm, opset] of [
    ['LayerNormalization (x, s, b)', 18],
    ['LayerNormalization (x, s)', 18],
    ['RMSNormalization (x, s)', 23],
    ['Mul (x, s)', 18],
  ] as const) {
    const text = block(norm);
    const maximaOf = (m: Model, feeds: Feeds): readonly number[] => {
      const maxima = new ChannelMaxima(m, migratableValues(m));
      maxima.add(feeds);
      return [...maxima.maxima.values()].flatMap((v) => [...v]);
    };
    const x = fromReals(
      'float32',
      [2, 5, 4],
      Float64Array.from({ length: 40 }, (_, i) => Math.sin(i * 7)),
    );
    const feeds: Feeds = new Map([['x', x]]);
    const { result, exact, now, after } = beforeAndAfter(
      text,
      (m) => {
        const maxima = new ChannelMaxima(m, migratableValues(m));
        maxima.add(feeds);
        return migrateOutliers(new Editor(m), maxima.maxima);
      },
      opset,
    );
    expect(result).toEqual({ layers: 1, refused: [] });
    expect(now).toEqual(exact);
    const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);
    expect(spread(maximaOf(inferred(text, opset), feeds))).toBeGreaterThan(30);
    expect(spread(maximaOf(after, feeds))).toBeLessThan(16);
  }
});

test('a normalised activation that something else reads keeps its outliers', () => {
  const text = block('LayerNormalization (x, s, b)').replace(
    'k = MatMul (n, wk)',
    'k = MatMul (n, wk) z = Exp (n)',
  );
  expect(
    migratableValues(inferred(text.replace('float[2,5,3] k)', 'float[2,5,3] k, float[2,5,4] z)'))).size,
  ).toBe(0);
  expect(() => migrateOutliers(new Editor(inferred(text)), new Map(), { alpha: 2 })).toThrow('alpha');
});
