import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../packages/cli/package.json' with { type: 'json' };
import { installInto, packAll, packages, root, runIn, tool } from './project.ts';

// The packages as they would be published, in a project that has nothing else.
let place = '';
let project = '';
let archives: ReadonlyMap<string, string> = new Map();

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'refold-pack-'));
  project = join(place, 'project');
  archives = packAll(place);
  installInto(project, archives);
  cpSync(join(root, 'test/packaging/fixtures'), project, { recursive: true });
}, 300_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('all packages are imported from JavaScript, and work', () => {
  expect(JSON.parse(runIn(project, process.execPath, ['use.mjs']))).toEqual({
    version: manifest.version,
    nodes: 1,
    verdict: 'equal',
    edges: 2,
    written: true,
    doors: true,
    parts: true,
  });
});

test('npx refold runs', () => {
  expect(runIn(project, 'npx', ['--offline', 'refold', '--version'])).toBe(`${manifest.version}\n`);
  const model = join(root, 'examples/tiny_transformer.onnx');
  const printed = runIn(project, 'npx', ['--offline', 'refold', model, 'out.onnx', '--check', '1']);
  expect(printed).toContain('check: equal on 1 sets of inputs');
  expect(readdirSync(project)).toContain('out.onnx');
});

test.each([
  ['NodeNext', 'NodeNext'],
  ['ESNext', 'Bundler'],
])('types resolve with module %s and resolution %s', (module, moduleResolution) => {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  runIn(project, tool('tsc'), ['-p', 'tsconfig.json']);
});

test.each(packages)('packages/%s: %s is sound by publint and by Are the Types Wrong', async (_, name) => {
  const archive = archives.get(name) ?? '';
  const unpacked = join(place, 'unpacked', name);
  mkdirSync(unpacked, { recursive: true });
  runIn(unpacked, 'tar', ['-xzf', archive]);
  const { messages, pkg } = await publint({ pkgDir: join(unpacked, 'package'), strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  runIn(place, tool('attw'), [archive, '--profile', 'esm-only', '--no-definitely-typed', '--no-color']);
});

test.each(packages)('packages/%s: %s holds no tests, and names versions', (_, name) => {
  const unpacked = join(place, 'unpacked', name, 'package');
  const files = readdirSync(unpacked, { recursive: true }).map(String);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => /\.test\b|test-d/.test(file))).toEqual([]);
  expect(readFileSync(join(unpacked, 'package.json'), 'utf8')).not.toMatch(/workspace:|catalog:/);
});
