import { kernels as encoded, type Kernels } from './generated/kernels.ts';

export type { Kernels };

let compiled: WebAssembly.Module | undefined;

/** A module with one function that makes a vector of zeros: valid where there is SIMD. */
const probe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];

/** Whether this engine runs WebAssembly with SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(probe));
}

/**
 * Compiles the kernels of the fast tier, once. Browsers do not let their main thread compile more than a few
 * kilobytes synchronously: there, wait for this before the first session is made. Elsewhere it may be left out.
 * @returns whether the fast tier runs here
 */
export async function loadFastKernels(): Promise<boolean> {
  if (!compiled && hasSimd()) compiled = await WebAssembly.compile(bytes());
  return compiled !== undefined;
}

/** The compiled kernels; undefined where they do not run, or would have had to be waited for. */
export function fastModule(): WebAssembly.Module | undefined {
  if (compiled || !hasSimd()) return compiled;
  try {
    compiled = new WebAssembly.Module(bytes());
  } catch {
    // A main thread that must not compile synchronously, or a policy that forbids to compile at all.
  }
  return compiled;
}

/** The kernels over a memory of one session. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as Kernels;
}

function bytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
}
