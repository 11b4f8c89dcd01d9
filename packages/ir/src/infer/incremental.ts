import { sameConstant } from '../analysis/same-constant.ts';
import type { Editor } from '../edit/editor.ts';
import type { Change } from '../edit/journal.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { forget, inferModel, inferNode, type OnInvalid } from './infer.ts';

/**
 * Inference that follows an editor: after one walk over the whole model, only nodes that were made or whose
 * operands changed are inferred again, and whoever learns something from that.
 */
export class Inference {
  private readonly editor: Editor;
  private readonly onInvalid: OnInvalid | undefined;
  private readonly dirty = new Set<Node>();
  private readonly stopListening: () => void;
  /** While types are set here, their users are looked after by the walk itself. */
  private busy = false;

  constructor(editor: Editor, onInvalid?: OnInvalid) {
    this.editor = editor;
    this.onInvalid = onInvalid;
    this.stopListening = editor.listen((change) => this.note(change));
  }

  /** Infers the whole model. */
  start(): void {
    this.dirty.clear();
    this.quietly(() => inferModel(this.editor, this.onInvalid));
  }

  /**
   * Forgets everything and infers the whole model anew. Sizes that nobody named keep the symbols that they got
   * when they were first met; after values have been merged, some of them are provably equal.
   */
  restart(): void {
    this.quietly(() => {
      for (const fn of this.editor.model.functions.values()) forget(this.editor, fn.body);
      forget(this.editor, this.editor.model.graph);
    });
    this.start();
  }

  /** Brings types and shape data up to date with the changes since the last call. */
  update(): void {
    this.quietly(() => {
      for (const node of this.dirty) {
        this.dirty.delete(node);
        if (!node.graph || !inferNode(this.editor, node, this.onInvalid)) continue;
        for (const output of node.outputs) if (output) this.markReaders(output);
      }
    });
  }

  /** Stops following the editor. */
  stop(): void {
    this.stopListening();
  }

  private quietly(walk: () => void): void {
    this.busy = true;
    try {
      walk();
    } finally {
      this.busy = false;
    }
  }

  private note(change: Change): void {
    if (this.busy) return;
    switch (change.kind) {
      case 'operand':
        if (!sameConstant(change.before, change.after)) this.dirty.add(change.node);
        return;
      case 'insert':
      case 'attribute':
        this.dirty.add(change.node);
        return;
      case 'output':
        if (change.graph.owner?.kind === 'node') this.dirty.add(change.graph.owner.node);
        return;
      case 'type':
      case 'contents':
        this.markReaders(change.value);
        return;
    }
  }

  /** Marks the nodes whose inference looks at a value: its users, and the holder of a graph that hands it out. */
  private markReaders(value: Value): void {
    for (const use of value.uses()) {
      if (use.node) this.dirty.add(use.node);
      else if (use.graph?.owner?.kind === 'node') this.dirty.add(use.graph.owner.node);
    }
  }
}
