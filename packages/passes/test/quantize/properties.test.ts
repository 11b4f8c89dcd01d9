import {
  decodeModel,
  encodeModel,
  type Model,
  type Node,
  printModel,
  tensorFloats,
  type Value,
  verifyModel,
} from '@refold/ir';
import { createSession, type Feeds, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  integerOnly,
  onnxruntimeCpu,
  type QuantizeOptions,
  quantizeModel,
  type Target,
  targets,
} from '../../src/index.ts';
import { modelOf, type Net, nets, samplesOf } from './net.ts';

const target = fc.constantFrom<Target>(...targets);

function quantized(net: Net, on: Target, options: QuantizeOptions = {}, rank?: (i: number) => number) {
  const m = modelOf(net, rank);
  const report = quantizeModel(m, on, samplesOf(net), options);
  expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  return { m, report };
}

function nodesOf(m: Model, opType: string): readonly Node[] {
  return [...m.graphs()].flatMap((g) => [...g.nodes()]).filter((n) => n.opType === opType);
}

const numbersIn = (value: Value | undefined): readonly number[] =>
  value?.tensor ? [...tensorFloats(value.tensor)] : [];

function outputs(m: Model, feeds: Feeds): readonly (readonly number[])[] {
  return [...createSession(m).run(feeds).values()].map((v) =>
    v.kind === 'tensor' ? Array.from(reals(v)) : [],
  );
}

/** What the codes of a value say, by the name of the value. */
function thetas(m: Model): ReadonlyMap<string, string> {
  return new Map(
    nodesOf(m, 'QuantizeLinear').map((n) => [
      n.inputs[0]?.name ?? '',
      `${numbersIn(n.inputs[1])} ${numbersIn(n.inputs[2])}`,
    ]),
  );
}

test('every net runs on codes of every target, and comes close to what it was', () => {
  fc.assert(
    fc.property(nets, (net) => {
      const { m } = quantized(net, onnxruntimeCpu);
      const [feeds] = samplesOf(net);
      if (!feeds) return;
      const [exact, now] = [outputs(modelOf(net), feeds), outputs(m, feeds)];
      expect(now.map((v) => v.length)).toEqual(exact.map((v) => v.length));
      for (const values of now) for (const x of values) expect(Number.isFinite(x)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('the order of nodes does not decide which codes values have (P2)', () => {
  fc.assert(
    fc.property(nets, target, fc.func(fc.nat()), (net, on, rank) => {
      const [one, other] = [quantized(net, on), quantized(net, on, {}, (i) => rank(i))];
      expect([...thetas(other.m)].toSorted()).toEqual([...thetas(one.m)].toSorted());
      expect(other.report.classes.classes).toEqual(one.report.classes.classes);
    }),
    { numRuns: 60 },
  );
});

const written = (value: Value | undefined): string => (value?.name ?? '').replace(/_float(_\d+)?$/, '');

/** The point of which a node makes codes: of the first use that has one, else of the definition. */
function pointOf(quantize: Node, known: ReadonlyMap<string, unknown>): string {
  let data = quantize.inputs[0];
  while (data?.producer?.is('DequantizeLinear')) data = data.producer.inputs[0]?.producer?.inputs[0];
  for (const dequantize of quantize.outputs[0]?.users() ?? []) {
    for (const { node, index } of dequantize.outputs[0]?.uses() ?? []) {
      const key = `${written(data)} => ${written(node?.outputs[0])}[${index}]`;
      if (known.has(key)) return key;
    }
  }
  return written(data);
}

test('a class has one scale and one zero point, and classes do not share them (P5)', () => {
  fc.assert(
    fc.property(nets, target, (net, on) => {
      const { m, report } = quantized(net, on);
      const classOf = new Map(report.classes.classes.flatMap((c) => c.points.map((p) => [p.key, c.name])));
      const scaleOf = new Map<string, Value | undefined>();
      for (const node of nodesOf(m, 'QuantizeLinear')) {
        const name = classOf.get(pointOf(node, classOf));
        if (name === undefined) continue;
        expect((scaleOf.get(name) ?? node.inputs[1])?.name).toBe(node.inputs[1]?.name);
        scaleOf.set(name, node.inputs[1]);
      }
      expect(new Set(scaleOf.values()).size).toBe(scaleOf.size);
      const all = new Set(nodesOf(m, 'QuantizeLinear').map((n) => n.inputs[1]));
      expect(all.size).toBeLessThanOrEqual(report.classes.classes.length);
    }),
    { numRuns: 60 },
  );
});

test('nothing is requantized to the codes that it has (P10)', () => {
  fc.assert(
    fc.property(nets, target, (net, on) => {
      for (const node of nodesOf(quantized(net, on).m, 'QuantizeLinear')) {
        const before = node.inputs[0]?.producer;
        if (!before?.is('DequantizeLinear')) continue;
        const [from, to] = [before, node].map((n) => n.inputs.slice(1).map(numbersIn));
        expect(from).not.toEqual(to);
      }
    }),
    { numRuns: 60 },
  );
});

test('a bias has the product of the scales of data and weights, and fits 32 bits (P11)', () => {
  let biases = 0;
  fc.assert(
    fc.property(nets, target, (net, on) => {
      const { m, report } = quantized(net, on);
      for (const conv of nodesOf(m, 'Conv')) {
        const [x, w, b] = conv.inputs.map((v) => v?.producer);
        if (!b?.is('DequantizeLinear')) continue;
        biases += 1;
        const [data] = numbersIn(x?.inputs[1]);
        const weights = numbersIn(w?.inputs[1]);
        expect(numbersIn(b.inputs[1])).toEqual(weights.map((s) => Math.fround(s * (data ?? 0))));
        expect(b.inputs[0]?.tensor?.dtype).toBe('int32');
        for (const q of numbersIn(b.inputs[0])) expect(Math.abs(q)).toBeLessThan(2 ** 31);
      }
      // A bias that does not fit is said to stay a float.
      for (const { at } of report.emission.diagnostics) expect(at).toMatch(/^b\d+ => v\d+\[2\]$/);
    }),
    { numRuns: 60 },
  );
  expect(biases).toBeGreaterThan(10);
});

test('the signature stays; what is kept has float constants, and nothing but float32 becomes codes (P12)', () => {
  fc.assert(
    fc.property(nets, target, fc.nat(), (net, on, bits) => {
      const names = new Set(net.nodes.filter((_, i) => (bits >> (i % 20)) & 1).map((n) => n.makes));
      const keep = (node: Node): boolean => names.has(node.outputs[0]?.name ?? '');
      const before = modelOf(net);
      const { m } = quantized(net, on, { keep });
      const signature = (model: Model): unknown =>
        [model.graph.inputs, model.graph.outputs].map((l) => l.map((v) => [v.name, v.type]));
      expect(signature(m)).toEqual(signature(before));
      for (const { inputs } of nodesOf(m, 'QuantizeLinear')) {
        const type = inputs[0]?.type;
        expect(type?.kind === 'tensor' && type.dtype).toBe('float32');
      }
      const kept = nodesOf(m, 'Conv').filter((n) =>
        names.has(n.outputs[0]?.name.replace(/_float$/, '') ?? ''),
      );
      for (const conv of kept) expect(conv.inputs[1]?.tensor?.dtype).toBe('float32');
      const untouched = modelOf(net);
      quantizeModel(untouched, on, samplesOf(net), { keep: () => true });
      expect(nodesOf(untouched, 'QuantizeLinear')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('written to a file, read, and quantized again, a model is the same (P3, P16)', () => {
  fc.assert(
    fc.property(nets, target, (net, on) => {
      const { m } = quantized(net, on);
      const bytes = encodeModel(m);
      const read = decodeModel(bytes);
      const text = printModel(read);
      quantizeModel(read, on, samplesOf(net));
      expect(printModel(read)).toBe(text);
      expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
    }),
    { numRuns: 30 },
  );
});

test('an override binds the whole class, or contradicts something, which is said (P18)', () => {
  const format = { dtype: 'int8', symmetric: true, powerOfTwo: true, narrow: false } as const;
  let bound = 0;
  fc.assert(
    fc.property(nets, fc.nat(), fc.integer({ min: -6, max: 4 }), (net, at, exponent) => {
      const name = net.nodes[at % Math.max(1, net.nodes.length)]?.makes ?? 'x';
      const theta = { format, scale: 2 ** exponent, zeroPoint: 0 };
      const { classes } = quantized(net, integerOnly, { overrides: new Map([[name, theta]]) }).report;
      const found = classes.classes.find((c) => c.points.some((p) => p.key === name));
      if (!found) return;
      bound += 1;
      if (found.theta.scale !== theta.scale) {
        expect(classes.diagnostics.map((d) => d.code)).toContain('conflict');
        return;
      }
      // Whatever a rule ties to it has the scale as well, unless a cut or a conflict is reported.
      const split = classes.diagnostics.some((d) => d.code === 'cut' || d.code === 'conflict');
      const free = classes.classes.filter((c) => c !== found && c.points.some((p) => p.value === name));
      if (!split) expect(free).toEqual([]);
    }),
    { numRuns: 80 },
  );
  expect(bound).toBeGreaterThan(20);
});
