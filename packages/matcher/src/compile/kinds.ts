import type { Node } from '@refold/ir';
import { anchorKey } from '../pattern/anatomy.ts';

/** Numbers for the operators that patterns ask for. All other operators have none. */
export class Kinds {
  private readonly numbers = new Map<string, number>();
  /** The same by domain and name, so that a node is looked up without making a string. */
  private readonly domains = new Map<string, Map<string, number>>();

  /** The number of an operator, which it is given when it has none yet. */
  add(domain: string, opType: string): number {
    const key = anchorKey(domain, opType);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(key, number);
    const names = this.domains.get(domain) ?? new Map<string, number>();
    this.domains.set(domain, names.set(opType, number));
    return number;
  }

  /** The number of a node's operator; undefined when no pattern asks for it. */
  of(node: Node): number | undefined {
    return this.domains.get(node.domain)?.get(node.opType);
  }

  get size(): number {
    return this.numbers.size;
  }
}
