import { decodeBase64 } from './base64.ts';
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
  if (!compiled && hasSimd()) compiled = await WebAssembly.compile(decodeBase64(encoded));
  return compiled !== undefined;
}

/** The compiled kernels; undefined where they do not run, or would have had to be waited for. */
export function fastModule(): WebAssembly.Module | undefined {
  if (compiled || !hasSimd()) return compiled;
  try {
    compiled = new WebAssembly.Module(decodeBase64(encoded));
  } catch {
    // A main thread that must not compile synchronously, or a policy that forbids to compile at all.
  }
  return compiled;
}

/** The kernels over a memory of one session; those of a second module take the place of the first one's. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  over?: WebAssembly.Module,
): Kernels {
  const exportsOf = (each: WebAssembly.Module): WebAssembly.Exports =>
    new WebAssembly.Instance(each, { env: { memory } }).exports;
  return { ...exportsOf(module), ...(over && exportsOf(over)) } as unknown as Kernels;
}
