import { type Change, type Node, valuesRead } from '@refold/ir';
import { Neighbourhood } from './neighbourhood.ts';

/** The nodes at which changes of a model may have made matches possible. */
export class Changes {
  private readonly near = new Neighbourhood();
  private everything = false;

  add(change: Change): void {
    switch (change.kind) {
      case 'insert':
      case 'attribute':
      case 'arity':
        this.near.add(change.node);
        return;
      case 'operand':
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
      case 'add-initializer':
      case 'remove-initializer':
        // No match depends on names, and uses of initializers change with the nodes that read them.
        return;
    }
  }

  /** The nodes, to begin anew; undefined where all of the model has to be looked at. */
  take(): readonly Node[] | undefined {
    const nodes = this.near.take();
    const { everything } = this;
    this.everything = false;
    return everything ? undefined : nodes;
  }
}
