import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
});
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

test("another project's suite uses the property-test kit", () => {
  const printed = runIn(project, process.execPath, ['--test', '--test-reporter=tap', 'suite/kit.test.mjs']);
  expect(printed).toMatch(/^# pass 3$/m);
  expect(printed).toMatch(/^# fail 0$/m);
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

test('what the READMEs and the guide show compiles and runs', () => {
  const example = readFileSync(join(root, 'examples/tiny_transformer.onnx'));
  for (const name of ['model.onnx', 'smaller.onnx']) writeFileSync(join(project, name), example);
  const pages = [
    ...packages.map(([folder]) => `packages/${folder}/README.md`),
    'docs/writing-rules.md',
    'docs/property-tests.md',
  ];
  const files = pages.flatMap((page, nth) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(/^```ts\n(?:\/\/ (\S+\.ts)\n)?(.*?)^```/gms)].map(([, name, code = ''], i) => {
      const file = name ?? `page-${nth}-${i}.ts`;
      writeFileSync(join(project, file), code);
      return file;
    });
  });
  expect(files.length).toBeGreaterThanOrEqual(packages.length);
  const node = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] };
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    strict: true,
    ...node,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  runIn(project, tool('tsc'), ['-p', 'tsconfig.json']);
  for (const file of files) runIn(project, process.execPath, [file.replace('.ts', '.js')]);
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

test.each(packages)('packages/%s: %s holds what its doors lead to, and no tests', (_, name) => {
  const unpacked = join(place, 'unpacked', name, 'package');
  const files = readdirSync(unpacked, { recursive: true }).map(String);
  expect(files.filter((file) => /\.test\b|test-d/.test(file))).toEqual([]);
  const text = readFileSync(join(unpacked, 'package.json'), 'utf8');
  expect(text).not.toMatch(/workspace:|catalog:/);
  const doors = [...text.matchAll(/"\.\/(dist\/[^"]+)\.js"/g)].map(([, door = '']) => door);
  const reached = reachedFrom(unpacked, doors);
  const modules = files
    .filter((file) => /^dist\/.*\.js$/.test(file))
    .map((file) => file.replace(/\.js$/, ''));
  expect(modules.filter((module) => !reached.has(module))).toEqual([]);
});

/** Modules that others lead to, by their code or by their types. */
function reachedFrom(folder: string, doors: readonly string[]): ReadonlySet<string> {
  const reached = new Set(doors);
  for (const module of reached) {
    for (const ending of ['.js', '.d.ts']) {
      const path = join(folder, module + ending);
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      for (const [, to = ''] of text.matchAll(/['"](\.[^'"]*)\.(?:js|ts)['"]/g)) {
        reached.add(join(dirname(module), to));
      }
    }
  }
  return reached;
}
