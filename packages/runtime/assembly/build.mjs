// Compiles the kernels of the fast tier, which stand here in AssemblyScript, to src/fast/wasm/generated; and bundles what
// its threads run.
// usage: node packages/runtime/assembly/build.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const folder = new URL('../src/fast/wasm/generated/', import.meta.url);
// Node before 22 has relaxed SIMD only behind a flag.
setFlagsFromString('--experimental-wasm-relaxed-simd');

const header = '// Written by assembly/build.mjs. Do not edit.';

/** The generated files: paths and texts. */
export async function generateKernels() {
  const plain = await compile('index.ts');
  // The second module works in the memory of the first, above what that one keeps for itself.
  const base = sizesOf(plain.wasm).free;
  const relaxed = await compile('relaxed.ts', '--enable', 'relaxed-simd', '--memoryBase', `${base}`);
  return new Map([
    [fileURLToPath(new URL('kernels.ts', folder)), kernelsFile(plain, sizesOf(relaxed.wasm))],
    [fileURLToPath(new URL('relaxed.ts', folder)), relaxedFile(relaxed)],
    [fileURLToPath(new URL('helper.ts', folder)), await helperFile()],
  ]);
}

/** The module of an entry file, and its declarations. */
export async function compile(entry, ...more) {
  const files = new Map();
  const flags =
    '-O3 --runtime stub --noAssert --enable simd --importMemory --maximumMemory 65536 --bindings raw --outFile out.wasm';
  const { error, stderr } = await asc.main([entry, ...flags.split(' '), ...more, '--baseDir', '.'], {
    readFile: (name) => readIfThere(new URL(name, import.meta.url)),
    writeFile: (name, contents) => files.set(name, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return { wasm: files.get('out.wasm'), declarations: files.get('out.d.ts') };
}

/** The first byte of memory that a module does not use for itself, and the bytes that each instance works in. */
function sizesOf(wasm) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory, scratch: 0 } });
  return { free: exports.free.value, scratchBytes: exports.scratchBytes.value };
}

/** Where a module says what memory it imports: 1 (with a maximum) there becomes 3 (shared as well). */
function limitsOf(wasm) {
  const kind = Buffer.from(wasm).indexOf('\x03env\x06memory\x02\x01') + 11;
  if (kind < 11) throw new Error('the module imports no memory with a maximum');
  return kind + 1;
}

function kernelsFile({ wasm, declarations }, { free, scratchBytes }) {
  const functions = functionsOf(declarations);
  return `${header}

/** What the module exports. Sizes and addresses are integers, as the sources describe. */
export interface Kernels {
${functions.map(({ name, parameters }) => `  ${name}(${parameters.join(', ')}): void;`).join('\n')}
}

/** The names of their parameters. */
export const parameters = {
${functions.map((each) => `  ${each.name}: [${namesOf(each).join(', ')}],`).join('\n')}
} as const;

/** The first byte of memory that neither module has a constant in. */
export const free: number = ${free};

/** Bytes of memory that an instance works in. */
export const scratchBytes: number = ${scratchBytes};

/** Where the module says whether the memory that it imports is shared. */
export const limits: number = ${limitsOf(wasm)};

/** The module in base64. */
export const kernels: string =
  '${base64(wasm)}';
`;
}

function relaxedFile({ wasm }) {
  return `${header}

/** Where the module says whether the memory that it imports is shared. */
export const relaxedLimits: number = ${limitsOf(wasm)};

/** Some of the kernels once more with relaxed SIMD, in base64. */
export const relaxedKernels: string =
  '${base64(wasm)}';
`;
}

/** The script of a helping thread as text: it needs no file of its own then, wherever the library is bundled to. */
async function helperFile() {
  const entry = fileURLToPath(new URL('../src/fast/threads/helper.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  const text = outputFiles[0].text.trim().replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `${header}

/** What a helping thread runs. */
export const helperSource: string =
  '${text}';
`;
}

/** The exported functions, and their parameters as TypeScript has them. */
function functionsOf(declarations) {
  const found = [...declarations.matchAll(/export function (\w+)\(([^)]*)\): void;/g)];
  return found
    .map(([, name, list]) => ({
      name,
      parameters: list.replaceAll('boolean | number', 'boolean').split(', '),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function namesOf({ parameters }) {
  return parameters.map((parameter) => `'${parameter.split(':')[0]}'`);
}

function base64(bytes) {
  return Buffer.from(bytes).toString('base64');
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await generateKernels()) writeFileSync(path, text);
}
