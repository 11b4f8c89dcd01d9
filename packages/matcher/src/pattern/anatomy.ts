import type { PatternData } from './pattern.ts';

/** What can be said of a pattern before any graph is seen. */
export interface Anatomy {
  /** Nodes that stand at several places of the pattern, which must bind congruent values. */
  readonly shared: ReadonlySet<PatternData>;
  /** Number of distinct operator patterns in it. */
  readonly opCount: number;
  /** How far below the root operators are asked for at most, skipped nodes counted, by {@link anchorKey}. */
  readonly depths: ReadonlyMap<string, number>;
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
    for (const part of partsOf(p)) below.set(part, Math.max(depth + ownDepth(p), below.get(part) ?? 0));
  }
  return { shared, opCount, depths };
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
  return p.kind === 'op' || p.kind === 'choice' || p.kind === 'through' || p.kind === 'named';
}

function ownDepth(p: PatternData): number {
  if (p.kind === 'op') return 1;
  return p.kind === 'through' ? p.max : 0;
}

/** The operators at which a pattern can be rooted, as {@link anchorKey}s; undefined when it may be rooted anywhere. */
export function anchorsOf(root: PatternData): ReadonlySet<string> | undefined {
  const anchors = new Set<string>();
  const seen = new Set<PatternData>();
  const stack: PatternData[] = [root];
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (seen.has(p)) continue;
    seen.add(p);
    if (p.kind === 'op') {
      for (const name of p.ops) anchors.add(anchorKey(p.domain, name));
    } else if (p.kind === 'choice' || p.kind === 'named' || p.kind === 'through') {
      if (p.kind === 'through') for (const name of p.ops) anchors.add(anchorKey('', name));
      stack.push(...partsOf(p));
    } else {
      return undefined;
    }
  }
  return anchors;
}

export function anchorKey(domain: string, opType: string): string {
  return `${domain}\u0000${opType}`;
}
