import { type Node, OpTable } from '@refold/ir';

/** Numbers for the operators that patterns ask for. All other operators have none. */
export class Kinds {
  private readonly numbers = new Map<string, number>();
  private readonly keys: string[] = [];
  /** The same by domain and name, so that a node is looked up without making a string. */
  private readonly byName = new OpTable<number>();

  /** The number of an operator, by its `anchorKey`, which it is given when it has none yet. */
  add(key: string): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(key, number);
    this.keys.push(key);
    const end = key.indexOf('\u0000');
    this.byName.set(key.slice(0, end), key.slice(end + 1), number);
    return number;
  }

  /** The number of a node's operator; undefined when no pattern asks for it. */
  of(node: Node): number | undefined {
    return this.byName.get(node.domain, node.opType);
  }

  /** The `anchorKey` of an operator that has a number. */
  keyOf(kind: number): string | undefined {
    return this.keys[kind];
  }

  get size(): number {
    return this.numbers.size;
  }
}
