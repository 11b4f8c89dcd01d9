// Compiles the kernels of the fast tier, which stand here in AssemblyScript, to src/fast/wasm/generated/kernels.ts.
// usage: node packages/runtime/assembly/build.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

export const target = fileURLToPath(new URL('../src/fast/wasm/generated/kernels.ts', import.meta.url));

/** The text of the generated file. */
export async function generateKernels() {
  const files = new Map();
  const flags =
    '-O3 --runtime stub --noAssert --enable simd --importMemory --bindings raw --outFile out.wasm';
  const { error, stderr } = await asc.main(['index.ts', ...flags.split(' '), '--baseDir', '.'], {
    readFile: (name) => readIfThere(new URL(name, import.meta.url)),
    writeFile: (name, contents) => files.set(name, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return `// Written by assembly/build.mjs. Do not edit.

/** What the module exports. Sizes and addresses are integers, as the sources describe. */
export interface Kernels {
  /** The first byte of memory that no kernel uses for itself. */
  readonly free: WebAssembly.Global<'i32'>;
${signatures(files.get('out.d.ts'))}
}

/** The module in base64. */
export const kernels: string =
  '${Buffer.from(files.get('out.wasm')).toString('base64')}';
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

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await generateKernels());
