import { decodeBase64 } from './base64.ts';
import { kernels as encoded, type Kernels, limits } from './generated/kernels.ts';

export type { Kernels };

/** Compiled modules: for a memory of one thread, and for one that threads share. */
const compiled: { own?: WebAssembly.Module; shared?: WebAssembly.Module } = {};

/** A module with one function that makes a vector of zeros: valid where there is SIMD. */
const probe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];

/** Whether this engine runs WebAssembly with SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(probe));
}

/** Compiles the kernels without keeping the thread from other work. Says whether they run here. */
export async function compileKernels(shared: boolean): Promise<boolean> {
  const kind = shared ? 'shared' : 'own';
  if (!compiled[kind] && hasSimd()) {
    compiled[kind] = await WebAssembly.compile(bytesOf(encoded, limits, shared));
  }
  return compiled[kind] !== undefined;
}

/** The compiled kernels; undefined where they do not run, or would have had to be waited for. */
export function fastModule(shared = false): WebAssembly.Module | undefined {
  const kind = shared ? 'shared' : 'own';
  if (compiled[kind] || !hasSimd()) return compiled[kind];
  try {
    compiled[kind] = new WebAssembly.Module(bytesOf(encoded, limits, shared));
  } catch {
    // A main thread that must not compile synchronously, or a policy that forbids to compile at all.
  }
  return compiled[kind];
}

/** The bytes of a module, for a memory that is `shared` or not: a flag where it says which it imports. */
export function bytesOf(base64: string, limits: number, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(base64);
  if (shared) bytes[limits] = 3;
  return bytes;
}
