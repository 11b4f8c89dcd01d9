import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import { Value } from '../graph/value.ts';
import type { ValueType } from '../types/value-type.ts';
import { NameTable } from './names.ts';
import { Transactions } from './transactions.ts';
import { writable } from './writable.ts';

/** Makes values, and knows which names are taken. */
export class NamedValues extends Transactions {
  readonly model: Model;
  private names: NameTable | undefined;

  constructor(model: Model) {
    super();
    this.model = model;
  }

  /** A name that nothing in the model has, made from `hint`. */
  freshName(hint: string): string {
    return this.nameTable().fresh(hint);
  }

  /** Whether some value or dimension-independent name of the model is `name` already. */
  isNameTaken(name: string): boolean {
    return this.nameTable().has(name);
  }

  private nameTable(): NameTable {
    this.names ??= NameTable.of(this.model);
    return this.names;
  }

  /** Gives a value or a node another name. The caller answers for uniqueness (see `isNameTaken`). */
  rename(item: Value | Node, name: string): void {
    const before = item.name;
    if (before === name) return;
    writable(item).name = name;
    if (item instanceof Value) this.names?.add(name);
    this.done({ kind: 'rename', item, before, after: name });
  }

  protected newValue(
    name: string,
    graph: Graph | undefined,
    producer: Node | undefined,
    index: number,
    type: ValueType | undefined,
    origin: object | undefined,
  ): Value {
    this.names?.add(name);
    return new Value(this.model.nextValueId++, name, graph, producer, index, type, origin);
  }
}
