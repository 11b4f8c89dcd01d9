import type { Change } from './journal.ts';
import { attach, detach, placeFunction, placeInputs, placeOpset, placeOutputs } from './placement.ts';
import { linkUse, replaceOperand, resize, unlinkUse } from './uses.ts';
import { attributesOf, initializersOf, lists, writable } from './writable.ts';

/** Takes one change back. Changes must be taken back newest first. */
export function undo(change: Change): void {
  switch (change.kind) {
    case 'operand':
      replaceOperand(change.node, change.index, change.before);
      return;
    case 'arity':
      resize(change.node, change.before);
      return;
    case 'output': {
      const use = change.graph.outputUses[change.index];
      if (use) {
        unlinkUse(use);
        use.value = change.before;
        linkUse(use);
      }
      lists(change.graph).outputs[change.index] = change.before;
      return;
    }
    case 'outputs':
      placeOutputs(change.graph, change.before);
      return;
    case 'insert':
      detach(change.node);
      return;
    case 'erase':
      attach(change.node, change.graph, change.next);
      return;
    case 'result':
      lists(change.node).outputs[change.index] = change.before;
      if (change.before) writable(change.before).graph = change.node.graph;
      return;
    case 'attribute':
      if (change.before) attributesOf(change.node).set(change.name, change.before);
      else attributesOf(change.node).delete(change.name);
      return;
    case 'rename':
      writable(change.item).name = change.before;
      return;
    case 'type':
      writable(change.value).type = change.before;
      return;
    case 'declared':
      writable(change.value).declared = change.before;
      return;
    case 'contents':
      writable(change.value).contents = change.before;
      return;
    case 'tensor':
      writable(change.value).tensor = change.before;
      return;
    case 'add-initializer':
      initializersOf(change.graph).remove(change.value);
      writable(change.value).graph = undefined;
      return;
    case 'remove-initializer':
      initializersOf(change.graph).insert(change.value, change.next);
      writable(change.value).graph = change.graph;
      return;
    case 'inputs':
      placeInputs(change.graph, change.before);
      return;
    case 'opset':
      placeOpset(change.owner, change.domain, change.before);
      return;
    case 'ir-version':
      writable(change.model).irVersion = change.before;
      return;
    case 'function':
      placeFunction(change.model, change.key, change.before);
      return;
  }
}
