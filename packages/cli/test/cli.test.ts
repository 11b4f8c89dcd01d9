import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeModel, type Model } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import { allPasses } from '@refold/passes';
import { expect, test } from 'vitest';
import { foreignOptions } from '../src/commands/foreign-options.ts';
import { simplifyOptions } from '../src/commands/simplify-options.ts';
import { bytesOf, Folder, refold, wasteful } from './helpers.ts';

const folder = new Folder();
const input = (graph = wasteful): string => folder.with('in.onnx', bytesOf(graph));
const ops = (path: string): string[] => [...openModel(path).graph.nodes()].map((n) => n.op);
const inputTypes = (model: Model) =>
  model.graph.inputs.map((v) => (v.type?.kind === 'tensor' ? v.type.shape : undefined));

/** One clean line on stderr, nothing on stdout, nothing written. */
async function refuses(status: number, message: string | RegExp, ...argv: readonly string[]): Promise<void> {
  const before = readdirSync(folder.at(''));
  const answer = await refold(...argv);
  expect(answer.err).toMatch(message);
  expect(answer.err).toMatch(/^refold: [^\n]+\n$/);
  expect(answer).toMatchObject({ status, out: '' });
  expect(readdirSync(folder.at(''))).toEqual(before);
}

test('IN and OUT: the model is simplified and a table says how', async () => {
  const answer = await refold(input(), folder.at('out.onnx'));
  expect(answer).toMatchObject({ status: 0, err: '' });
  expect(answer.out).toMatch(/Identity +1 +\* 0/);
  expect(answer.out).toMatch(/^nodes +4 +\* 1$/m);
  expect(answer.out).toMatch(/constants\/fold +1 change /);
  expect(ops(folder.at('out.onnx'))).toEqual(['Mul']);
});

test('without OUT it says what would be done and writes nothing', async () => {
  const path = input();
  const before = readFileSync(path);
  const { status, out } = await refold(path);
  expect(status).toBe(0);
  expect(out).toMatch(/^nodes +4 +\* 1$/m);
  expect(out).not.toMatch(/^model/m);
  expect(readdirSync(folder.at(''))).toEqual(['in.onnx']);
  expect(readFileSync(path)).toEqual(before);
});

test('OUT may be IN', async () => {
  const path = input();
  expect(await refold(path, path, '--check', '1')).toMatchObject({ status: 0, err: '' });
  expect(ops(path)).toEqual(['Mul']);
  expect(readdirSync(folder.at(''))).toEqual(['in.onnx']);
});

test('a command may be named, and stands in front of its operands', async () => {
  expect((await refold('simplify', input(), folder.at('out.onnx'))).status).toBe(0);
  await refuses(4, 'cannot read ./show', './show');
});

test('a mistyped command is told as such, where no file has that name', async () => {
  await refuses(2, "there is no command or file 'shwo'; did you mean show?", 'shwo', input());
  await refuses(4, 'cannot read model', 'model');
  await refuses(2, "unexpected argument 'x': refold passes takes no operands", 'passes', 'x');
});

test.each(['show', 'diff', 'run', 'check', 'passes', 'rules', 'explain', 'simplify'])(
  'refold %s --help names its options',
  async (name) => {
    const { status, out } = await refold(name, '--help');
    expect(status).toBe(0);
    expect(out).toMatch(/^Usage: refold/);
    expect(out).toContain('-h, --help');
  },
);

test('help names every option, ours and others', async () => {
  const { status, out } = await refold('--help');
  expect(status).toBe(0);
  for (const { name } of [...simplifyOptions, ...foreignOptions.synonyms, ...foreignOptions.ignored]) {
    expect(out).toContain(name);
  }
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test('without any word the help goes to stderr, and the status is that of wrong usage', async () => {
  const answer = await refold();
  expect(answer).toMatchObject({ status: 2, out: '' });
  expect(answer.err).toBe((await refold('--help')).out);
});

test('the version is that of the package', async () => {
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  for (const flag of ['--version', '-v']) {
    expect(await refold(flag)).toEqual({ status: 0, out: `${file.version}\n`, err: '' });
  }
});

test('wrong usage is status 2', async () => {
  const path = input();
  await refuses(2, 'there is no option --xyz', path, '--xyz');
  await refuses(2, 'did you mean --only', path, '--onyl', 'linear');
  await refuses(2, 'IN is missing', '--json');
  await refuses(2, "there is no pass 'lineer'; did you mean linear?", path, '--skip', 'lineer');
  await refuses(2, "--check: 'many' is not a whole number", path, '--check', 'many');
  await refuses(2, "--fold-limit: 'x' is not a size in bytes", path, '--fold-limit', 'x');
  await refuses(2, "'close' is not a class of exactness; use exact", path, '--exactness', 'close');
  await refuses(2, "'x:a' is not a shape; write it as NAME:1,3,224,224", path, '--input-shape', 'x:a');
  await refuses(2, "no input 'z'; its inputs are 'x'", path, '--input-shape', 'z:1,2');
  await refuses(2, 'has 2 dimensions, not 1', path, '--input-shape', 'x:1');
  await refuses(2, 'is 2, not 3', path, '--input-shape', 'x:1,3');
  await refuses(2, "no value 'z' to start or end at", path, '--outputs', 'z');
  await refuses(2, "no output 'z' to remove", path, '--unused-output', 'z');
  await refuses(2, 'a model must keep at least one output', path, '--unused-output', 'y');
  await refuses(2, '--save-external needs OUT', path, '--save-external');
  await refuses(2, "'3x' is not a whole number", path, folder.at('out.onnx'), '3x');
  await refuses(2, 'B is missing', 'diff', path);
});

test('bad models are status 3', async () => {
  await refuses(3, 'there is no graph in it', folder.with('empty.onnx', ''));
  await refuses(3, /./, folder.with('text.onnx', 'hello'), folder.at('out.onnx'));
  const clash = 'main (float[2] x, int64[2] n) => (y) { y = Add (x, n) }';
  await refuses(3, "node 'y' (Add): input 1 (B), 'n', is tensor(int64)", input(clash), folder.at('out.onnx'));
  const axis = 'main (float[2] x) => (y) { y = Softmax <axis = 1> (x) }';
  await refuses(3, "axis 1 is out of range for rank 1 (node 'y'", input(axis), folder.at('out.onnx'));
});

test('what never runs may be wrong, and what nobody knows stays', async () => {
  const path = input(`main (bool c, float[2] x) => (y, z) {
    y = If (c) <then_branch = t () => (p) { p = Softmax <axis = 1> (x) }, else_branch = e () => (q) { q = Neg (x) }>
    z = Plugin (x)
  }`);
  const { status, out } = await refold(path, folder.at('out.onnx'));
  expect(status).toBe(0);
  expect(out).toMatch(/^note: Softmax: axis 1 is out of range/m);
  expect(out).toMatch(/^note: .*Plugin.*no such operator$/m);
  expect(ops(folder.at('out.onnx'))).toEqual(['If', 'Plugin']);
});

test('what the file system refuses is status 4, and known before the work starts', async () => {
  const path = input();
  await refuses(4, /cannot read .*missing\.onnx: there is no such file/, folder.at('missing.onnx'));
  await refuses(4, 'it is not a regular file', dirname(path));
  await refuses(4, 'its folder does not exist', path, folder.at('missing/out.onnx'));
  await refuses(4, 'it is a folder', path, dirname(path));
  await refuses(4, 'a part of its path is not a folder', path, `${path}/out.onnx`);
  // The output is looked at first: a model that cannot be read does not matter any more.
  await refuses(4, 'cannot write', folder.with('bad.onnx', 'bad'), folder.at('missing/out.onnx'));
});

test.skipIf(process.getuid?.() === 0)('a folder that is closed is status 4 (not for root)', async () => {
  const path = input();
  mkdirSync(folder.at('closed'), { mode: 0o500 });
  await refuses(4, 'permission is denied', path, folder.at('closed/out.onnx'));
  chmodSync(path, 0);
  await refuses(4, 'permission is denied', path);
});

test('a failure leaves the file that was there', async () => {
  const out = folder.with('out.onnx', 'precious');
  await refuses(3, /./, folder.with('bad.onnx', 'bad'), out);
  expect(readFileSync(out, 'utf8')).toBe('precious');
});

test('--check, and the third word, compare original and result', async () => {
  const path = input();
  for (const argv of [['--check', '2'], ['2'], ['--model-check']]) {
    const { status, out } = await refold(path, folder.at('out.onnx'), ...argv);
    expect(status).toBe(0);
    expect(out).toMatch(/^check: equal on [12] sets of inputs$/m);
  }
  const fixed = ['--seed', '7', '--check-rtol', '0', '--check-atol', '0', '--test-input-shape', 'x:5,2'];
  expect((await refold(path, '--check', '1', ...fixed)).out).toContain('check: equal on 1 sets');
  await refuses(2, "no input 'z'", path, '--check', '1', '--test-input-shape', 'z:5,2');
});

test('a check that cannot run says so', async () => {
  const { status, out } = await refold(input('main (float[2] x) => (y) { y = Plugin (x) }'), '--check', '1');
  expect(status).toBe(0);
  expect(out).toContain('check: the original could not be run');
});

test('--only and --skip choose passes, wherever the models stand', async () => {
  const path = input();
  const out = folder.at('out.onnx');
  const left = async (...argv: readonly string[]): Promise<string[]> => {
    expect((await refold(...argv)).status).toBe(0);
    return ops(out);
  };
  const all = ['Add', 'Identity', 'Exp', 'Mul'];
  expect(await left(path, out, '--only', 'none')).toEqual(all);
  expect(await left('--only', 'none', path, out)).toEqual(all);
  expect(await left('--only', 'dead/nodes', 'identities', path, out)).toEqual(['Add', 'Mul']);
  expect(await left('--skip', 'constants', path, out)).toEqual(['Add', 'Mul']);
  expect(await left('--skip', 'eliminate_identity', 'constant_folding', path, out)).toEqual([
    'Add',
    'Identity',
    'Mul',
  ]);
  expect(await left(path, out, '--skip-optimization')).toEqual(all);
  expect(await left('--skip-optimization', path, out)).toEqual(all);
  expect(await left(path, out, '--skip-constant-folding')).toEqual(['Add', 'Mul']);
  expect(await left(path, out, '--only', 'none', '--also', 'dead/nodes')).toEqual(all);
  expect(await left(path, out, '--enable-optimization', 'control/functions')).toEqual(['Mul']);
});

test('--inline-functions runs a pass that is off by default', async () => {
  const name = 'control/functions';
  expect(allPasses.find((p) => p.name === name)?.byDefault).toBe(false);
  const reported = async (...argv: readonly string[]) =>
    JSON.parse((await refold(input(), '--json', ...argv)).out).passes;
  expect(await reported()).not.toContainEqual(expect.objectContaining({ name }));
  expect(await reported('--inline-functions')).toContainEqual(expect.objectContaining({ name }));
});

test('--fold-limit bounds what folding may add', async () => {
  const path = input(`main (float[100, 100] x) => (y) <int64[2] s = {100, 100}> {
    c = ConstantOfShape <value = float {7}> (s)  d = Sin (c)  y = Add (x, d) }`);
  const out = folder.at('out.onnx');
  await refold(path, out);
  expect(statSync(out).size).toBeLessThan(2000);
  await refold(path, out, '--size-threshold', '1MB');
  expect(ops(out)).toEqual(['Add']);
  await refold('--no-large-tensor', path, out);
  expect(statSync(out).size).toBeLessThan(2000);
});

test('--exactness bounds what rewrites may round', async () => {
  const path = input(`main (float[2] x) => (y) <float a = {0.1}, float b = {0.3}> {
    t = Mul (x, a)  y = Mul (t, b) }`);
  const count = async (cls: string) =>
    (await refold(path, folder.at('out.onnx'), '--exactness', cls)) && ops(folder.at('out.onnx'));
  expect(await count('exact')).toEqual(['Mul', 'Mul']);
  expect(await count('reassociate')).toEqual(['Mul']);
});

test('--input-shape pins inputs and the symbols in them', async () => {
  const path = input('main (float[N, 2] x, float[N] z) => (y) { y = Identity (x)  u = Neg (z) }');
  const out = folder.at('out.onnx');
  for (const flag of ['--input-shape', '--input-shapes', '--overwrite-input-shape']) {
    expect(await refold(flag, 'x:5,2', path, out, '--check', '1')).toMatchObject({ status: 0, err: '' });
    expect(inputTypes(openModel(out))).toEqual([[5, 2], [5]]);
  }
  await refuses(2, "the size 'N' cannot be both 5 and 6", '--input-shape', 'x:5,2', 'z:6', path);
  const single = folder.with('single.onnx', bytesOf(wasteful));
  expect((await refold(single, out, '1', '--input-shape', '4,2')).status).toBe(0);
  expect(inputTypes(openModel(out))).toEqual([[4, 2]]);
});

test('--inputs and --outputs cut, --unused-output drops', async () => {
  const path = input(
    `main (float[2] x) => (float[2] z, float[2] w) { a = Neg (x) b = Exp (a) z = Sin (b) w = Cos (x) }`,
  );
  const out = folder.at('out.onnx');
  const cut = async (...argv: readonly string[]) => {
    expect(await refold(...argv, '--check', '1')).toMatchObject({ status: 0, err: '' });
    const { graph } = openModel(out);
    return [
      graph.inputs.map((v) => v.name),
      [...graph.nodes()].map((n) => n.op),
      graph.outputs.map((v) => v.name),
    ];
  };
  expect(await cut('--inputs', 'a', '--outputs', 'z', path, out)).toEqual([['a'], ['Exp', 'Sin'], ['z']]);
  expect(await cut(path, out, '--outputs', 'b', 'a')).toEqual([['x'], ['Neg', 'Exp'], ['b', 'a']]);
  expect(await cut(path, out, '--inputs', 'b:fp32', 'x')).toEqual([
    ['x', 'b'],
    ['Sin', 'Cos'],
    ['z', 'w'],
  ]);
  expect(await cut('--unused-output', 'w', path, out)).toEqual([['x'], ['Neg', 'Exp', 'Sin'], ['z']]);
  await refuses(
    2,
    "'b' is not of type float16, and types are not converted",
    path,
    '--inputs',
    'b:fp16',
    'x',
  );
  await refuses(2, "the submodel still needs the input 'x'", path, '--inputs', 'b');
});

test('--save-external writes weights beside the model', async () => {
  const path = input(
    `main (float[64] x) => (y) <float[64] w = {${Array.from({ length: 64 }, (_, i) => i)}}> { y = Add (x, w) }`,
  );
  const out = folder.at('out.onnx');
  expect((await refold(path, out, '--save-external', '--external-data-threshold', '16')).status).toBe(0);
  expect(readdirSync(folder.at('')).sort()).toEqual(['in.onnx', 'out.onnx', 'out.onnx.data']);
  expect(openModel(out).graph.initializers.size).toBe(1);
  expect((await refold(path, out, '--save-external=w.bin', '--external-data-threshold', '16B')).status).toBe(
    0,
  );
  expect(existsSync(folder.at('w.bin'))).toBe(true);
  await refuses(
    2,
    'must be the name of another file beside the model',
    path,
    out,
    '--save-external=../w.bin',
  );
  expect((await refold('--save-as-external-data', path, out)).status).toBe(0);
});

test('--verify looks at the model after every pass', async () => {
  expect(await refold(input(), folder.at('out.onnx'), '--verify')).toMatchObject({ status: 0, err: '' });
});

test('words of onnxsim and OnnxSlim that change nothing are accepted', async () => {
  const argv = foreignOptions.ignored.flatMap((o) => (o.takesWord ? [o.name, 'word'] : [o.name]));
  expect(await refold(...argv, input(), folder.at('out.onnx'))).toMatchObject({ status: 0, err: '' });
});

test.each([
  '--dtype',
  '--providers',
  '--cuda',
  '--emit-mlir',
  '--weight-only-quantize-int4',
  '--static-quantize',
  '--calibration-dataset',
  '--certify',
  '--graph-diff',
  '--inspect',
  '--dump-to-disk',
  '--input-fill',
  '--input-data-path',
  '--profile',
  '--ort-profile',
  '--merge-ort-profile',
  '--node-reduction-plot',
  '--list-default-optimizers',
  '--enable-onnxruntime-optimization',
  '--initializers-as-non-constants',
])('%s is refused in one clear sentence', async (flag) => {
  await refuses(2, `${flag} is not supported: `, input(), folder.at('out.onnx'), flag);
});

test('show prints a model', async () => {
  const path = input();
  const { status, out } = await refold('show', path);
  expect(status).toBe(0);
  expect(out).toContain('  x: float32[N, 2]');
  expect(out).toContain('4 nodes, 0 Constant nodes, 0 functions');
  expect(out).toContain('y = Mul (same, c)');
  expect((await refold('show', '--no-graph', path)).out).not.toContain('y = Mul');
});

test('show shortens large tensors unless all is wanted', async () => {
  const path = input(
    `main (float[20] x) => (y) <float[20] w = {${Array.from({ length: 20 }, (_, i) => 100 + i)}}> { y = Add (x, w) }`,
  );
  expect((await refold('show', path)).out).not.toContain('119');
  expect((await refold('show', path, '--full')).out).toContain('119');
});

test('diff shows what differs', async () => {
  const path = input();
  await refold(path, folder.at('out.onnx'));
  expect(await refold('diff', path, path)).toEqual({ status: 0, out: 'the models are equal\n', err: '' });
  const { status, out } = await refold('diff', path, folder.at('out.onnx'));
  expect(status).toBe(0);
  expect(out).toMatch(/^- .*Identity/m);
});

test('passes lists all of them', async () => {
  const { out } = await refold('passes');
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(allPasses.map((p) => p.name));
  expect(out).toMatch(/^control\/functions +off/m);
});

test('names from models reach no terminal as they are', async () => {
  const evil = '\u001b[31mred\u001b]0;title\u0007\u202e\n\u0000';
  const spell = (graph: string): Uint8Array => {
    // The textual syntax has no such names, so they take the place of others of the same length.
    const bytes = Buffer.from(bytesOf(graph));
    const name = Buffer.from(evil);
    const holder = Buffer.alloc(name.length, 'E');
    for (let at = bytes.indexOf(holder); at >= 0; at = bytes.indexOf(holder)) name.copy(bytes, at);
    return bytes;
  };
  const holder = 'E'.repeat(Buffer.byteLength(evil));
  const good = folder.with(
    'good.onnx',
    spell(`main (float[2] ${holder}) => (y) { y = Plugin${holder} (${holder}) }`),
  );
  expect(decodeModel(readFileSync(good)).graph.inputs[0]?.name).toBe(evil);
  const bad = folder.with(
    'bad.onnx',
    spell(`main (float[2] x) => (${holder}) { ${holder} = Softmax <axis = 1> (x) }`),
  );
  const answers = [
    await refold('show', good),
    await refold(good, folder.at('out.onnx'), '--only', 'none'),
    await refold('diff', good, bad),
    await refold(good, '--input-shape', 'z:1'),
    await refold(bad),
    await refold(bad, '--outputs', evil.slice(0, -1)),
    await refold(folder.at(evil.replace('\0', ''))),
    await refold(good, `--${evil}`),
  ];
  for (const { out, err } of answers) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out + err).not.toBe('');
  }
});

test('--opset raises the opset, or says why it cannot and writes nothing', async () => {
  const answer = await refold(input(), folder.at('out.onnx'), '--opset', '21');
  expect(answer).toMatchObject({ status: 0, err: '' });
  expect(answer.out).toMatch(/^opset: \d+ -> 21, \d+ nodes rewritten$/m);
  expect(openModel(folder.at('out.onnx')).opsets.get('')).toBe(21);
  expect((await refold(input(), '--target-opset=latest')).status).toBe(0);
  await refuses(2, 'cannot be lowered to 7', input(), folder.at('lower.onnx'), '--opset', '7');
  await refuses(2, "--opset: 'new' is not an opset", input(), '--opset', 'new');
  await refuses(2, /opset 999 is not one from 7 to \d+/, input(), '--opset', '999');
});

test('an opset that the operators cannot be raised to', async () => {
  const erf = folder.with('erf.onnx', bytesOf('main (int64[2] x) => (int64[2] y) { y = Erf (x) }', 9));
  await refuses(
    3,
    /^refold: Erf 'y' cannot be raised to opset 13: it takes no int64/,
    erf,
    folder.at('out.onnx'),
    '--opset',
    '13',
  );
});
