import type { Graph } from '../../graph/graph.ts';
import { type Dim, freshDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';

type Types = readonly (ValueType | undefined)[];

/** What is known of the values that a loop carries around, and of what its body gives. */
export interface Settled {
  /** Types of the carried values when the loop ends, which may have been before the first round. */
  readonly final: Types;
  /** Types of all outputs of the body in whatever round. */
  readonly body: Types;
}

/** Rounds of guessing; each gives up at least one dimension, and most loops need one or two. */
const MAX_ROUNDS = 6;

/** Loops nested deeper than this are not guessed about: the rounds of nested loops multiply. */
const MAX_DEPTH = 2;

/**
 * Types of loop-carried values, by induction: the initial types are assumed for every round, the body is
 * inferred, and what its outputs do not confirm is given up, until the rest confirms itself.
 *
 * @param initial types of the carried values before the first round
 * @param inferBody types of the outputs of the body, given those of the carried values
 * @param offset index of the first carried value among the outputs of the body
 */
export function settleCarried(
  ctx: OpContext,
  initial: Types,
  inferBody: (carried: Types) => Types,
  offset: number,
): Settled {
  const varying = new Set<Dim>();
  let assumed: Types = depthOf(ctx.node.graph) > MAX_DEPTH ? initial.map(withoutShape) : initial;
  for (let round = 0; ; round += 1) {
    const body = inferBody(assumed);
    const confirmed = assumed.map((type, i) => widen(type, body[offset + i], varying));
    if (confirmed.every((type, i) => type === assumed[i])) {
      return { final: assumed.map((type) => afterwards(type, varying)), body };
    }
    if (round < MAX_ROUNDS) assumed = confirmed;
    else if (round === MAX_ROUNDS) assumed = confirmed.map(withoutShape);
    else assumed = assumed.map(() => undefined);
  }
}

function depthOf(graph: Graph | undefined): number {
  let depth = 0;
  for (let outer = graph?.outer; outer && depth <= MAX_DEPTH; outer = outer.outer) depth += 1;
  return depth;
}

function withoutShape(type: ValueType | undefined): ValueType | undefined {
  return type?.kind === 'tensor' || type?.kind === 'sparse'
    ? { kind: type.kind, dtype: type.dtype }
    : undefined;
}

/** The part of `assumed` that `given` confirms; `assumed` itself when that is all of it. */
function widen(
  assumed: ValueType | undefined,
  given: ValueType | undefined,
  varying: Set<Dim>,
): ValueType | undefined {
  if (assumed === undefined || given === undefined || assumed.kind !== given.kind) return undefined;
  switch (assumed.kind) {
    case 'tensor':
    case 'sparse': {
      if (given.kind !== assumed.kind || given.dtype !== assumed.dtype) return undefined;
      if (assumed.shape === undefined) return assumed;
      const shape = widenShape(assumed.shape, given.shape, varying);
      if (shape === assumed.shape) return assumed;
      return shape === undefined ? { kind: assumed.kind, dtype: assumed.dtype } : { ...assumed, shape };
    }
    case 'sequence':
    case 'optional': {
      if (given.kind !== assumed.kind || assumed.of === undefined) return assumed;
      const of = widen(assumed.of, given.of, varying);
      return of === assumed.of ? assumed : { kind: assumed.kind, of };
    }
    case 'map':
      return given.kind === 'map' && given.key === assumed.key ? assumed : undefined;
    case 'opaque':
      return assumed;
  }
}

function widenShape(assumed: Shape, given: Shape | undefined, varying: Set<Dim>): Shape | undefined {
  if (given === undefined || given.length !== assumed.length) return undefined;
  let shape: Dim[] | undefined;
  assumed.forEach((dim, i) => {
    if (varying.has(dim) || sameDim(dim, given[i] ?? 0) === 'yes') return;
    const unknown = freshDim();
    varying.add(unknown);
    shape ??= [...assumed];
    shape[i] = unknown;
  });
  return shape ?? assumed;
}

/** A dimension that varies has another size after the last round than its symbol stands for inside. */
function afterwards(type: ValueType | undefined, varying: ReadonlySet<Dim>): ValueType | undefined {
  if ((type?.kind !== 'tensor' && type?.kind !== 'sparse') || type.shape === undefined) return type;
  if (!type.shape.some((d) => varying.has(d))) return type;
  return { ...type, shape: type.shape.map((d) => (varying.has(d) ? freshDim() : d)) };
}
