import { type Change, type Node, sameConstant, valuesRead } from '@refold/ir';
import { Neighbourhood } from './neighbourhood.ts';

/** Where rules have to look again. */
export interface Changed {
  /** The nodes at which matches may have become possible, there and above. */
  readonly near: readonly Node[];
  /** Nodes at which they may, but not above. */
  readonly swapped: Iterable<Node>;
}

/** The nodes at which changes of a model may have made matches possible. */
export class Changes {
  private readonly near = new Neighbourhood();
  /** Nodes that read another one of two equal constants now. */
  private readonly swapped = new Set<Node>();
  private everything = false;

  add(change: Change): void {
    switch (change.kind) {
      case 'insert':
      case 'attribute':
      case 'arity':
        this.near.add(change.node);
        return;
      case 'operand':
        // What stands above reads the same; only code that asks for one and the same value can tell.
        if (change.before?.useCount === 0 && sameConstant(change.before, change.after)) {
          this.swapped.add(change.node);
          return;
        }
        this.near.add(change.node);
        if (change.before) this.near.addReleased(change.before);
        return;
      case 'result':
        this.near.add(change.node);
        if (change.before) this.near.addReleased(change.before);
        return;
      case 'erase':
        for (const value of valuesRead(change.node)) this.near.addReleased(value);
        return;
      case 'type':
      case 'contents':
      case 'tensor':
        if (change.value.producer) this.near.add(change.value.producer);
        this.near.addReaders(change.value);
        return;
      case 'output':
        this.near.addReleased(change.before);
        this.near.addReleased(change.after);
        return;
      case 'inputs':
      case 'outputs':
        for (const value of [...change.before, ...change.after]) this.near.addReleased(value);
        return;
      case 'opset':
      case 'function':
        this.everything = true;
        return;
      case 'rename':
      case 'declared':
      case 'add-initializer':
      case 'remove-initializer':
        // No match depends on names or on what a file states, and uses of initializers change with the nodes that read them.
        return;
    }
  }

  /** The changes, to begin anew; undefined where all of the model has to be looked at. */
  take(): Changed | undefined {
    const changed = { near: this.near.take(), swapped: [...this.swapped] };
    const { everything } = this;
    this.swapped.clear();
    this.everything = false;
    return everything ? undefined : changed;
  }
}
