import { ModelError } from '@refold/ir';
import { instantiate, type Kernels } from './wasm/load.ts';

const PAGE = 65536;

/** Kernels may read so many bytes beyond an operand, whose values they do not use. */
const OVERREAD = 64;

/** Vectors of every engine, and lines of caches, begin at a multiple of this. */
export const ALIGNMENT = 64;

/**
 * The one memory of a session. What stays for all runs (packed weights, constants) lies at its beginning; above it
 * lies the arena of the plan that runs. Growing replaces the buffer, so views are made when they are needed.
 */
export class FastMemory {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  private top: number;
  private readonly kept = new Map<object, Map<string, number>>();

  constructor(module: WebAssembly.Module, over?: WebAssembly.Module) {
    this.memory = new WebAssembly.Memory({ initial: 4, maximum: PAGE });
    this.kernels = instantiate(module, this.memory, over);
    this.top = align(this.kernels.free.value);
  }

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Where the arena begins. */
  get base(): number {
    return this.top;
  }

  /** Makes room for an arena of so many bytes. */
  reserve(bytes: number): void {
    this.grow(this.top + bytes + OVERREAD);
  }

  /**
   * The address of something made of a constant, which stays. It is made once for a constant and a form.
   * `fill` gets zeros.
   */
  keep(constant: object, form: string, bytes: number, fill: (address: number) => void): number {
    let forms = this.kept.get(constant);
    if (!forms) {
      forms = new Map();
      this.kept.set(constant, forms);
    }
    let address = forms.get(form);
    if (address === undefined) {
      address = this.top;
      this.grow(address + bytes + OVERREAD);
      this.top = align(address + bytes);
      // An arena may have lain here.
      new Uint8Array(this.buffer, address, bytes).fill(0);
      fill(address);
      forms.set(form, address);
    }
    return address;
  }

  /** Whether `keep` has made a form of a constant. */
  has(constant: object, form: string): boolean {
    return this.kept.get(constant)?.has(form) === true;
  }

  floats(address: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.buffer, address, count);
  }

  private grow(bytes: number): void {
    const pages = Math.ceil(bytes / PAGE);
    const missing = pages - this.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    if (pages > PAGE)
      throw new ModelError('model/limit', `the fast tier would need ${bytes} bytes of memory`);
    this.memory.grow(missing);
  }
}

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
