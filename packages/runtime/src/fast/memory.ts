import { ModelError } from '@refold/ir';
import type { Place } from './places.ts';
import { instantiate, type Kernels } from './wasm/load.ts';

const PAGE = 65536;

/** Kernels may read so many bytes beyond an operand, whose values they do not use. */
const OVERREAD = 64;

/** Vectors of every engine, and lines of caches, begin at a multiple of this. */
export const ALIGNMENT = 64;

/** Where a plan that runs keeps its values. */
interface Arena {
  readonly layout: ArenaLayout;
  base: number;
}

/** Places of a plan, where each begins in an arena, and bytes: those that it takes, and that no arena could do without. */
export interface ArenaLayout {
  readonly places: readonly Place[];
  readonly offsets: readonly number[];
  readonly arenaBytes: number;
  readonly boundBytes: number;
}

/**
 * The one memory of a session. What stays for all runs (packed weights, constants) lies at its beginning; above it
 * lie the arenas of the plans that run: that of the main graph, and of a nested graph that it waits for.
 * Growing replaces the buffer, so views are made when they are needed.
 */
export class FastMemory {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  /** Where what stays begins, and ends. */
  private readonly base: number;
  private top: number;
  private readonly kept = new Map<object, Map<string, number>>();
  private readonly arenas: Arena[] = [];
  private most = { arena: 0, arenaBound: 0 };

  constructor(module: WebAssembly.Module, over?: WebAssembly.Module) {
    this.memory = new WebAssembly.Memory({ initial: 4, maximum: PAGE });
    this.kernels = instantiate(module, this.memory, over);
    this.base = align(this.kernels.free.value);
    this.top = this.base;
  }

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Bytes of what stays for all runs. */
  get weights(): number {
    return this.top;
  }

  /** The most that arenas took together since `restart`, and what no arenas could have done with less than. */
  get peak(): { readonly arena: number; readonly arenaBound: number } {
    return this.most;
  }

  /** Forgets all that is in it, for another session. */
  clear(): void {
    this.restart();
    this.kept.clear();
    this.top = this.base;
  }

  /** Forgets arenas that an error left behind, and the peak. */
  restart(): void {
    this.arenas.length = 0;
    this.most = { arena: 0, arenaBound: 0 };
  }

  /** Makes an arena for a plan above all others, and says its places where they are. */
  enter(layout: ArenaLayout): void {
    const base = this.end;
    this.grow(base + layout.arenaBytes + OVERREAD);
    layout.places.forEach((place, i) => {
      place.at = base + (layout.offsets[i] ?? 0);
    });
    this.arenas.push({ layout, base });
    const bound = this.arenas.reduce((sum, arena) => sum + arena.layout.boundBytes, 0);
    this.most = {
      arena: Math.max(this.most.arena, base + layout.arenaBytes - this.top),
      arenaBound: Math.max(this.most.arenaBound, bound),
    };
  }

  /** Gives up the newest arena. */
  leave(): void {
    this.arenas.pop();
  }

  /** Where everything ends that is in use. */
  private get end(): number {
    const last = this.arenas.at(-1);
    return last ? align(last.base + last.layout.arenaBytes) : this.top;
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
      this.moveArenas(align(bytes));
      this.top = align(address + bytes);
      // An arena may have lain here.
      new Uint8Array(this.buffer, address, bytes).fill(0);
      fill(address);
      forms.set(form, address);
    }
    return address;
  }

  /** Makes room below the arenas. */
  private moveArenas(bytes: number): void {
    const [lowest] = this.arenas;
    const { end } = this;
    this.grow(end + bytes + OVERREAD);
    if (!lowest) return;
    new Uint8Array(this.buffer).copyWithin(lowest.base + bytes, lowest.base, end);
    for (const arena of this.arenas) {
      arena.base += bytes;
      for (const place of arena.layout.places) place.at += bytes;
    }
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
