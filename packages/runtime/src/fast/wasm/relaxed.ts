import { decodeBase64 } from './base64.ts';
import { relaxedKernels } from './generated/relaxed.ts';

let compiled: WebAssembly.Module | undefined;

/**
 * Products and depthwise convolutions that multiply and add in one instruction, which machines may round once or
 * twice. Undefined where the engine does not know such instructions. The module is small enough for every browser to
 * compile synchronously.
 */
export function relaxedModule(): WebAssembly.Module | undefined {
  if (compiled || typeof WebAssembly !== 'object') return compiled;
  const bytes = decodeBase64(relaxedKernels);
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    compiled = new WebAssembly.Module(bytes);
  } catch {
    // A policy that forbids to compile.
  }
  return compiled;
}
