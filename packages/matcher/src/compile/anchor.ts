import type { CompiledRule } from './compiled-rule.ts';
import { addTo } from './grouped.ts';
import type { Kinds } from './kinds.ts';
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

/** The searches that start at each operator, by its number. */
export interface Starts {
  readonly kinds: Iterable<number>;
  at(kind: number): readonly Anchored[];
}

/** The searches for a rule that start at its root. Skeletons that say no more than the operator there need no tests. */
function atRoot({ skeletons }: CompiledRule, rule: number): readonly Anchored[] {
  return skeletons.flatMap((skeleton) => {
    const [anchor] = skeleton.places;
    return anchor && !isBareSkeleton(skeleton) ? [{ rule, skeleton, anchor }] : [];
  });
}

/** Starts every search at the root. Only rules whose operator is asked for are looked into. */
export function startsAtRoots(rules: readonly CompiledRule[], kinds: Kinds): Starts {
  const byRoot = new Map<number, number[]>();
  rules.forEach(({ anchors }, rule) => {
    for (const op of anchors) addTo(byRoot, kinds.add(op), rule);
  });
  const at = (kind: number): readonly Anchored[] => {
    const op = kinds.keyOf(kind) ?? '';
    return (byRoot.get(kind) ?? []).flatMap((place) => {
      const rule = rules[place];
      return rule ? atRoot(rule, place).filter(({ anchor }) => anchor.ops.includes(op)) : [];
    });
  };
  return { kinds: byRoot.keys(), at };
}

/** Searches by the operators of their anchors. */
export function startsOf(all: readonly Anchored[], kinds: Kinds): Starts {
  const byAnchor = new Map<number, Anchored[]>();
  for (const anchored of all) {
    for (const op of anchored.anchor.ops) addTo(byAnchor, kinds.add(op), anchored);
  }
  return { kinds: byAnchor.keys(), at: (kind) => byAnchor.get(kind) ?? [] };
}

/**
 * Starts every search at the rarest operator of the pattern, by the graph at hand; among equally rare ones, at the
 * one that is rarest in general; then at the one nearest to the root. Counts are compared by their order of
 * magnitude, so that small changes of a graph leave the choice as it is.
 */
export function atRarest(rules: readonly CompiledRule[], histogram: Histogram): readonly Anchored[] {
  return rules.flatMap(atRoot).map((a) => ({ ...a, anchor: rarest(a.skeleton.places, a.anchor, histogram) }));
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
