import { anchorsOf, reshapeOps } from '../pattern/anatomy.ts';
import type { OpPattern, PatternData } from '../pattern/pattern.ts';
import type { ParamTest } from '../pattern/value-tests.ts';
import { alternativesOf, partsTaken } from './alternatives.ts';
import { dispensable } from './dispensable.ts';
import { type Edge, edgeOf, type ParamQuestion, type Place, type Skeleton, type Taken } from './skeleton.ts';

/** Places of one skeleton; what lies deeper is left to the search. */
const MAX_PLACES = 64;

/** What a pattern demands of every graph in which it matches: one of these skeletons. */
export function skeletonsOf(root: PatternData): readonly Skeleton[] {
  return alternativesOf(root).map((taken) => skeletonOf(root, taken));
}

type Draft = { -readonly [K in keyof Place]: Place[K] };

/** A part of a pattern that has still to be lowered. */
interface Pending {
  readonly pattern: PatternData;
  readonly above: Draft | undefined;
  readonly via: Edge['via'];
  readonly isDirect: boolean;
}

function skeletonOf(root: PatternData, taken: Taken): Skeleton {
  const repeated = repeatedParts(root, taken);
  const places: Draft[] = [];
  const pending: Pending[] = [{ pattern: root, above: undefined, via: 0, isDirect: true }];
  for (const { pattern, above, via, isDirect } of pending) {
    if (places.length >= MAX_PLACES) break;
    const part = seenThrough(pattern, taken, repeated, above !== undefined);
    const stays = isDirect && part.isDirect;
    const ops = opsOf(part.pattern, stays);
    if (!ops) continue;
    const place: Draft = {
      ops,
      above: above && { place: above, edge: edgeOf(via, part.skip, outputOf(part.pattern)) },
      depth: above ? above.depth + 1 : 0,
      params: stays ? paramsOf(part.pattern) : [],
      constants: [],
      isDirect: stays,
    };
    places.push(place);
    const inner = innerParts(part.pattern, stays);
    for (const child of inner) pending.push({ ...child, above: place, isDirect: stays });
    if (stays && part.pattern.kind === 'op') place.constants = constantsOf(part.pattern);
  }
  return { places };
}

/** Parts that stand at several places when choices are made as given. */
function repeatedParts(root: PatternData, taken: Taken): ReadonlySet<PatternData> {
  const seen = new Set<PatternData>([root]);
  const repeated = new Set<PatternData>();
  for (const p of seen) {
    for (const part of partsTaken(p, taken)) {
      if (seen.has(part)) repeated.add(part);
      seen.add(part);
    }
  }
  return repeated;
}

interface Part {
  readonly pattern: PatternData;
  readonly skip: ReadonlySet<string>;
  readonly isDirect: boolean;
}

/**
 * Looks through what says nothing of its own about the node. At the root nothing is skipped: there, the node is
 * the first of those that would be.
 */
function seenThrough(
  pattern: PatternData,
  taken: Taken,
  repeated: ReadonlySet<PatternData>,
  maySkip: boolean,
): Part {
  const skip = new Set<string>();
  let at = pattern;
  let isDirect = true;
  for (;;) {
    if (repeated.has(at)) isDirect = false;
    const inner = maySkip ? skipped(at, skip) : undefined;
    const next: PatternData | undefined = inner ?? innerOf(at, taken);
    if (!next) return { pattern: at, skip, isDirect };
    at = next;
  }
}

function innerOf(p: PatternData, taken: Taken): PatternData | undefined {
  if (p.kind === 'named') return p.of;
  if (p.kind === 'choice') return taken.get(p);
  if (p.kind === 'roots') return p.roots[0]?.of;
  return p.kind === 'repeat' && p.min > 0 ? p.body : undefined;
}

/** Notes which nodes a pattern looks through, and gives back what lies behind them. */
function skipped(p: PatternData, skip: Set<string>): PatternData | undefined {
  if (p.kind !== 'through' && p.kind !== 'permuted' && p.kind !== 'reshaped') return undefined;
  const ops = p.kind === 'through' ? p.ops : moves(p.kind);
  for (const op of ops) skip.add(op);
  return p.of;
}

function moves(kind: 'permuted' | 'reshaped'): readonly string[] {
  return kind === 'permuted' ? ['Transpose', ...reshapeOps] : reshapeOps;
}

/** The operators of which one must make the value of a pattern; undefined when there is no saying. */
function opsOf(p: PatternData, isDirect: boolean): readonly string[] | undefined {
  const keys = anchorsOf(p);
  if (!keys) return undefined;
  const ops = [...keys].toSorted();
  return isDirect || !ops.some((key) => dispensable.has(key.slice(key.indexOf('\u0000') + 1)))
    ? ops
    : undefined;
}

function outputOf(p: PatternData): number | undefined {
  if (p.kind === 'op') return p.output;
  return p.kind === 'sum' || p.kind === 'product' ? 0 : undefined;
}

type Inner = Pick<Pending, 'pattern' | 'via'>;

/** The parts that must be found below a place, and how they are read. */
function innerParts(p: PatternData, isDirect: boolean): readonly Inner[] {
  switch (p.kind) {
    case 'op':
      return operands(p);
    case 'sum':
    case 'product': {
      // In a congruent copy, brackets may be read by others too, and are not looked into.
      const via = p.kind;
      return isDirect ? p.parts.map(({ of }) => ({ pattern: of, via })) : [];
    }
    case 'permuted':
    case 'reshaped':
      // At the root of a pattern only: elsewhere it is looked through.
      return p.kind === 'permuted' && p.order.kind === 'capture'
        ? []
        : [
            {
              pattern: { kind: 'through', ops: moves(p.kind), of: p.of, capture: undefined, max: 0 },
              via: 0,
            },
          ];
    default:
      return [];
  }
}

function operands({ inputs, commute }: OpPattern): readonly Inner[] {
  const all: Inner[] = [];
  inputs.forEach((pattern, i) => {
    const via = commute ? 'any' : i;
    if (pattern.kind !== 'list') all.push({ pattern, via });
    else if (pattern.min > 0 && !commute) all.push({ pattern: pattern.each, via });
  });
  return all;
}

function constantsOf({ inputs, commute }: OpPattern): readonly (number | 'any')[] {
  if (commute) return inputs.some((p) => p.kind === 'constant') ? ['any'] : [];
  return [...inputs.keys()].filter((i) => inputs[i]?.kind === 'constant');
}

function paramsOf(p: PatternData): readonly ParamQuestion[] {
  if (p.kind !== 'op') return [];
  return [...p.params].map(([name, test]) => ({ name, test, key: `${name} ${textOf(test)}` }));
}

/** Under which name something is captured makes no difference. */
function textOf(test: ParamTest): string {
  return JSON.stringify(test, (key, value: unknown) => (key === 'capture' ? true : value));
}
