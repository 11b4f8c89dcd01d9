import { readdirSync, readFileSync } from 'node:fs';
import { Editor, encodeModel, parseModel } from '@refold/ir';
import { fromReals, readNpy, readNpz, readTensorFile, writeNpy, writeNpz } from '@refold/runtime';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { bytesOf, Folder, refold } from './helpers.ts';

const folder = new Folder();
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../docs/${name}.schema.json`, import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true, allErrors: true })
  .addSchema(schemaOf('run'))
  .addSchema(schemaOf('check'));

const double = 'main (float[N, 2] x) => (float[N, 2] y) <float[1] two = {2}> { y = Mul (x, two) }';
const model = (graph: string, name = 'a.onnx'): string => folder.with(name, bytesOf(graph));
const x = fromReals('float32', [3, 2], [1, 2, 3, 4, 5, Number.NaN]);

/** One clean line on stderr, nothing on stdout, nothing written. */
async function refuses(status: number, message: RegExp, ...argv: readonly string[]): Promise<void> {
  const before = readdirSync(folder.at(''));
  const answer = await refold(...argv);
  expect(answer.err).toMatch(message);
  expect(answer.err).toMatch(/^refold: [^\n]+\n$/);
  expect(answer).toMatchObject({ status, out: '' });
  expect(readdirSync(folder.at(''))).toEqual(before);
}

async function report(schema: string, ...argv: readonly string[]) {
  const { status, out } = await refold(...argv, '--json');
  const data = JSON.parse(out);
  ajv.validate(schema, data);
  expect(ajv.errors).toBeNull();
  return { status, data };
}

test('run says what comes out of drawn inputs, the same for the same seed', async () => {
  const path = model(double);
  const { status, out } = await refold('run', path);
  expect(status).toBe(0);
  expect(out).toMatch(/^ {2}x: float32\[2, 2\] {2}normal$/m);
  expect(out).toMatch(/^sizes: N=2$/m);
  expect(out).toMatch(/^ {4}min .*, max .*, mean /m);
  const first = async (...argv: string[]) =>
    (await report('refold-run', 'run', path, ...argv)).data.outputs[0].first;
  expect(await first()).toEqual(await first('--seed', '0'));
  expect(await first()).not.toEqual(await first('--seed', '1'));
  expect(await first('--input', 'x:zeros', '--set', 'N=1')).toHaveLength(2);
});

test('run takes arrays from files of all kinds, and their sizes', async () => {
  const path = model(double);
  const npy = folder.with('x.npy', writeNpy(x));
  const npz = folder.with('x.npz', writeNpz(new Map([['x', x]])));
  for (const argv of [
    ['--input', `x:${npy}`],
    ['--input', npy],
    ['--inputs', npz],
  ]) {
    const { data } = await report('refold-run', 'run', path, ...argv);
    expect(data.sizes).toEqual({ N: 3 });
    expect(data.outputs).toEqual([
      {
        name: 'y',
        kind: 'tensor',
        dtype: 'float32',
        dims: [3, 2],
        statistics: { min: 2, max: 10, mean: 6, nan: 1, infinite: 0 },
        first: [2, 4, 6, 8, 10, 'NaN'],
      },
    ]);
    expect(data.inputs[0].source).toBe('file');
  }
});

test('run writes outputs to files of all kinds', async () => {
  const path = model(double);
  const input = ['--input', `x:${folder.with('x.npy', writeNpy(x))}`];
  const [npy, pb, npz] = ['y.npy', 'y.pb', 'y.npz'].map((name) => folder.at(name));
  if (!npy || !pb || !npz) throw new Error('three files');
  expect((await refold('run', path, ...input, '--output', `y:${npy}`, '--outputs', npz)).status).toBe(0);
  expect((await refold('run', path, ...input, '--output', pb, '--output-dir', folder.at('all'))).status).toBe(
    0,
  );
  const want = fromReals('float32', [3, 2], [2, 4, 6, 8, 10, Number.NaN]);
  expect(readNpy(readFileSync(npy))).toEqual(want);
  expect(readNpz(readFileSync(npz)).get('y')).toEqual(want);
  expect(readTensorFile(readFileSync(pb))).toEqual({ name: 'y', array: want });
  expect(readNpy(readFileSync(folder.at('all/y.npy')))).toEqual(want);
});

test('run --profile prints a row for each operator, and writes a trace', async () => {
  const path = model(double);
  const { out } = await refold('run', path, '--profile');
  expect(out).toMatch(/^operator +count +time +share/m);
  expect(out).toMatch(/^Mul +1 .* (memory|compute) +\d+\.\d%$/m);
  expect(out).toMatch(/^roof of one thread: \d+\.\d GFLOP\/s, \d+\.\d GB\/s$/m);
  const trace = folder.at('trace.json');
  const { data } = await report('refold-run', 'run', path, `--profile=${trace}`);
  expect(data.profile).toMatchObject([
    { op: 'Mul', count: 1, share: 1, flops: 4, roof: { bound: expect.any(String) } },
  ]);
  const [{ bytes, flops, milliseconds, roof }] = data.profile;
  const least = Math.max(bytes / data.roof.bandwidth, flops / data.roof.flops);
  expect(roof.share).toBeCloseTo(least / (milliseconds / 1000));
  expect(JSON.parse(readFileSync(trace, 'utf8')).traceEvents.length).toBeGreaterThan(2);
});

test('names of outputs cannot lead out of the folder', async () => {
  const odd = parseModel(
    '<ir_version: 8, opset_import: ["" : 17]> main (float[2] x) => (float[2] y) { y = Neg (x) }',
  );
  const [y] = odd.graph.outputs;
  if (!y) throw new Error('one output');
  new Editor(odd).rename(y, '../../y');
  const path = folder.with('odd.onnx', encodeModel(odd));
  expect((await refold('run', path, '--output-dir', folder.at('out'))).status).toBe(0);
  expect(readdirSync(folder.at('out'))).toEqual(['__.._y.npy']);
});

test('what run cannot use is refused in one sentence', async () => {
  const path = model(double);
  const bad = folder.with('bad.npy', 'no array');
  const doubles = folder.with('f8.npy', writeNpy(fromReals('float64', [3, 2], [1, 2, 3, 4, 5, 6])));
  await refuses(2, /the model has no input 'z'; its inputs are x/, 'run', path, '--input', 'z:zeros');
  await refuses(
    2,
    /'zeroes' is neither an array file nor a style of random numbers; did you mean zeros\?/,
    'run',
    path,
    '--input',
    'x:zeroes',
  );
  await refuses(
    2,
    /bad\.npy: not a usable \.npy file: it does not begin as one/,
    'run',
    path,
    '--input',
    `x:${bad}`,
  );
  await refuses(2, /not a usable \.npz file: it is not a zip archive/, 'run', path, '--inputs', bad);
  await refuses(2, /input "x" is float64 and must be float32/, 'run', path, '--input', `x:${doubles}`);
  await refuses(3, /input x of shape .* is too large/, 'run', path, '--set', 'N=999999999');
  await refuses(2, /'N' does not give a size; write DIM=N/, 'run', path, '--set', 'N');
  await refuses(
    2,
    /'z:y\.txt' is not an array file; its name must end in \.npy or \.pb/,
    'run',
    path,
    '--output',
    'z:y.txt',
  );
  await refuses(4, /cannot read .*missing\.npy/, 'run', path, '--input', `x:${folder.at('missing.npy')}`);
  await refuses(4, /cannot write/, 'run', path, '--output', `y:${folder.at('no/such/y.npy')}`);
  await refuses(
    3,
    /no kernel for operator Mystery/,
    'run',
    model('main (float[2] x) => (y) { y = Mystery (x) }', 'odd.onnx'),
  );
});

test('check: equal is status 0', async () => {
  const a = model(double);
  const b = model('main (float[N, 2] x) => (float[N, 2] y) { y = Add (x, x) }', 'b.onnx');
  expect(await refold('check', a, a)).toMatchObject({
    status: 0,
    out: 'equal on 5 sets of inputs: every node of B is identical to one of A\n',
  });
  const { status, data } = await report('refold-check', 'check', a, b, '--sets', '7');
  expect(status).toBe(0);
  expect(data).toMatchObject({ verdict: 'equal', sets: 7, compared: 7, largestShare: 0 });
});

test('check: different is status 1, and says where, by how much, and on what', async () => {
  const a = model(
    'main (float[N, 2] x) => (float[N, 2] y) <float[2] w = {2, 3}> { t = Mul (x, w) y = Exp (t) }',
  );
  const b = model(
    'main (float[N, 2] x) => (float[N, 2] y) <float[2] w = {2, 3.00002}> { t = Mul (x, w) y = Exp (t) }',
    'b.onnx',
  );
  const npz = folder.at('inputs.npz');
  const answer = await refold('check', a, b, '--seed', '7', '--save-inputs', npz);
  expect(answer).toMatchObject({ status: 1, err: '' });
  expect(answer.out).toMatch(/^different on N=2, seed 7\nfirst divergence: t, by Mul 't'\n/);
  expect(answer.out).toMatch(/constant w differs: \[1\]: 3 became 3\.0000/);
  expect(readNpz(readFileSync(npz)).get('x')?.dims).toEqual([2, 2]);

  const pb = folder.at('data');
  const { status, data } = await report('refold-check', 'check', a, b, '--save-inputs', pb);
  expect(status).toBe(1);
  expect(data).toMatchObject({
    verdict: 'different',
    divergence: { value: 't', count: 2, worst: { index: [expect.any(Number), 1] }, parameter: { name: 'w' } },
    inputs: { seed: 0, saved: pb },
  });
  expect(readTensorFile(readFileSync(folder.at('data/input_0.pb')))).toMatchObject({ name: 'x' });

  // The saved inputs show the difference by themselves, and a looser tolerance hides it.
  expect((await refold('check', a, b, '--inputs', npz)).out).toMatch(/^different on given inputs\n/);
  expect((await refold('check', a, b, '--rtol', '1e-3')).status).toBe(0);
  expect((await refold('check', a, b, '--atol', '1e-9')).status).toBe(1);
});

test('check: what cannot be run is status 6', async () => {
  const odd = model('main (float[2] x) => (y) { y = Mystery (x) }', 'odd.onnx');
  const { status, out } = await refold('check', odd, odd);
  expect(status).toBe(6);
  expect(out).toMatch(
    /^unverified: A runs on none of the inputs that were tried\nnote: no kernel for operator Mystery/,
  );
  expect((await report('refold-check', 'check', odd, odd)).status).toBe(6);
});

test('check: styles can be chosen', async () => {
  const a = model('main (float[64] x) => (float[64] y) { y = Relu (x) }');
  const b = model(
    'main (float[64] x) => (float[64] y) { z = Relu (x) q = IsNaN (x) n = Cast <to = 1> (q) m = Add (z, n) f = IsNaN (m) g = Where (f, n, z) y = Identity (g) }',
    'b.onnx',
  );
  expect((await refold('check', a, b)).status).toBe(0);
  expect((await refold('check', a, b, '--styles', 'special')).status).toBe(1);
  await refuses(2, /'odd' is neither/, 'check', a, b, '--styles', 'normal,odd');
  await refuses(2, /--rtol needs R/, 'check', a, b, '--rtol', '-1');
  await refuses(2, /check accepts --input only with files/, 'check', a, b, '--input', 'x:zeros');
});

test('check --tier fast runs B on the fast kernels', async () => {
  const path = model(
    'main (float[1, 4] x) => (float[1, 4] y) <float[4] s = {1, 1, 1, 1}> { y = LayerNormalization (x, s) }',
    'rows.onnx',
  );
  expect(await report('refold-check', 'check', path, path, '--tier', 'fast')).toMatchObject({ status: 0 });
  // Squares of such numbers are infinite in float32, in which the fast kernels compute.
  const input = folder.with('large.npy', writeNpy(fromReals('float32', [1, 4], [1e25, 2e25, -3e25, 5e24])));
  const on = ['check', path, path, '--input', `x:${input}`];
  expect(await report('refold-check', ...on)).toMatchObject({ status: 0 });
  const { status, data } = await report('refold-check', ...on, '--tier', 'fast');
  expect(status).toBe(1);
  expect(data.divergence).toBeUndefined();
  expect(data.differences).toMatchObject([{ output: 'y' }]);
  await refuses(2, /--tier must be reference or fast, not 'quick'/, 'check', path, path, '--tier', 'quick');
});

test('--threads shares the work of the fast kernels, and changes no number', async () => {
  const path = model(
    'main (float[300, 300] x) => (float[300, 300] y) { z = MatMul (x, x) y = Softmax (z) }',
    'product.onnx',
  );
  const outputs = async (...more: string[]): Promise<unknown> => {
    const { status, data } = await report('refold-run', 'run', path, '--tier', 'fast', ...more);
    expect(status).toBe(0);
    return data.outputs;
  };
  expect(await outputs('--threads', '2')).toEqual(await outputs());
  const both = ['check', path, path, '--sets', '1', '--tier', 'fast'];
  expect(await report('refold-check', ...both, '--threads', '2')).toMatchObject({ status: 0 });
  await refuses(2, /--threads needs --tier fast/, 'run', path, '--threads', '2');
  await refuses(2, /--threads must be from 1 to 64, not 0/, 'run', path, '--tier', 'fast', '--threads', '0');
  await refuses(2, /--threads must be from 1 to 64, not 65/, ...both, '--threads', '65');
  await refuses(2, /'two' is not a whole number/, ...both, '--threads', 'two');
});
