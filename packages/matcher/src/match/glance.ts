import type { Graph, Value } from '@refold/ir';
import { behindAliases } from '../canonical/alias.ts';
import type { NaryPattern, OpPattern, PatternData } from '../pattern/pattern.ts';
import { type NaryTree, naryTree } from './nary-tree.ts';

/**
 * Whether patterns may match at values, by the operators at their root and below. A look that spares most
 * searches; `true` promises nothing. Sums and products are read once, so it holds while the graph stays as it is.
 */
export class Glance {
  private readonly graph: Graph;
  private readonly sums = new Map<Value, NaryTree | undefined>();
  private readonly products = new Map<Value, NaryTree | undefined>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  mayMatch(pattern: PatternData, value: Value): boolean {
    switch (pattern.kind) {
      case 'named':
        return this.mayMatch(pattern.of, value);
      case 'choice':
        return pattern.alternatives.some(({ of }) => this.mayMatch(of, value));
      case 'op':
        return isOpAt(pattern, value) && this.mayHaveInputs(pattern, value);
      case 'sum':
      case 'product':
        return this.mayHaveParts(pattern, value);
      default:
        return true;
    }
  }

  /** The same for an operand, which nodes may hand on. */
  private mayMatchOperand(pattern: PatternData, value: Value | undefined): boolean {
    if (!value || asksNothing(pattern) || this.mayMatch(pattern, value)) return true;
    const behind = behindAliases(value);
    return behind !== value && this.mayMatch(pattern, behind);
  }

  private mayHaveInputs(pattern: OpPattern, value: Value): boolean {
    const operands = value.producer?.inputs ?? [];
    for (let i = 0; i < pattern.inputs.length; i += 1) {
      const input = pattern.inputs[i];
      if (!input || asksNothing(input)) continue;
      const found = pattern.commute
        ? operands.some((operand) => this.mayMatchOperand(input, operand))
        : this.mayMatchOperand(input, operands[i]);
      if (!found) return false;
    }
    return true;
  }

  private mayHaveParts(pattern: NaryPattern, value: Value): boolean {
    const tree = this.treeOf(pattern.kind, value);
    if (!tree) return false;
    return pattern.parts.every(
      ({ of }) =>
        asksNothing(of) || tree.terms.some((term) => term.value && this.mayMatchOperand(of, term.value)),
    );
  }

  private treeOf(kind: 'sum' | 'product', value: Value): NaryTree | undefined {
    const known = kind === 'sum' ? this.sums : this.products;
    if (known.has(value)) return known.get(value);
    const tree = naryTree(kind, value, this.graph);
    known.set(value, tree);
    return tree;
  }
}

/** Whether a pattern says nothing of the node that makes a value, or nothing that a look could tell. */
function asksNothing({ kind }: PatternData): boolean {
  return kind !== 'op' && kind !== 'sum' && kind !== 'product' && kind !== 'named' && kind !== 'choice';
}

function isOpAt(pattern: OpPattern, value: Value): boolean {
  const node = value.producer;
  if (!node || value.index !== pattern.output || node.domain !== pattern.domain) return false;
  return pattern.ops.includes(node.opType);
}
