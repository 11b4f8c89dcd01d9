import { type Attribute, Editor, type Model, newModel, tensorType, type Value } from '@refold/ir';
import { expect } from 'vitest';
import { createSession, type Session, type SessionOptions } from '../../src/session/session.ts';
import { tensorFromNd } from '../../src/tensor/codec.ts';
import { NdArray, type NdValue } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';

export type Plain = number | string | readonly number[];

/** A node by the names of its operands; '' is an absent one. */
export interface NodeText {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Further outputs. */
  readonly more?: readonly string[];
  readonly attributes?: Readonly<Record<string, Plain>>;
  readonly domain?: string;
}

export interface GraphText {
  readonly nodes: readonly NodeText[];
  readonly inputs: Readonly<Record<string, NdArray>>;
  readonly constants?: Readonly<Record<string, NdArray>>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

/** A model of one graph. Its outputs are the last node's when they are not named. */
export function modelOf({ nodes, inputs, constants = {}, outputs, opset = 21 }: GraphText): Model {
  const editor = new Editor(
    newModel(
      new Map([
        ['', opset],
        ['com.microsoft', 1],
      ]),
    ),
  );
  const { graph } = editor.model;
  const values = new Map<string, Value | undefined>([['', undefined]]);
  for (const [name, array] of Object.entries(inputs)) {
    values.set(name, editor.addInput(graph, { name, type: tensorType(array.dtype, array.dims) }));
  }
  for (const [name, array] of Object.entries(constants)) {
    const type = tensorType(array.dtype, array.dims);
    values.set(name, editor.addInitializer(graph, { name, type, tensor: tensorFromNd(array) }));
  }
  for (const { op, inputs: operands, output, more = [], attributes = {}, domain = '' } of nodes) {
    const node = editor.createNode(
      {
        opType: op,
        domain,
        inputs: operands.map((name) => values.get(name)),
        outputs: [output, ...more],
        attributes: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      },
      { end: graph },
    );
    [output, ...more].forEach((name, i) => {
      values.set(name, node.outputs[i]);
    });
  }
  const wanted = outputs ?? [nodes.at(-1)?.output ?? ''];
  editor.setOutputs(
    graph,
    wanted.flatMap((name) => values.get(name) ?? []),
  );
  return editor.model;
}

function attributeOf(name: string, value: Plain): Attribute {
  if (typeof value === 'string') return { name, type: 'string', value };
  if (typeof value === 'number') {
    return Number.isInteger(value) && !floats.has(name)
      ? { name, type: 'int', value }
      : { name, type: 'float', value: Math.fround(value) };
  }
  return { name, type: 'ints', value };
}

const floats: ReadonlySet<string> = new Set(['alpha', 'beta', 'clip', 'epsilon', 'scale', 'softcap']);

/** Seeded numbers between -1 and 1, spread over all magnitudes that matter. */
export function drawn(dims: readonly number[], seed: number, dtype: NdArray['dtype'] = 'float32'): NdArray {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const count = dims.reduce((a, b) => a * b, 1);
  return fromReals(
    dtype,
    dims,
    Array.from({ length: count }, () => next() * 2 - 1),
  );
}

export interface BothResults {
  readonly fast: NdArray;
  readonly reference: NdArray;
  readonly session: Session;
}

/** Runs a graph on both tiers. The fast one runs twice: plans and packed weights must serve again. */
export function runBoth(text: GraphText, options: SessionOptions = {}): readonly BothResults[] {
  const model = modelOf(text);
  const session = createSession(model, { ...options, tier: 'fast' });
  expect(session.tier).toBe('fast');
  const first = session.run(text.inputs);
  const second = session.run(text.inputs);
  const want = createSession(model).run(text.inputs);
  return [...want].map(([name, value]) => {
    const reference = arrayOf(value);
    const fast = arrayOf(second.get(name));
    expect(fast.dims).toEqual(reference.dims);
    expect(fast.dtype).toBe(reference.dtype);
    expect(fast.data).toEqual(arrayOf(first.get(name)).data);
    return { fast, reference, session };
  });
}

export function arrayOf(value: NdValue | undefined): NdArray {
  if (!(value instanceof NdArray)) throw new Error('a tensor was expected');
  return value;
}

/**
 * Every element within the bound of a sum of `terms` products in any order: the products' absolute values add up to
 * the element of `magnitudes`. `factor` widens it where an algorithm is known to err more.
 */
export function expectWithinBound(
  { fast, reference }: BothResults,
  magnitudes: NdArray,
  terms: number,
  factor = 1,
): void {
  const unit = 2 ** -24;
  const gamma = ((terms + 4) * unit) / (1 - (terms + 4) * unit);
  const [got, want, size] = [reals(fast), reals(reference), reals(magnitudes)];
  for (let i = 0; i < want.length; i += 1) {
    const error = Math.abs((got[i] ?? 0) - (want[i] ?? 0));
    const bound = 2 * gamma * factor * (size[i] ?? 0);
    if (!(error <= bound)) expect.fail(`element ${i}: ${got[i]} for ${want[i]}, bound ${bound}`);
  }
}

/** Every element within `ulps` steps of float32 or within `absolute`; NaN where the reference has it. */
export function expectClose({ fast, reference }: BothResults, ulps = 4, absolute = 5e-7): void {
  const [got, want] = [reals(fast), reals(reference)];
  for (let i = 0; i < want.length; i += 1) {
    const [g, w] = [got[i] ?? 0, want[i] ?? 0];
    if (Object.is(g, w) || g === w) continue;
    const error = Math.abs(g - w);
    const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(w))), -126) - 23);
    if (!(error <= Math.max(ulps * step, absolute))) expect.fail(`element ${i}: ${g} for ${w}`);
  }
}

/** The absolute values of an array. */
export function magnitudesOf(array: NdArray): NdArray {
  return fromReals(array.dtype, array.dims, Array.from(reals(array), Math.abs));
}
