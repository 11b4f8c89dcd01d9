import { type Node, OpTable, type Value } from '@refold/ir';
import { isAlias } from '../canonical/alias.ts';
import { anchorKey } from '../pattern/anatomy.ts';
import { linksOf } from '../pattern/links.ts';
import type { CompiledRule } from './compiled-rule.ts';

/** How far the code of guards and builders is taken to look beyond what patterns say. */
export const CODE_REACH = 2;

/** What patterns say of the nodes of one operator. */
interface Standing {
  readonly key: string;
  /** How far below a root such a node can matter. */
  readonly reach: number;
}

/** How far above a change the roots of matches can stand that it makes possible. */
export class Reach {
  private readonly rules: readonly CompiledRule[];
  /** By operator, how far below a root patterns ask for it. */
  private readonly depths = new Map<string, number>();
  private readonly known = new OpTable<Standing>();
  /** Made when they are first asked for. */
  private links: Links | undefined;

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    for (const { anatomy } of rules) {
      for (const [key, depth] of anatomy.depths) raise(this.depths, key, depth);
    }
  }

  private at(node: Node): Standing {
    const known = this.known.get(node.domain, node.opType);
    if (known) return known;
    const key = anchorKey(node.domain, node.opType);
    const standing = { key, reach: Math.max(CODE_REACH, this.depths.get(key) ?? 0) };
    this.known.set(node.domain, node.opType, standing);
    return standing;
  }

  /** How far above a node the root of a match can be that takes it in, or whose code looks at it. */
  from(node: Node): number {
    return this.at(node).reach;
  }

  /**
   * How far below a root the node can stand that makes a value, if a match takes in that node and one that reads the
   * value; -1 where no match does.
   */
  below(reader: Node, value: Value): number {
    const maker = value.producer;
    if (!maker) return -1;
    this.links ??= new Links(this.rules);
    const depth = this.links.depthOf(this.at(reader).key, this.at(maker).key, value.useCount === 1);
    // What reads the result of an alias reads what stands behind it, and the other way round.
    if (isAliasNode(reader)) return Math.max(depth, this.from(maker));
    return isAlias(maker, value) ? Math.max(depth, this.from(reader) + 1) : depth;
  }
}

function isAliasNode(node: Node): boolean {
  const [result] = node.outputs;
  return result !== undefined && isAlias(node, result);
}

type Depths = Map<string, Map<string, number>>;

/** By reader and then by maker, how far below a root the maker can stand. */
class Links {
  /** Where nothing else reads what lies between. */
  private readonly alone: Depths = new Map();
  private readonly shared: Depths = new Map();

  constructor(rules: readonly CompiledRule[]) {
    for (const { anatomy } of rules) {
      for (const { reader, maker, depth, isBracket } of linksOf(anatomy)) {
        for (const depths of isBracket ? [this.alone] : [this.alone, this.shared]) {
          const makers = depths.get(reader) ?? new Map<string, number>();
          depths.set(reader, raise(makers, maker, depth));
        }
      }
    }
  }

  depthOf(reader: string, maker: string, isAlone: boolean): number {
    return (isAlone ? this.alone : this.shared).get(reader)?.get(maker) ?? -1;
  }
}

function raise(map: Map<string, number>, key: string, value: number): Map<string, number> {
  return map.set(key, Math.max(value, map.get(key) ?? 0));
}
