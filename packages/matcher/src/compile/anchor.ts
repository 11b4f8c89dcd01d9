import type { CompiledRule } from './compiled-rule.ts';
import { isBareSkeleton, type Place, type Skeleton } from './skeleton.ts';

/** How many nodes of a graph have an operator, which is given by its `anchorKey`. */
export type Histogram = (op: string) => number;

/** A skeleton of a rule, and the place at which the search for it starts. */
export interface Anchored {
  /** Place of the rule among all, best first. */
  readonly rule: number;
  readonly skeleton: Skeleton;
  readonly anchor: Place;
}

/** Starts every search at the root. Skeletons that say no more than the operator of the root need no tests. */
export function atRoots(rules: readonly CompiledRule[]): readonly Anchored[] {
  return rules.flatMap(({ skeletons }, rule) =>
    skeletons.flatMap((skeleton) => {
      const [anchor] = skeleton.places;
      return anchor && !isBareSkeleton(skeleton) ? [{ rule, skeleton, anchor }] : [];
    }),
  );
}

/**
 * Starts every search at the rarest operator of the pattern, by the graph at hand; among equally rare ones, at the
 * one that is rarest in general; then at the one nearest to the root. Counts are compared by their order of
 * magnitude, so that small changes of a graph leave the choice as it is.
 */
export function atRarest(rules: readonly CompiledRule[], histogram: Histogram): readonly Anchored[] {
  return atRoots(rules).map((a) => ({ ...a, anchor: rarest(a.skeleton.places, a.anchor, histogram) }));
}

function rarest(places: readonly Place[], root: Place, histogram: Histogram): Place {
  let best = root;
  let least = rank(root, histogram);
  for (const place of places) {
    if (!place.isDirect) continue;
    const here = rank(place, histogram);
    if (here < least) {
      best = place;
      least = here;
    }
  }
  return best;
}

/** Smaller is rarer: first by the graph, then in general. */
function rank({ ops }: Place, histogram: Histogram): number {
  let count = 0;
  let commonness = 0;
  for (const op of ops) {
    count += histogram(op);
    commonness = Math.max(commonness, commonnessOf(op));
  }
  return 4 * (count === 0 ? 0 : 1 + Math.floor(Math.log2(count))) + commonness;
}

/** Operators that stand everywhere in exported models, commonest last. */
const common: readonly (readonly string[])[] = [
  ['Softmax', 'Sqrt', 'Pow', 'Sub', 'Div', 'Cast', 'Slice', 'Where', 'Expand', 'Relu', 'Conv', 'Sigmoid'],
  ['Transpose', 'MatMul', 'Gather', 'Concat', 'Unsqueeze', 'Shape', 'Gemm'],
  ['Add', 'Mul', 'Reshape', 'Constant', 'Identity'],
];

const commonness: ReadonlyMap<string, number> = new Map(
  common.flatMap((names, i) => names.map((name): [string, number] => [`\u0000${name}`, i + 1])),
);

function commonnessOf(op: string): number {
  return commonness.get(op) ?? 0;
}
