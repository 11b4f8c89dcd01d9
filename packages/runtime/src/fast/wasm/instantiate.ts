import type { Kernels } from './generated/kernels.ts';

/** The modules of a session; the kernels of the second take the place of the first one's. */
export interface Modules {
  readonly module: WebAssembly.Module;
  readonly over: WebAssembly.Module | undefined;
}

/** The kernels over a memory. Each instance works in `scratch`, which no other that runs at the same time may. */
export function instantiate({ module, over }: Modules, memory: WebAssembly.Memory, scratch: number): Kernels {
  const exportsOf = (each: WebAssembly.Module): WebAssembly.Exports =>
    new WebAssembly.Instance(each, { env: { memory, scratch } }).exports;
  return { ...exportsOf(module), ...(over && exportsOf(over)) } as unknown as Kernels;
}
