import { Editor, inferModel, type Model, tensorFloats, tensorOf } from '@refold/ir';
import { createSession, type Feeds, fromReals, makeInputs, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { type LinearLayer, linearLayer } from '../layers/linear-layer.ts';
import { type Cells, cellCodes, cellNumbers, cellThetas } from '../theta/cells.ts';
import type { CodeType, Format } from '../theta/format.ts';
import { meanShift, shiftBias } from './bias-correction.ts';
import { cholesky, inverseFactor } from './cholesky.ts';
import { centred, type Gram, GramCollector, type GramOptions } from './gram.ts';
import { type RoundingMethod, roundWeights } from './round-weights.ts';
import { lossOfErrors } from './row-codes.ts';

function inferred(text: string): Model {
  const m = model(text);
  inferModel(new Editor(m));
  return m;
}

function formatOf(dtype: CodeType, powerOfTwo = false): Format {
  return { dtype, symmetric: true, powerOfTwo, narrow: false };
}

function layerOf(m: Model): LinearLayer {
  for (const node of m.graph.nodes()) {
    const layer = linearLayer(node);
    if (layer) return layer;
  }
  throw new Error('no layer');
}

/** Seeded numbers: uniform, normal, and with heavy tails. */
class Draw {
  private state: number;
  constructor(seed: number) {
    this.state = seed;
  }
  uniform(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return (this.state + 0.5) / 2 ** 32;
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
  /** Student's t with four degrees of freedom. */
  heavy(): number {
    const chi = [0, 0, 0, 0].reduce((sum) => sum + this.normal() ** 2, 0);
    return this.normal() / Math.sqrt(chi / 4);
  }
}

function collect(m: Model, layer: LinearLayer, feeds: Feeds, options?: GramOptions): GramCollector {
  const collector = new GramCollector([layer], options);
  createSession(m, { onNode: (event) => collector.see(event) }).run(feeds);
  return collector;
}

const K = 288;
const N = 32;
const ROWS = 1024;

/** The layer of the notes: 288 inputs, correlated and behind a Relu; heavy-tailed weights for 32 outputs. */
function bench(): {
  readonly m: Model;
  readonly layer: LinearLayer;
  readonly x: Float64Array;
  readonly grams: readonly Gram[];
} {
  const draw = new Draw(5);
  const mix = Float64Array.from({ length: K * 48 }, () => draw.normal());
  const x = new Float64Array(ROWS * K);
  for (let r = 0; r < ROWS; r += 1) {
    const hidden = Float64Array.from({ length: 48 }, () => draw.normal());
    for (let k = 0; k < K; k += 1) {
      let sum = 3 * draw.normal();
      for (let h = 0; h < 48; h += 1) sum += (hidden[h] ?? 0) * (mix[k * 48 + h] ?? 0);
      x[r * K + k] = Math.max(0, sum / 7);
    }
  }
  const m = inferred(
    `(float[${ROWS},${K}] x) => (float[${ROWS},${N}] y) <${weight('w', [K, N])}> { y = MatMul (x, w) }`,
  );
  const spread = Float64Array.from({ length: N }, () => 2 ** (2 * draw.normal()));
  const values = Float64Array.from({ length: K * N }, (_, i) => draw.heavy() * (spread[i % N] ?? 1));
  new Editor(m).setTensor(layerOf(m).weight, tensorOf('float32', [K, N], values));
  const layer = layerOf(m);
  const collector = collect(m, layer, new Map([['x', fromReals('float32', [ROWS, K], x)]]), { rows: ROWS });
  return { m, layer, x, grams: collector.of(layer) ?? [] };
}

/** Noise over signal of the output of a layer with codes. */
function outputLoss(
  layer: LinearLayer,
  cells: Cells,
  format: Format,
  grams: readonly Gram[],
  method: RoundingMethod,
  corrected = false,
): number {
  const weights = tensorFloats(layer.tensor);
  const thetas = cellThetas(weights, layer.tensor.dims, cells, format);
  const used = corrected ? grams.map(centred) : grams;
  const { loss } = roundWeights(layer, cells, thetas, used, { method });
  let signal = 0;
  for (let o = 0; o < layer.outputs; o += 1) {
    const row = Float64Array.from({ length: K }, (_, k) => weights[k * layer.outputs + o] ?? 0);
    signal += lossOfErrors(row, grams[0]?.moments ?? new Float64Array());
  }
  return loss / signal;
}

const channels: Cells = { kind: 'axis', axis: 1 };
const blocks: Cells = { kind: 'block', axis: 0, size: 32 };

test('the table of rounding methods: per-tensor >> per-channel > blocks, and rounding by second-order error beats nearest', () => {
  const { layer, grams } = bench();
  const table = (['int8', 'int4'] as const).map((dtype) => ({
    tensor: outputLoss(layer, { kind: 'tensor' }, formatOf(dtype), grams, 'nearest'),
    channel: outputLoss(layer, channels, formatOf(dtype), grams, 'nearest'),
    block: outputLoss(layer, blocks, formatOf(dtype), grams, 'nearest'),
    power: outputLoss(layer, channels, formatOf(dtype, true), grams, 'nearest'),
    bias: outputLoss(layer, channels, formatOf(dtype), grams, 'nearest', true),
    descent: outputLoss(layer, channels, formatOf(dtype), grams, 'descent'),
    feedback: outputLoss(layer, channels, formatOf(dtype), grams, 'feedback'),
  }));
  // The notes have for int8 and int4: 2.3e-3, 2.0e-4, 4.5e-5, 4.2e-4, 1.2e-4, 6.5e-5, 5.5e-5, and about 270 times that.
  const [int8, int4] = table;
  if (!int8 || !int4) throw new Error('no table');
  for (const row of [int8, int4]) {
    expect(row.tensor / row.channel).toBeGreaterThan(3);
    expect(row.block / row.channel).toBeLessThan(0.5);
    expect(row.power / row.channel).toBeGreaterThan(1.05);
    expect(row.bias / row.channel).toBeLessThan(0.9);
    expect(row.descent / row.channel).toBeLessThan(0.5);
    expect(row.feedback / row.channel).toBeLessThan(0.4);
  }
  expect(int8.channel).toBeGreaterThan(2e-5);
  expect(int8.channel).toBeLessThan(2e-3);
  expect(int4.channel / int8.channel).toBeGreaterThan(100);
  expect(int4.channel / int8.channel).toBeLessThan(600);
});

const shapes = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  dtype: fc.constantFrom<CodeType>('int8', 'int4', 'uint8', 'uint4'),
  cells: fc.constantFrom<Cells>({ kind: 'tensor' }, channels, { kind: 'block', axis: 0, size: 5 }),
  method: fc.constantFrom<RoundingMethod>('nearest', 'descent', 'feedback'),
  symmetric: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
});

test('the error of a layer never rises, and its codes are codes', () => {
  fc.assert(
    fc.property(shapes, ({ size, dtype, cells, method, symmetric, seed }) => {
      const draw = new Draw(seed);
      const m = inferred(
        `(float[20,${size}] x) => (float[20,3] y) <${weight('w', [size, 3])}> { y = MatMul (x, w) }`,
      );
      const layer = layerOf(m);
      const values = Float64Array.from({ length: 20 * size }, () => Math.max(0, draw.normal()));
      const collector = collect(m, layer, new Map([['x', fromReals('float32', [20, size], values)]]));
      const format = { ...formatOf(dtype), symmetric };
      const weights = tensorFloats(layer.tensor);
      const thetas = cellThetas(weights, [size, 3], cells, format);
      const rounded = roundWeights(layer, cells, thetas, collector.of(layer) ?? [], { method });
      expect(rounded.loss).toBeLessThanOrEqual(rounded.nearestLoss);
      const low = dtype.startsWith('u') ? 0 : dtype === 'int8' ? -128 : -8;
      const high = low + (dtype.endsWith('8') ? 255 : 15);
      for (const code of rounded.codes) {
        expect(Number.isInteger(code)).toBe(true);
        expect(code).toBeGreaterThanOrEqual(low);
        expect(code).toBeLessThanOrEqual(high);
      }
      if (method === 'nearest')
        expect([...rounded.codes]).toEqual([...cellCodes(weights, [size, 3], cells, thetas)]);
    }),
    { numRuns: 200 },
  );
});

const convolutions = [
  'Conv (x, w)',
  'Conv <pads = [1, 0, 0, 1], strides = [2, 1]> (x, w)',
  'Conv <dilations = [2, 1], auto_pad = "SAME_UPPER"> (x, w)',
] as const;

test('the loss that moments foretell is the squared error of the convolution, group by group', () => {
  for (const group of [1, 2, 4]) {
    for (const text of convolutions) {
      const node = text.includes('<')
        ? text.replace('<', `<group = ${group}, `)
        : text.replace('Conv', `Conv <group = ${group}>`);
      const m = inferred(`(float[2,4,6,5] x) => (y) <${weight('w', [4, 4 / group, 3, 2])}> { y = ${node} }`);
      const layer = layerOf(m);
      const feeds = makeInputs(m, undefined, { seed: 3 });
      const collector = collect(m, layer, feeds, { rows: 10_000 });
      const grams = collector.of(layer) ?? [];
      const weights = tensorFloats(layer.tensor);
      const cells: Cells = { kind: 'axis', axis: 0 };
      const thetas = cellThetas(weights, layer.tensor.dims, cells, formatOf('int4'));
      const { loss, nearestLoss, codes } = roundWeights(layer, cells, thetas, grams, { method: 'descent' });
      expect(loss).toBeLessThan(nearestLoss);
      const exact = run(m, feeds);
      const { scales } = cellNumbers(layer.tensor.dims, cells, thetas);
      new Editor(m).setTensor(
        layer.weight,
        tensorOf(
          'float32',
          layer.tensor.dims,
          codes.map((q, i) => q * (scales[i] ?? 1)),
        ),
      );
      const now = run(m, feeds);
      const places = exact.length / layer.outputs;
      const measured = exact.reduce((sum, v, i) => sum + (v - (now[i] ?? 0)) ** 2, 0) / places;
      expect(Math.abs(measured / loss - 1), node).toBeLessThan(1e-3);
    }
  }
});

function run(m: Model, feeds: Feeds): readonly number[] {
  const y = createSession(m).run(feeds).get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

test('bias correction takes the mean error of every channel away', () => {
  for (const nodes of [
    'y = Conv (x, w)',
    'y = Conv (x, w, b)',
    'g = Flatten <axis = 3> (x) y = MatMul (g, v)',
    'g = Flatten <axis = 3> (x) p = MatMul (g, v) y = Add (p, b)',
    'g = Flatten <axis = 3> (x) y = Gemm (g, v, b)',
  ]) {
    const m = inferred(
      `(float[3,4,5,6] x) => (y) <${weight('w', [4, 4, 2, 2])}, ${weight('b', [4])}, ${weight('v', [6, 4])}> { ${nodes} }`,
    );
    const layer = layerOf(m);
    const positive = makeInputs(m, undefined, { seed: 9 }).get('x');
    const values = positive?.kind === 'tensor' ? Array.from(reals(positive), Math.abs) : [];
    const feeds: Feeds = new Map([['x', fromReals('float32', [3, 4, 5, 6], values)]]);
    const collector = collect(m, layer, feeds, { rows: 10_000 });
    const grams = collector.of(layer) ?? [];
    const cells: Cells = { kind: 'axis', axis: layer.outputsFirst ? 0 : 1 };
    const weights = tensorFloats(layer.tensor);
    const thetas = cellThetas(weights, layer.tensor.dims, cells, formatOf('int4'));
    const { codes } = roundWeights(layer, cells, thetas, grams, { method: 'nearest' });
    const exact = run(m, feeds);
    const shift = meanShift(layer, cells, thetas, codes, grams);
    const editor = new Editor(m);
    const { scales } = cellNumbers(layer.tensor.dims, cells, thetas);
    const done = shiftBias(editor, layer, shift);
    expect(done, nodes).toBe(nodes !== 'g = Flatten <axis = 3> (x) y = MatMul (g, v)');
    editor.setTensor(
      layer.weight,
      tensorOf(
        'float32',
        layer.tensor.dims,
        codes.map((q, i) => q * (scales[i] ?? 1)),
      ),
    );
    if (!done) continue;
    const now = run(m, feeds);
    const perChannel = (values: readonly number[]): number[] => {
      const inner = nodes.includes('Conv') ? 20 : 1;
      const sums = [0, 0, 0, 0];
      values.forEach((v, i) => {
        const c = Math.floor(i / inner) % 4;
        sums[c] = (sums[c] ?? 0) + v;
      });
      return sums;
    };
    const [before, after] = [perChannel(exact), perChannel(now)];
    for (const [c, b] of before.entries()) expect(Math.abs(b - (after[c] ?? 0)), nodes).toBeLessThan(1e-3);
    expect(Math.max(...shift.map(Math.abs))).toBeGreaterThan(1e-3);
  }
});

test('U is upper triangular and U U is the inverse', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 31 }), (size, seed) => {
      const draw = new Draw(seed);
      const b = Float64Array.from({ length: size * size }, () => draw.normal());
      const at = (m: Float64Array, i: number, j: number): number => m[i * size + j] ?? 0;
      const product = (f: (k: number) => number): number =>
        Array.from({ length: size }, (_, k) => f(k)).reduce((x, y) => x + y, 0);
      const a = Float64Array.from({ length: size * size }, (_, n) => {
        const [i, j] = [Math.floor(n / size), n % size];
        return product((k) => at(b, i, k) * at(b, j, k)) + (i === j ? 0.5 : 0);
      });
      const u = inverseFactor(a, size) ?? new Float64Array();
      const inverse = Float64Array.from({ length: size * size }, (_, n) =>
        product((k) => at(u, k, Math.floor(n / size)) * at(u, k, n % size)),
      );
      for (let i = 0; i < size; i += 1) {
        for (let j = 0; j < size; j += 1) {
          if (j < i) expect(at(u, i, j)).toBe(0);
          expect(product((k) => at(a, i, k) * at(inverse, k, j))).toBeCloseTo(i === j ? 1 : 0, 6);
        }
      }
    }),
    { numRuns: 50 },
  );
  expect(cholesky(Float64Array.of(0), 1)).toBeUndefined();
});

test('means alone are those that moments come with, bit for bit', () => {
  const attributes = 'group = 2, pads = [1,1,2,0], strides = [2,1], dilations = [2,1]';
  const m = inferred(
    `(float[2,6,9,8] x) => (y) <${weight('w', [4, 3, 3, 2])}> { y = Conv <${attributes}> (x, w) }`,
  );
  const layer = layerOf(m);
  for (const rows of [7, 1000]) {
    for (const seed of [1, 2]) {
      const feeds = makeInputs(m, new Map(), { seed });
      const [means, moments] = [false, true].map((moments) =>
        collect(m, layer, feeds, { rows, moments }).means(),
      );
      expect(means).toEqual(moments);
    }
  }
});
