import type { PatternData } from './pattern.ts';

/** What can be said of a pattern before any graph is seen. */
export interface Anatomy {
  /** Nodes that stand at several places of the pattern, which must bind congruent values. */
  readonly shared: ReadonlySet<PatternData>;
  /** Number of distinct operator patterns in it. */
  readonly opCount: number;
  /** How far below the root operators are asked for at most, skipped nodes counted, by {@link anchorKey}. */
  readonly depths: ReadonlyMap<string, number>;
  /** How far below the root the nodes of each part stand at most: the first of them where there are several in a row. */
  readonly below: ReadonlyMap<PatternData, number>;
}

/** The parts that a pattern is made of. */
export function partsOf(p: PatternData): readonly PatternData[] {
  switch (p.kind) {
    case 'op':
      return p.inputs;
    case 'choice':
      return p.alternatives.map((a) => a.of);
    case 'named':
    case 'through':
      return [p.of];
    case 'list':
      return [p.each];
    case 'sum':
    case 'product':
      return p.parts.map((part) => part.of);
    case 'repeat':
      return [p.body, p.base];
    case 'permuted':
    case 'reshaped':
      return [p.of];
    case 'roots':
      return p.roots.map((r) => r.of);
    default:
      return [];
  }
}

/** Reads a pattern once. Linear in its distinct parts, without recursion. */
export function anatomyOf(root: PatternData): Anatomy {
  const shared = new Set<PatternData>();
  const below = new Map<PatternData, number>();
  const inOrder = partsInOrder(root, shared);
  let opCount = 0;
  const depths = new Map<string, number>();
  below.set(root, 0);
  for (const p of inOrder) {
    const depth = below.get(p) ?? 0;
    if (p.kind === 'op') {
      opCount += 1;
      for (const name of p.ops) {
        const key = anchorKey(p.domain, name);
        depths.set(key, Math.max(depth, depths.get(key) ?? 0));
      }
    }
    for (const name of ownOps(p)) {
      const key = anchorKey('', name);
      depths.set(key, Math.max(depth + ownDepth(p), depths.get(key) ?? 0));
    }
    for (const part of partsOf(p)) below.set(part, Math.max(depth + ownDepth(p), below.get(part) ?? 0));
  }
  return { shared, opCount, depths, below };
}

/** The distinct parts of a pattern, each after everything that it is a part of. Notes parts that stand at several places. */
function partsInOrder(root: PatternData, shared: Set<PatternData>): readonly PatternData[] {
  const finished: PatternData[] = [];
  const open = new Set<PatternData>();
  const stack: { readonly pattern: PatternData; readonly leave: boolean }[] = [
    { pattern: root, leave: false },
  ];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const p = top.pattern;
    if (top.leave) {
      finished.push(p);
    } else if (open.has(p)) {
      if (hasStructure(p)) shared.add(p);
    } else {
      open.add(p);
      stack.push({ pattern: p, leave: true });
      for (const part of partsOf(p)) stack.push({ pattern: part, leave: false });
    }
  }
  return finished.reverse();
}

/** Values and constants are told apart by their capture names instead. */
function hasStructure(p: PatternData): boolean {
  return (
    p.kind !== 'value' &&
    p.kind !== 'constant' &&
    p.kind !== 'any' &&
    p.kind !== 'absent' &&
    p.kind !== 'hole'
  );
}

/** How far below its value the parts of a pattern can lie at most, in nodes. */
export function ownDepth(p: PatternData): number {
  switch (p.kind) {
    case 'op':
      return 1;
    case 'through':
      return p.max;
    case 'sum':
    case 'product':
      return p.rest === undefined ? p.parts.length + 2 : MAX_BRACKETS;
    case 'repeat':
      return MAX_BRACKETS;
    case 'permuted':
    case 'reshaped':
      return MAX_MOVES;
    default:
      return 0;
  }
}

/** How deep nested sums, products and chains are taken to be when the pattern does not say. */
const MAX_BRACKETS = 16;

/** How many nodes in a row are taken to move the elements of one value. */
const MAX_MOVES = 4;

/** Operators of a sum: what {@link NaryPattern} looks through. */
export const sumOps: readonly string[] = ['Add', 'Sub', 'Sum', 'Neg'];

/** Operators of a product. */
export const productOps: readonly string[] = ['Mul', 'Div', 'Reciprocal', 'Neg', 'Sqrt', 'Pow'];

/** Operators that give the same elements another shape. */
export const reshapeOps: readonly string[] = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];

/** Standard operators that a pattern itself may stand for, beside those of its parts. */
export function ownOps(p: PatternData): readonly string[] {
  switch (p.kind) {
    case 'through':
      return p.ops;
    case 'sum':
      return sumOps;
    case 'product':
      return productOps;
    case 'permuted':
      return ['Transpose', ...reshapeOps];
    case 'reshaped':
      return reshapeOps;
    default:
      return [];
  }
}

/** The parts of a pattern whose value may be that of the pattern itself. */
function heads(p: PatternData): readonly PatternData[] {
  switch (p.kind) {
    case 'choice':
    case 'named':
    case 'through':
      return partsOf(p);
    case 'repeat':
      return p.min > 0 ? [p.body] : [p.body, p.base];
    case 'permuted':
      return p.order.kind === 'capture' ? [p.of] : [];
    case 'roots':
      return partsOf(p).slice(0, 1);
    default:
      return [];
  }
}

/** The operators at which a pattern can be rooted, as {@link anchorKey}s; undefined when it may be rooted anywhere. */
export function anchorsOf(root: PatternData): ReadonlySet<string> | undefined {
  const { ops, isOpen } = makersOf(root);
  return isOpen ? undefined : ops;
}

/** The operators that a pattern names for the node that makes its value, and whether it may be any other as well. */
export function makersOf(root: PatternData): { readonly ops: ReadonlySet<string>; readonly isOpen: boolean } {
  const ops = new Set<string>();
  const seen = new Set<PatternData>();
  const stack: PatternData[] = [root];
  let isOpen = false;
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (seen.has(p)) continue;
    seen.add(p);
    const own = ownOps(p);
    const inner = heads(p);
    if (p.kind === 'op') for (const name of p.ops) ops.add(anchorKey(p.domain, name));
    else if (own.length === 0 && inner.length === 0) isOpen = true;
    for (const name of own) ops.add(anchorKey('', name));
    stack.push(...inner);
  }
  return { ops, isOpen };
}

/** The names under which a pattern captures something. */
export function captureNames(root: PatternData): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<PatternData>();
  const stack: PatternData[] = [root];
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (seen.has(p)) continue;
    seen.add(p);
    for (const name of ownCaptures(p)) if (name !== undefined) names.add(name);
    stack.push(...partsOf(p));
  }
  return names;
}

function ownCaptures(p: PatternData): readonly (string | undefined)[] {
  switch (p.kind) {
    case 'value':
    case 'constant':
    case 'named':
    case 'list':
    case 'repeat':
      return [p.name];
    case 'choice':
      return [p.tag];
    case 'through':
      return [p.capture];
    case 'sum':
    case 'product':
      return [p.rest];
    case 'roots':
      return p.roots.map((r) => r.name);
    case 'permuted':
      return [p.order.kind === 'capture' ? p.order.name : undefined];
    case 'op':
      return [...p.params.values()].map((test) =>
        typeof test === 'object' && 'capture' in test ? test.capture : undefined,
      );
    default:
      return [];
  }
}

export function anchorKey(domain: string, opType: string): string {
  return `${domain}\u0000${opType}`;
}
