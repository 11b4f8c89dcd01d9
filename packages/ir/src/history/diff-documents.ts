import type { GraphDocument, ModelDocument, NodeDocument, ValueDocument } from './document.ts';

/** Something that came, went or changed between two documents of one model; null on the side where it is not. */
export type Difference =
  | {
      readonly kind: 'node';
      readonly id: number;
      readonly before: NodeDocument | null;
      readonly after: NodeDocument | null;
    }
  | {
      readonly kind: 'value';
      readonly id: number;
      readonly before: ValueDocument | null;
      readonly after: ValueDocument | null;
    }
  | {
      readonly kind: 'graph';
      readonly id: number;
      readonly before: GraphDocument | null;
      readonly after: GraphDocument | null;
    }
  | { readonly kind: 'model'; readonly before: ModelDocument; readonly after: ModelDocument };

/**
 * What differs between two documents of one history. Parts that the documents share are passed over by
 * identity. That a node has another successor is not a difference of the node.
 */
export function diffDocuments(before: ModelDocument, after: ModelDocument): readonly Difference[] {
  const found: Difference[] = [];
  if (headerText(before) !== headerText(after)) found.push({ kind: 'model', before, after });
  pairs(before.graphs, after.graphs, (id, a, b) => {
    found.push({ kind: 'graph', id, before: a, after: b });
  });
  pairs(before.nodes, after.nodes, (id, a, b) => {
    if (!a || !b || JSON.stringify({ ...a, next: 0 }) !== JSON.stringify({ ...b, next: 0 })) {
      found.push({ kind: 'node', id, before: a, after: b });
    }
  });
  pairs(before.values, after.values, (id, a, b) => {
    found.push({ kind: 'value', id, before: a, after: b });
  });
  return found;
}

function headerText({ irVersion, opsets, functions }: ModelDocument): string {
  return JSON.stringify([irVersion, opsets, functions]);
}

function pairs<T>(
  before: readonly (T | null)[],
  after: readonly (T | null)[],
  report: (id: number, before: T | null, after: T | null) => void,
): void {
  for (let id = 0; id < Math.max(before.length, after.length); id += 1) {
    const a = before[id] ?? null;
    const b = after[id] ?? null;
    if (a !== b && JSON.stringify(a) !== JSON.stringify(b)) report(id, a, b);
  }
}
