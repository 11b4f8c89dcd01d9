import { type Kernels, parameters } from '../wasm/generated/kernels.ts';
import type { AnyKernel } from './control.ts';
import { type Cut, type Cuts, cuts } from './cuts.ts';
import type { ThreadPool } from './pool.ts';

/** Parts for each thread, so that one that is held up leaves its share to others. */
const PARTS_A_THREAD = 3;

/** What is needed of a pool. */
export type Team = Pick<ThreadPool, 'threads' | 'leastWork' | 'isReady' | 'run'>;

/** How tasks call kernels: on one thread, or on several. */
export interface Calls {
  readonly kernels: Kernels;
  /** Calls a kernel `count` times; from time to time, arguments move. No call may need what another one writes. */
  repeat<K extends keyof Kernels>(
    name: K,
    count: number,
    args: Parameters<Kernels[K]>,
    moves: Cut<(typeof parameters)[K][number]>['moves'],
  ): void;
}

/** All kernels, in the order by which threads number them. */
export const kernelNames: readonly (keyof Kernels)[] = Object.keys(parameters) as (keyof Kernels)[];

/** Calls on this thread alone. */
export function callsAlone(kernels: Kernels): Calls {
  return {
    kernels,
    repeat(name, count, args, moves) {
      const steps = inOrder(name, moves);
      const kernel = kernels[name] as AnyKernel;
      const own = args as number[];
      for (let i = 0; i < count; i += 1) kernel(...own.map((arg, j) => arg + i * (steps[j] ?? 0)));
    },
  };
}

/**
 * Calls on all threads of a pool, where a kernel can be cut and there is enough to do. The pool knows the memory of the
 * kernels by a number.
 */
export function callsTogether(kernels: Kernels, pool: Team, memory: number): Calls {
  const alone = callsAlone(kernels);
  const all = kernelNames.map((name) => kernels[name] as AnyKernel);
  const threaded: Record<string, AnyKernel> = {};
  kernelNames.forEach((name, kernel) => {
    const cutter = cuts[name] as Cuts<number[]> | undefined;
    const whole = kernels[name] as AnyKernel;
    threaded[name] = whole;
    if (!cutter) return;
    threaded[name] = (...args) => {
      const cost = cutter.cost(...args);
      if (cost < pool.leastWork || !pool.isReady) return whole(...args);
      const { of, grain, moves } = cutter.cut(...args);
      const size = namesOf(name).indexOf(of);
      const count = args[size] as number;
      const unit = Math.ceil(count / (pool.threads * PARTS_A_THREAD) / grain) * grain;
      const parts = Math.ceil(count / unit);
      if (parts < 2) return whole(...args);
      pool.run(memory, all, { kernel, args, moves: inOrder(name, moves), size, unit, parts });
    };
  });
  return {
    kernels: threaded as unknown as Kernels,
    repeat(name, count, args, moves) {
      const own = args as number[];
      const cost = ((cuts[name] as Cuts<number[]> | undefined)?.cost(...own) ?? 0) * count;
      if (cost < pool.leastWork || count < pool.threads || !pool.isReady) {
        return alone.repeat(name, count, args, moves);
      }
      const kernel = kernelNames.indexOf(name);
      const steps = inOrder(name, moves);
      pool.run(memory, all, { kernel, args: own, moves: steps, size: -1, unit: 1, parts: count });
    },
  };
}

function namesOf(name: keyof Kernels): readonly string[] {
  return parameters[name];
}

/** By how much each argument moves. */
function inOrder(name: keyof Kernels, moves: Cut['moves']): readonly number[] {
  return namesOf(name).map((parameter) => moves[parameter] ?? 0);
}
