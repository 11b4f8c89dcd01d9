import { ModelError } from '@refold/ir';
import type { Engine } from './engine.ts';
import type { Place } from './places.ts';
import { type Calls, callsAlone, callsTogether, kernelNames } from './threads/calls.ts';
import type { SharedKernels } from './threads/helper.ts';
import { free, type Kernels, scratchBytes } from './wasm/generated/kernels.ts';
import { instantiate } from './wasm/instantiate.ts';

const PAGE = 65536;

/** Memory grows by this factor at the least. */
const GROWTH = 1.5;

/** Kernels may read so many bytes beyond an operand, whose values they do not use. */
const OVERREAD = 64;

/** Vectors of every engine, and lines of caches, begin at a multiple of this. */
export const ALIGNMENT = 64;

/** Bytes that each thread works in. */
const SCRATCH = align(scratchBytes);

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
  readonly repeat: Calls['repeat'];
  private readonly memory: WebAssembly.Memory;
  /** What helpers know of this memory, as long as it is held here. */
  private readonly shared: SharedKernels | undefined;
  /**
   * Engines do not count shared memory when they decide to collect garbage, and would keep that of sessions which are
   * no more. Arrays as large, which are never touched and so take nothing, are counted in its place.
   */
  private readonly ballast: ArrayBuffer[] = [];
  /** Where what stays begins, and ends. */
  private readonly base: number;
  private top: number;
  private readonly kept = new Map<object, Map<string, number>>();
  private readonly arenas: Arena[] = [];
  private most = { arena: 0, arenaBound: 0 };
  /** From here on nothing was ever written: there are zeros. */
  private fresh = 0;

  constructor({ modules, pool }: Engine) {
    const first = align(free);
    this.base = first + (pool?.threads ?? 1) * SCRATCH;
    this.top = this.base;
    const initial = Math.ceil((this.top + OVERREAD) / PAGE);
    const memory = new WebAssembly.Memory({ initial, maximum: PAGE, shared: pool !== undefined });
    const kernels = instantiate(modules, memory, first);
    const scratch = first + SCRATCH;
    this.shared = pool && { modules, memory, scratch, scratchStep: SCRATCH, names: kernelNames };
    const calls =
      pool && this.shared ? callsTogether(kernels, pool, pool.attach(this.shared)) : callsAlone(kernels);
    this.memory = memory;
    this.kernels = calls.kernels;
    this.repeat = calls.repeat;
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
      const { fresh } = this;
      address = this.top;
      this.moveArenas(align(bytes));
      this.top = align(address + bytes);
      // An arena may have lain here, or what was staged.
      const used = Math.min(bytes, Math.max(0, fresh - address));
      new Uint8Array(this.buffer, address, used).fill(0);
      fill(address);
      forms.set(form, address);
    }
    return address;
  }

  /** Room above all that is in use, until something else is kept or a plan begins. */
  spare(bytes: number): number {
    const { end } = this;
    this.grow(end + bytes + OVERREAD);
    return end;
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

  /** Makes sure of so many bytes, which are going to be written to. */
  private grow(bytes: number): void {
    this.fresh = Math.max(this.fresh, bytes);
    const pages = Math.ceil(bytes / PAGE);
    const there = this.buffer.byteLength / PAGE;
    if (pages <= there) return;
    if (pages > PAGE)
      throw new ModelError('model/limit', `the fast tier would need ${bytes} bytes of memory`);
    // Engines collect garbage when much has been grown, however often. Pages that nobody writes to take no memory.
    const ample = Math.min(PAGE, Math.ceil(there * GROWTH));
    try {
      this.memory.grow(Math.max(pages, ample) - there);
    } catch {
      this.memory.grow(pages - there);
    }
    if (this.shared) this.weigh(this.buffer.byteLength - there * PAGE);
  }

  private weigh(bytes: number): void {
    try {
      this.ballast.push(new ArrayBuffer(bytes));
    } catch {
      // A system that sets all memory aside at once. It is a hint only.
    }
  }
}

export function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
