import type { Node, Value } from '@refold/ir';
import { isAlias } from '../canonical/alias.ts';
import { linksOf } from '../pattern/links.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { Kinds } from './kinds.ts';
import { Partners } from './partners.ts';

/** How far the code of guards and builders is taken to look beyond what patterns say. */
export const CODE_REACH = 2;

/** Where, around a change, the roots of matches can stand that it makes possible. */
export class Reach {
  private readonly rules: readonly CompiledRule[];
  private readonly kinds = new Kinds();
  private readonly partners: Partners;
  /** By the number of an operator, how far below a root patterns ask for it. */
  private readonly depths: number[] = [];
  /** Made when they are first asked for. */
  private links: Links | undefined;

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    this.partners = new Partners(rules);
    for (const { anatomy } of rules) {
      for (const [key, depth] of anatomy.depths) {
        const kind = this.kinds.add(key);
        this.depths[kind] = Math.max(depth, this.depths[kind] ?? 0);
      }
    }
  }

  /** How far above a node the root of a match can be that takes it in, or whose code looks at it. */
  from(node: Node): number {
    const kind = this.kinds.of(node);
    return Math.max(CODE_REACH, kind === undefined ? 0 : (this.depths[kind] ?? 0));
  }

  /** Nodes at which a match may be rooted that has `node` as another of its roots. */
  beside(node: Node): Iterable<Node> {
    return this.partners.of(node);
  }

  /**
   * How far below a root the node can stand that makes a value, if a match takes in that node and one that reads the
   * value; -1 where no match does.
   */
  below(reader: Node, value: Value): number {
    const maker = value.producer;
    if (!maker) return -1;
    this.links ??= new Links(this.rules, this.kinds);
    const depth = this.links.depthOf(this.kinds.of(reader), this.kinds.of(maker), value.useCount === 1);
    // What reads the result of an alias reads what stands behind it, and the other way round.
    if (isAliasNode(reader)) return Math.max(depth, this.from(maker));
    return isAlias(maker, value) ? Math.max(depth, this.from(reader) + 1) : depth;
  }
}

function isAliasNode(node: Node): boolean {
  const [result] = node.outputs;
  return result !== undefined && isAlias(node, result);
}

/** How far below a root a node of one operator can stand that a node of another reads. */
class Links {
  private readonly size: number;
  /** By reader and maker, one more than the depth; where nothing else reads what lies between. */
  private readonly alone: Uint8Array;
  private readonly shared: Uint8Array;

  /** `kinds`: numbers for all operators of the rules. */
  constructor(rules: readonly CompiledRule[], kinds: Kinds) {
    this.size = kinds.size;
    this.alone = new Uint8Array(this.size * this.size);
    this.shared = new Uint8Array(this.size * this.size);
    for (const { anatomy } of rules) {
      for (const { readers, makers, depth, isBracket } of linksOf(anatomy)) {
        const below = [...makers].map((key) => kinds.add(key));
        for (const key of readers) {
          const row = kinds.add(key) * this.size;
          for (const maker of below) {
            raise(this.alone, row + maker, depth + 1);
            if (!isBracket) raise(this.shared, row + maker, depth + 1);
          }
        }
      }
    }
  }

  depthOf(reader: number | undefined, maker: number | undefined, isAlone: boolean): number {
    if (reader === undefined || maker === undefined) return -1;
    return ((isAlone ? this.alone : this.shared)[reader * this.size + maker] ?? 0) - 1;
  }
}

function raise(depths: Uint8Array, at: number, depth: number): void {
  depths[at] = Math.max(Math.min(depth, 255), depths[at] ?? 0);
}
