import { parseModel } from '@refold/ir';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../session/session.ts';
import { NdArray } from '../../../tensor/nd-array.ts';
import { fromReals, reals } from '../../../tensor/reals.ts';

const OPSETS = [12, 13, 18, 28];

function session(
  inputs: string,
  outputs: string,
  body: string,
  opset = 28,
): ReturnType<typeof createSession> {
  return createSession(
    parseModel(`<ir_version: 10, opset_import: ["" : ${opset}, "ai.onnx.preview.training" : 1]>
      g (${inputs}) => (${outputs}) { ${body} }`),
  );
}

function random(dims: readonly number[], seed: number): NdArray {
  const count = dims.reduce((a, b) => a * b, 1);
  const values = Array.from(
    { length: count },
    (_, i) => 0.2 + 0.6 * ((Math.sin(seed + 12.9898 * i) + 1) / 2),
  );
  return fromReals('float64', dims, values);
}

const sum = (value: ArrayLike<number>): number => Array.from(value).reduce((a, b) => a + b, 0);

/** Holds the derivatives of Σy against differences of Σy. */
function check(operands: Readonly<Record<string, readonly number[]>>, body: string, opset = 28): void {
  const names = Object.keys(operands);
  const inputs = Object.entries(operands).map(([name, dims]) => `double[${dims}] ${name}`);
  const xs = names.map((name) => `"${name}"`).join();
  const run = session(
    inputs.join(', '),
    ['y', ...names.map((name) => `d${name}`)].join(', '),
    `${body}
     ${names.map((name) => `d${name}`).join(', ')} =
       ai.onnx.preview.training.Gradient <xs = [${xs}], y = "y"> (${names.join(', ')})`,
    opset,
  );
  const feeds = new Map(Object.entries(operands).map(([name, dims], i) => [name, random(dims, i)]));
  const results = run.run(feeds);
  const target = (name: string, values: Float64Array): number => {
    const moved = new Map(feeds).set(name, new NdArray('float64', operands[name] ?? [], values));
    const y = run.run(moved).get('y');
    return y?.kind === 'tensor' ? sum(reals(y)) : Number.NaN;
  };
  for (const name of names) {
    const derivative = results.get(`d${name}`);
    if (derivative?.kind !== 'tensor') throw new Error(`there is no d${name}`);
    expect(derivative.dims).toEqual(operands[name]);
    const values = Float64Array.from(reals(feeds.get(name) ?? random([], 0)));
    reals(derivative).forEach((got, i) => {
      const [up, down] = [values.slice(), values.slice()];
      up[i] = (up[i] ?? 0) + 1e-5;
      down[i] = (down[i] ?? 0) - 1e-5;
      expect(got).toBeCloseTo((target(name, up) - target(name, down)) / 2e-5, 5);
    });
  }
}

const functions = [
  ...['Identity', 'Neg', 'Abs', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos'],
  ...['Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Atanh', 'Sigmoid', 'Softplus', 'Softsign', 'Erf', 'Relu'],
];

describe('derivatives are what differences tell', () => {
  test.each(functions)('%s', (op) => {
    check({ a: [2, 3] }, `y = ${op} (a)`);
  });

  test('Acosh, LeakyRelu and Elu', () => {
    check({ a: [3] }, 'two = Constant <value = double {2.0}> () b = Add (a, two) y = Acosh (b)');
    check({ a: [3] }, 'b = Neg (a) y = LeakyRelu <alpha = 0.3> (b)');
    check({ a: [3] }, 'b = Neg (a) y = Elu <alpha = 0.7> (b)');
  });

  test.each(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sum', 'Mean'])('%s of operands that are broadcast', (op) => {
    check({ a: [2, 3], b: [3] }, `y = ${op} (a, b)`);
    check({ a: [2, 1, 2], b: [3, 1] }, `y = ${op} (a, b)`);
    check({ a: [2], b: [] }, `y = ${op} (b, a)`);
  });

  test('a power by an integer', () => {
    check({ a: [4] }, 'three = Constant <value = int64 {3}> () y = Pow (a, three)');
  });

  test('Where hands on what was chosen', () => {
    check(
      { a: [4], b: [1] },
      'half = Constant <value = double {0.45}> () c = Less (a, half) y = Where (c, a, b)',
    );
  });

  test('products of matrices, stacks of them and vectors', () => {
    check({ a: [2, 3], b: [3, 2] }, 'y = MatMul (a, b)');
    check({ a: [2, 1, 2, 3], b: [2, 3, 2] }, 'y = MatMul (a, b)');
    check({ a: [3], b: [2, 3, 2] }, 'y = MatMul (a, b)');
    check({ a: [2, 3], b: [3] }, 'y = MatMul (a, b)');
    check({ a: [3], b: [3] }, 'y = MatMul (a, b)');
  });

  test.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])('Gemm with transA %i and transB %i', (transA, transB) => {
    const operands = { a: transA ? [3, 2] : [2, 3], b: transB ? [4, 3] : [3, 4], c: [4] };
    check(operands, `y = Gemm <transA = ${transA}, transB = ${transB}, alpha = 0.5, beta = 2.0> (a, b, c)`);
  });

  test('Conv, with strides that leave a rest, dilations and pads', () => {
    const b = [2];
    check({ a: [2, 3, 5], w: [2, 3, 2], b }, 'y = Conv (a, w, b)');
    check(
      { a: [1, 2, 6, 5], w: [2, 2, 2, 3], b },
      'y = Conv <strides = [2, 3], pads = [1, 0, 0, 1]> (a, w, b)',
    );
    check({ a: [1, 1, 8], w: [2, 1, 2], b }, 'y = Conv <strides = [2], dilations = [3]> (a, w, b)', 12);
    check(
      { a: [1, 4, 4] },
      `w = Constant <value = double[2, 2, 1] {1.0, 2.0, 3.0, 4.0}> ()
      y = Conv <group = 2, auto_pad = "SAME_UPPER"> (a, w)`,
    );
  });

  test.each(OPSETS)('what moves and sums, at opset %i', (opset) => {
    const axes =
      opset < 13 ? 's = ReduceSum <axes = [1], keepdims = 0> (t)' : 's = ReduceSum <keepdims = 0> (t, one)';
    const mean = opset < 18 ? 'm = ReduceMean <axes = [0]> (s)' : 'm = ReduceMean (s, zero)';
    check(
      { a: [2, 3, 2] },
      `one = Constant <value = int64[1] {1}> () zero = Constant <value = int64[1] {0}> ()
       sizes = Constant <value = int64[2] {4, 3}> () squares = Mul (a, a)
       t = Transpose <perm = [2, 0, 1]> (squares) ${axes} ${mean} p = Mul (m, m)
       f = Flatten <axis = 0> (squares) r = Reshape (f, sizes) w = Sin (r) y = Add (w, p)`,
      opset,
    );
  });

  test.each(['Softmax', 'LogSoftmax'])('%s, along one axis and over all from one on', (op) => {
    for (const opset of [12, 13]) {
      check({ a: [2, 2, 3], w: [2, 2, 3] }, `s = ${op} <axis = 1> (a) y = Mul (s, w)`, opset);
    }
  });
});

test('a value that is used twice collects both shares, one that is not used gives zeros', () => {
  const { run } = session(
    'float a, float[2] b',
    'da, db',
    `c = Mul (a, a) d = Add (c, a)
     da, db = ai.onnx.preview.training.Gradient <xs = ["a", "b"], y = "d"> (a, b)`,
  );
  const results = run(
    new Map([
      ['a', fromReals('float32', [], [3])],
      ['b', fromReals('float32', [2], [1, 2])],
    ]),
  );
  expect(results.get('da')).toMatchObject({ data: Float32Array.of(7) });
  expect(results.get('db')).toMatchObject({ data: Float32Array.of(0, 0) });
});

test('derivatives by values between, at the place of the operands, with others held', () => {
  // y = h * z with h = x + 1; at h = 5 and z = 7 the derivative by h is 7, whatever x is.
  const { run } = session(
    'float x, float z, float h1, float z1',
    'dh',
    `one = Constant <value = float {1.0}> () h = Add (x, one) y = Mul (h, z)
     dh = ai.onnx.preview.training.Gradient <xs = ["h"], zs = ["z"], y = "y"> (h1, z1)`,
  );
  const scalar = (v: number): NdArray => fromReals('float32', [], [v]);
  const feeds = new Map([
    ['x', scalar(1)],
    ['z', scalar(2)],
    ['h1', scalar(5)],
    ['z1', scalar(7)],
  ]);
  expect(run(feeds).get('dh')).toMatchObject({ data: Float32Array.of(7) });
});

test('a derivative of a derivative', () => {
  const { run } = session(
    'double x',
    'first, second',
    `two = Mul (x, x) y = Mul (two, x)
     first = ai.onnx.preview.training.Gradient <xs = ["x"], y = "y"> (x)
     second = ai.onnx.preview.training.Gradient <xs = ["x"], y = "first"> (x)`,
  );
  const results = run(new Map([['x', fromReals('float64', [], [5])]]));
  expect(results.get('first')).toMatchObject({ data: Float64Array.of(75) });
  expect(results.get('second')).toMatchObject({ data: Float64Array.of(30) });
});

test('what cannot be differentiated is refused by name', () => {
  const of = (body: string): (() => unknown) => {
    const one = session(
      'float[3] a, float[3] b',
      'da',
      `${body} da = ai.onnx.preview.training.Gradient <xs = ["a"], y = "y"> (a)`,
    );
    const value = fromReals('float32', [3], [1, 2, 3]);
    return () =>
      one.run(
        new Map([
          ['a', value],
          ['b', value],
        ]),
      );
  };
  expect(of('y = Hardmax (a)')).toThrow('Gradient: it cannot differentiate Hardmax by operand 0');
  expect(of('y = Add (a, b)')).toThrow('the target depends on b, which is in neither xs nor zs');
  expect(of('z = Neg (a)')).toThrow('there is no value y in graph g');
});

test('a derivative of itself is refused', () => {
  const { run } = session(
    'float a',
    'da',
    'da = ai.onnx.preview.training.Gradient <xs = ["a"], y = "da"> (a)',
  );
  const feeds = new Map([['a', fromReals('float32', [], [1])]]);
  expect(() => run(feeds)).toThrow('is made of its own derivatives');
});

test('derivatives of ever higher order end at a limit', () => {
  const steps = Array.from(
    { length: 40 },
    (_, i) => `d${i + 1} = ai.onnx.preview.training.Gradient <xs = ["a"], y = "d${i}"> (a)`,
  );
  const { run } = session('float a', 'd40', `d0 = Sin (a) ${steps.join(' ')}`);
  expect(() => run(new Map([['a', fromReals('float32', [], [1])]]))).toThrow('Gradient');
});
