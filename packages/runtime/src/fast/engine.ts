import { RefoldError } from '@refold/ir';
import { MAX_THREADS, poolOf, type ThreadPool } from './threads/pool.ts';
import type { Modules } from './wasm/instantiate.ts';
import { compileKernels, fastModule } from './wasm/load.ts';
import { relaxedModule } from './wasm/relaxed.ts';

/** What a session of the fast tier runs on. */
export interface Engine {
  readonly modules: Modules;
  /** The threads that share the memory of the session; absent where there is one. */
  readonly pool: ThreadPool | undefined;
}

/**
 * Compiles the kernels of the fast tier, once, and starts threads. Browsers do not let their main thread compile more
 * than a few kilobytes synchronously, nor start threads while it is at work: there, wait for this before the first
 * session is made. Elsewhere it may be left out.
 * @returns whether the fast tier runs here
 */
export async function loadFastKernels({ threads = 1 }: { readonly threads?: number } = {}): Promise<boolean> {
  const pool = poolFor(threads);
  const [runs] = await Promise.all([
    compileKernels(false),
    ...(pool ? [compileKernels(true), pool.whenUp()] : []),
  ]);
  return runs;
}

/** Undefined where the fast tier does not run. Without shared memory there is one thread. */
export function engineFor(threads: number, relaxed: boolean): Engine | undefined {
  const pool = poolFor(threads);
  const shared = pool && fastModule(true);
  const module = shared ?? fastModule();
  const over = relaxed ? relaxedModule(shared !== undefined) : undefined;
  return module && { modules: { module, over }, pool: shared && pool };
}

function poolFor(threads: number): ThreadPool | undefined {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    const message = `threads must be a whole number from 1 to ${MAX_THREADS}, not ${threads}`;
    throw new RefoldError('usage/option', message);
  }
  return threads > 1 ? poolOf(threads) : undefined;
}
