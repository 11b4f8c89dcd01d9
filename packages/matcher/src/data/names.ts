import { partsOf } from '../pattern/anatomy.ts';
import type { PatternData } from '../pattern/pattern.ts';
import type { DimsTest } from '../pattern/value-tests.ts';

/** What a capture holds: a value, a constant, a node, a list of values or nodes, or something plain. */
export type CaptureKind = 'value' | 'constant' | 'node' | 'list' | 'plain';

/** What a pattern binds. */
export interface PatternNames {
  readonly captures: ReadonlyMap<string, CaptureKind>;
  /** Names of sizes. */
  readonly sizes: ReadonlySet<string>;
}

/** All that a pattern binds. A name that holds a constant in some places only counts as a value. */
export function namesOf(root: PatternData): PatternNames {
  const captures = new Map<string, CaptureKind>();
  const sizes = new Set<string>();
  const note = (name: string | undefined, kind: CaptureKind): void => {
    if (name === undefined) return;
    const before = captures.get(name);
    captures.set(name, before === undefined || before === kind ? kind : 'value');
  };
  const listed = new Set<string>();
  const seen = new Set<PatternData>();
  const stack: PatternData[] = [root];
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (seen.has(p)) continue;
    seen.add(p);
    for (const [name, kind] of ownCaptures(p)) note(name, kind);
    for (const name of ownSizes(p)) sizes.add(name);
    if (p.kind === 'repeat') for (const name of p.captures) listed.add(name);
    stack.push(...partsOf(p));
  }
  for (const name of listed) captures.set(name, 'list');
  return { captures, sizes };
}

function ownCaptures(p: PatternData): readonly (readonly [string | undefined, CaptureKind])[] {
  switch (p.kind) {
    case 'value':
      return [[p.name, 'value']];
    case 'constant':
      return [[p.name, 'constant']];
    case 'named':
      return [[p.name, 'node']];
    case 'choice':
      return [[p.tag, 'plain']];
    case 'through':
      return [[p.capture, 'list']];
    case 'list':
      return [[p.name, 'list']];
    case 'sum':
    case 'product':
      return [[p.rest, 'list']];
    case 'repeat':
      return [[p.name, 'plain']];
    case 'permuted':
      return [[p.order.kind === 'capture' ? p.order.name : undefined, 'plain']];
    case 'roots':
      return p.roots.map(({ name }) => [name, 'value']);
    case 'op':
      return [...p.params.values()].map((test) => [
        typeof test === 'object' && 'capture' in test ? test.capture : undefined,
        'plain',
      ]);
    default:
      return [];
  }
}

function ownSizes(p: PatternData): readonly string[] {
  if (p.kind === 'op' || p.kind === 'value' || p.kind === 'constant') return sizesIn(p.test.dims ?? []);
  if (p.kind !== 'reshaped') return [];
  return [...p.from, ...p.to].flatMap((d) => (d === '...' ? [] : sizesIn(d)));
}

function sizesIn(dims: DimsTest): readonly string[] {
  const factors = dims.flatMap((d) => (typeof d === 'string' ? d.split('*') : []));
  return factors.filter((name) => /^[A-Za-z]/.test(name));
}
