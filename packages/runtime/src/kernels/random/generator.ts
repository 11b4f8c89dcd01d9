import type { RandomView } from '@refold/ir';
import { Random } from '../../run/random.ts';
import type { KernelContext } from '../kernel.ts';

/** Gives the next uniform number in [0, 1). */
export type Uniform = () => number;

/**
 * Where the numbers of a random operator come from: its own sequence when it has a seed, so that each run
 * gives the same ones; else the generator of the run.
 */
export function uniformSource(ctx: KernelContext, view: RandomView): Uniform {
  if (view.seed === undefined) return () => ctx.random();
  // Seeds are float32: their bits make an integer that tells all of them apart.
  const bits = new Uint32Array(Float32Array.of(view.seed).buffer);
  const random = new Random(bits[0] ?? 0);
  return () => random.next();
}

/** Gives normally distributed numbers with mean 0 and deviation 1, by the method of Box and Muller. */
export function normalSource(uniform: Uniform): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
