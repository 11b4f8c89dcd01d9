import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf, Folder, wasteful } from './helpers.ts';

// The program as it is shipped, in a process of its own.
const folder = new Folder();
let place = '';
let program = '';

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'refold-bin-'));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  const script = fileURLToPath(new URL('../../../scripts/bundle-cli.mjs', import.meta.url));
  execFileSync(process.execPath, [script, join(place, 'bin')]);
  program = join(place, 'bin/main.js');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const refold = (...argv: readonly string[]) =>
  spawnSync(process.execPath, [program, ...argv], { encoding: 'utf8' });

test('statuses reach the shell, messages stderr, reports stdout', () => {
  const path = folder.with('in.onnx', bytesOf(wasteful));
  const done = refold(path, folder.at('out.onnx'), '--check', '1');
  expect(done).toMatchObject({ status: 0, stderr: '' });
  expect(done.stdout).toMatch(/^nodes +4 +\* 1$/m);
  expect(refold()).toMatchObject({ status: 2, stdout: '' });
  expect(refold('--xyz')).toMatchObject({ status: 2, stdout: '' });
  expect(refold(folder.with('bad.onnx', 'bad'))).toMatchObject({ status: 3, stdout: '' });
  expect(refold(folder.at('missing.onnx'))).toMatchObject({ status: 4, stdout: '' });
  expect(refold('passes').stdout.split('\n').length).toBeGreaterThan(20);
});

test('threads that help do not keep the process from ending', () => {
  const path = folder.with(
    'product.onnx',
    bytesOf('main (float[200, 200] x) => (float[200, 200] y) { y = MatMul (x, x) }'),
  );
  const done = refold('run', path, '--tier', 'fast', '--threads', '3');
  expect(done).toMatchObject({ status: 0, stderr: '' });
});

test('no colours and no progress without a terminal', () => {
  const { stdout, stderr } = refold(folder.with('in.onnx', bytesOf(wasteful)));
  expect(stdout + stderr).not.toContain('\u001b');
});

const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });

test('a reader that has seen enough is not a failure', async () => {
  const nodes = Array.from({ length: 20_000 }, (_, i) => `v${i + 1} = Add (v${i}, v0)`).join(' ');
  const path = folder.with('in.onnx', bytesOf(`main (float v0) => (v20000) { ${nodes} }`));
  const child = spawn(process.execPath, [program, 'show', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += text));
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended(child)).toEqual({ code: 0, signal: null });
  expect(complaints).toBe('');
});

test.skipIf(process.platform === 'win32')(
  'an interrupt leaves nothing half written (needs signals)',
  async () => {
    const whole = folder.at('out.onnx');
    const nodes = Array.from({ length: 30_000 }, (_, i) => `v${i + 1} = Mul (v${i}, v0)`).join(' ');
    const path = folder.with('in.onnx', bytesOf(`main (float v0) => (v30000) { ${nodes} }`));
    expect(refold(path, whole).status).toBe(0);
    const bytes = readFileSync(whole);
    for (const delay of [0, 50, 150, 300, 600]) {
      rmSync(whole, { force: true });
      const child = spawn(process.execPath, [program, path, whole], { stdio: 'ignore' });
      setTimeout(() => child.kill('SIGINT'), delay);
      const { signal, code } = await ended(child);
      // A signal that comes late finds the work done.
      expect(signal ?? code).toBeOneOf(['SIGINT', 0]);
      const isWritten = existsSync(whole);
      if (code === 0) expect(isWritten).toBe(true);
      if (isWritten) expect(readFileSync(whole).equals(bytes)).toBe(true);
      expect(readdirSync(folder.at('')).sort()).toEqual(isWritten ? ['in.onnx', 'out.onnx'] : ['in.onnx']);
    }
  },
);
