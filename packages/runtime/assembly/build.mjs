// Compiles the kernels of the fast tier, which stand here in AssemblyScript, to src/fast/wasm/generated.
// usage: node packages/runtime/assembly/build.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = new URL('../src/fast/wasm/generated/', import.meta.url);
const header = '// Written by assembly/build.mjs. Do not edit.';

/** The generated files: paths and texts. */
export async function generateKernels() {
  const plain = await compile('index.ts');
  // The second module works in the memory of the first, above what that one keeps for itself.
  const base = freeOf(plain.wasm);
  const relaxed = await compile('relaxed.ts', '--enable', 'relaxed-simd', '--memoryBase', `${base}`);
  return new Map([
    [fileURLToPath(new URL('kernels.ts', folder)), kernelsFile(plain)],
    [fileURLToPath(new URL('relaxed.ts', folder)), relaxedFile(relaxed)],
  ]);
}

/** The module of an entry file, and its declarations. */
export async function compile(entry, ...more) {
  const files = new Map();
  const flags =
    '-O3 --runtime stub --noAssert --enable simd --importMemory --bindings raw --outFile out.wasm';
  const { error, stderr } = await asc.main([entry, ...flags.split(' '), ...more, '--baseDir', '.'], {
    readFile: (name) => readIfThere(new URL(name, import.meta.url)),
    writeFile: (name, contents) => files.set(name, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return { wasm: files.get('out.wasm'), declarations: files.get('out.d.ts') };
}

/** The first byte of memory that a module does not use for itself. */
function freeOf(wasm) {
  const memory = new WebAssembly.Memory({ initial: 2 });
  return new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } }).exports.free.value;
}

function kernelsFile({ wasm, declarations }) {
  return `${header}

/** What the module exports. Sizes and addresses are integers, as the sources describe. */
export interface Kernels {
  /** The first byte of memory that no kernel uses for itself. */
  readonly free: WebAssembly.Global<'i32'>;
${signatures(declarations)}
}

/** The module in base64. */
export const kernels: string =
  '${base64(wasm)}';
`;
}

function relaxedFile({ wasm }) {
  return `${header}

/** Some of the kernels once more with relaxed SIMD, in base64. */
export const relaxedKernels: string =
  '${base64(wasm)}';
`;
}

/** The exported functions as methods of an interface. */
function signatures(declarations) {
  const lines = [];
  for (const [, name, parameters] of declarations.matchAll(/export function (\w+)\(([^)]*)\): void;/g)) {
    lines.push(`  ${name}(${parameters.replaceAll('boolean | number', 'boolean')}): void;`);
  }
  return lines.sort().join('\n');
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
