import { constantTensor, type Editor, type Node, type Value, valuesRead } from '@refold/ir';

/** Removes what a rewrite has left without users, and what only that had used. */
export class Eraser {
  /** Labels of the nodes removed. */
  readonly removed: string[] = [];
  /** Values that lost a use and are still there. */
  readonly released: Value[] = [];
  /** Number of operations removed: constants and nodes that the rewrite itself made do not count. */
  count = 0;
  /** Bytes of the constants removed. */
  bytes = 0;
  private readonly editor: Editor;
  private readonly labels: ReadonlyMap<Node, string>;
  private readonly created: ReadonlySet<Node>;

  /** `labels`: what nodes were called before the rewrite, where that has changed since. */
  constructor(editor: Editor, labels: ReadonlyMap<Node, string>, created: ReadonlySet<Node>) {
    this.editor = editor;
    this.labels = labels;
    this.created = created;
  }

  /** Removes those of the nodes and constants that nobody reads. */
  erase(nodes: readonly Node[], constants: readonly Value[]): void {
    const pending = [...nodes];
    const released = new Set<Value>();
    for (const value of constants) {
      if (value.producer) pending.push(value.producer);
      else this.drop(value);
    }
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (!node.graph || node.outputs.some((o) => o !== undefined && o.useCount > 0)) continue;
      const operands = valuesRead(node);
      this.note(node);
      this.editor.eraseNode(node);
      for (const value of operands) {
        released.add(value);
        if (value.useCount > 0) continue;
        if (value.producer) pending.push(value.producer);
        else this.drop(value);
      }
    }
    for (const value of released) if (value.graph && value.useCount > 0) this.released.push(value);
  }

  private note(node: Node): void {
    const [result] = node.outputs;
    const tensor = result && constantTensor(result);
    this.bytes += tensor?.byteLength ?? 0;
    if (this.created.has(node)) return;
    this.removed.push(this.labels.get(node) ?? node.label);
    if (!tensor) this.count += 1;
  }

  private drop(value: Value): void {
    if (!value.isInitializer || value.useCount > 0) return;
    this.bytes += value.tensor?.byteLength ?? 0;
    this.editor.removeInitializer(value);
  }
}
