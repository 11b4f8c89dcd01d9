import { type Editor, type Node, OpTable } from '@refold/ir';

/** The operators that occur in a model, or have occurred since this began to follow its editor. */
export class Operators {
  private readonly met = new OpTable<true>();
  private readonly stopListening: () => void;

  constructor(editor: Editor) {
    for (const graph of editor.model.graphs()) {
      for (let node = graph.firstNode; node; node = node.next) this.add(node);
    }
    this.stopListening = editor.listen((change) => {
      if (change.kind === 'insert') this.add(change.node);
    });
  }

  /** Whether an operator of the standard domain occurs. */
  has(opType: string): boolean {
    return this.met.get('', opType) === true;
  }

  /** As domain and name. */
  *all(): Generator<readonly [domain: string, opType: string]> {
    for (const [domain, opType] of this.met.entries()) yield [domain, opType];
  }

  /** Stops following the editor. */
  stop(): void {
    this.stopListening();
  }

  private add({ domain, opType }: Node): void {
    if (!this.met.get(domain, opType)) this.met.set(domain, opType, true);
  }
}
