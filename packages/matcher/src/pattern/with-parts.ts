import type { PatternData } from './pattern.ts';

/** A pattern with its parts, as `partsOf` gives them, replaced by what `visit` answers. */
export function withParts(p: PatternData, visit: (part: PatternData) => PatternData): PatternData {
  switch (p.kind) {
    case 'op':
      return { ...p, inputs: p.inputs.map(visit) };
    case 'choice':
      return { ...p, alternatives: p.alternatives.map((a) => ({ ...a, of: visit(a.of) })) };
    case 'sum':
    case 'product':
      return { ...p, parts: p.parts.map((part) => ({ ...part, of: visit(part.of) })) };
    case 'repeat':
      return { ...p, body: visit(p.body), base: visit(p.base) };
    case 'roots':
      return { ...p, roots: p.roots.map((r) => ({ ...r, of: visit(r.of) })) };
    case 'list':
      return { ...p, each: visit(p.each) };
    case 'named':
    case 'through':
    case 'permuted':
    case 'reshaped':
      return { ...p, of: visit(p.of) };
    default:
      return p;
  }
}
