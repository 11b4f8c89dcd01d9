import { relaxedKernels, relaxedLimits } from './generated/relaxed.ts';
import { bytesOf } from './load.ts';

/** Compiled modules: for a memory of one thread, and for one that threads share. */
const compiled: { own?: WebAssembly.Module; shared?: WebAssembly.Module } = {};

/**
 * Products and depthwise convolutions that multiply and add in one instruction, which machines may round once or
 * twice. Undefined where the engine does not know such instructions. The module is small enough for every browser to
 * compile synchronously.
 */
export function relaxedModule(shared = false): WebAssembly.Module | undefined {
  const kind = shared ? 'shared' : 'own';
  if (compiled[kind] || typeof WebAssembly !== 'object') return compiled[kind];
  const bytes = bytesOf(relaxedKernels, relaxedLimits, shared);
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    compiled[kind] = new WebAssembly.Module(bytes);
  } catch {
    // A policy that forbids to compile.
  }
  return compiled[kind];
}
