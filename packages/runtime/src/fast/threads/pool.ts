import {
  ACTIVE,
  type AnyKernel,
  ARITY,
  CALL,
  CLOSED,
  type Control,
  FAILED,
  KERNEL,
  MAX_HELPERS,
  MEMORY,
  NEXT,
  newBlock,
  PARTS,
  READ,
  readMessage,
  SENT,
  SIZE,
  takeParts,
  UNIT,
  viewsOf,
} from './control.ts';
import type { SharedKernels } from './helper.ts';
import { canShare, type Helper, startHelper } from './start-helper.ts';

/** The most threads of a pool. */
export const MAX_THREADS: number = MAX_HELPERS + 1;

/** How often the caller looks whether helpers are done before it sleeps: some 50 microseconds. */
const PATIENCE = 10_000;

/** A call of a kernel in parts. Part i has `args` plus i · unit · `moves`, and `unit` rows (or the like). */
export interface Call {
  readonly kernel: number;
  readonly args: readonly number[];
  readonly moves: readonly number[];
  /** The argument that says how many rows there are; -1 where each part is a whole call. */
  readonly size: number;
  readonly unit: number;
  readonly parts: number;
}

/**
 * Threads that help one other, the caller, with calls of kernels. They sleep when there is none. Several memories may be
 * attached. Helpers hardly ever collect garbage, so when a memory is no more, new helpers take their place.
 */
export class ThreadPool {
  /** How many there are, with the caller. */
  readonly threads: number;
  /** Nanoseconds of work that are not worth a second thread: to wake a helper, and to wait for it, takes some of them. */
  leastWork = 20_000;
  private readonly mayWait: boolean = canWait();
  private readonly memories = new Map<number, WeakRef<SharedKernels>>();
  private helpers: readonly Helper[];
  private control: Control = viewsOf(newBlock());
  private sent = 0;
  private lastId = 0;
  private hasEnded = false;
  private isStale = false;

  /** Starts the helpers. Throws where that is not allowed. */
  constructor(threads: number) {
    this.threads = threads;
    this.helpers = startHelpers(threads - 1);
  }

  /** Waits until every helper listens. Nothing needs to wait for that; whoever comes late helps later. */
  async whenUp(): Promise<void> {
    await Promise.all(this.helpers.map((helper) => helper.whenUp()));
  }

  /** Whether a helper is there that knows all memories. Nothing need be cut before. */
  get isReady(): boolean {
    if (this.hasEnded) return false;
    const { words } = this.control;
    for (let i = 0; i < this.helpers.length; i += 1) {
      if (Atomics.load(words, READ + i) === this.sent) return true;
    }
    return false;
  }

  /** Lets helpers work in a memory, as long as somebody holds `kernels`. The pool knows it by the number returned. */
  attach(kernels: SharedKernels): number {
    this.lastId += 1;
    const id = this.lastId;
    this.memories.set(id, new WeakRef(kernels));
    attached.register(kernels, () => this.forget(id));
    if (!this.hasEnded) this.send(id, kernels);
    return id;
  }

  /** Does a call, with the helpers that are free. Throws what any thread threw. */
  run(memory: number, kernels: readonly AnyKernel[], call: Call): void {
    const { control } = this;
    const { words } = control;
    words[PARTS] = call.parts;
    words[MEMORY] = memory;
    words[KERNEL] = call.kernel;
    words[ARITY] = call.args.length;
    words[SIZE] = call.size;
    words[UNIT] = call.unit;
    words[FAILED] = 0;
    control.args.set(call.args);
    control.moves.set(call.moves);
    Atomics.store(words, NEXT, 0);
    this.wake();
    takeParts(control, (_, kernel) => kernels[kernel] as AnyKernel);
    Atomics.store(words, NEXT, CLOSED);
    this.waitForHelpers();
    const message = readMessage(control);
    if (message !== undefined) throw new WebAssembly.RuntimeError(message);
  }

  /** Ends the helpers. Sessions go on with one thread. */
  end(): void {
    this.hasEnded = true;
    for (const helper of this.helpers) helper.end();
  }

  private forget(id: number): void {
    this.memories.delete(id);
    if (this.isStale || this.hasEnded) return;
    this.isStale = true;
    // Others may be gone as well.
    queueMicrotask(() => this.renew());
  }

  /** Puts new helpers in place of the old ones, which may be in the middle of something: so the block is a new one too. */
  private renew(): void {
    this.isStale = false;
    if (this.hasEnded) return;
    this.end();
    this.helpers = startHelpers(this.threads - 1);
    this.hasEnded = false;
    this.control = viewsOf(newBlock());
    this.sent = 0;
    for (const [id, reference] of this.memories) {
      const kernels = reference.deref();
      if (kernels) this.send(id, kernels);
    }
  }

  private send(id: number, kernels: SharedKernels): void {
    const { block, words } = this.control;
    this.sent += 1;
    const { sent } = this;
    Atomics.store(words, SENT, sent);
    this.wake();
    // Nobody who has not read the message may be at work when the next call opens.
    this.waitForHelpers();
    this.helpers.forEach((each, helper) => {
      each.post({ block, helper, sent, id, kernels });
    });
  }

  private wake(): void {
    Atomics.add(this.control.words, CALL, 1);
    Atomics.notify(this.control.words, CALL);
  }

  private waitForHelpers(): void {
    const { words } = this.control;
    for (let i = 0; i < PATIENCE; i += 1) if (Atomics.load(words, ACTIVE) === 0) return;
    for (;;) {
      const active = Atomics.load(words, ACTIVE);
      if (active === 0) return;
      if (this.mayWait) Atomics.wait(words, ACTIVE, active);
    }
  }
}

/** Says when a memory is no more. */
const attached = new FinalizationRegistry<() => void>((forget) => forget());

const pools = new Map<number, ThreadPool>();

/** The pool of so many threads, which all sessions share; undefined where no memory can be shared with threads. */
export function poolOf(threads: number): ThreadPool | undefined {
  let pool = pools.get(threads);
  if (!pool && canShare()) {
    try {
      pool = new ThreadPool(threads);
    } catch {
      // A policy that forbids it.
      return undefined;
    }
    pools.set(threads, pool);
  }
  return pool;
}

/** Ends all threads that sessions have started. These sessions go on with one; new ones start new threads. */
export function endThreads(): void {
  for (const pool of pools.values()) pool.end();
  pools.clear();
}

/** Starts them all, or none. */
function startHelpers(count: number): readonly Helper[] {
  const helpers: Helper[] = [];
  try {
    while (helpers.length < count) helpers.push(startHelper());
  } catch (error) {
    for (const helper of helpers) helper.end();
    throw error;
  }
  return helpers;
}

/** Whether this thread may sleep: main threads of browsers must not. */
function canWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
