import { type Attribute, dtypeOf, type Editor, type Node, viewOf } from '@refold/ir';
import { Line } from './line.ts';
import { standIn } from './stand-in.ts';

/**
 * HardSigmoid(x) = Clip(a x + b, 0, 1) in operators that run on codes, the clipping as part of the addition before it;
 * and HardSwish(x) = x HardSigmoid(x), so that at least the product does (with all of it on codes, what is rounded twice
 * on the way to the product was measured to cost more than half of the accuracy of a network). Answers whether it was
 * one of them.
 */
export function spellHardActivation(editor: Editor, node: Node): boolean {
  const [x] = node.inputs;
  if (!x || dtypeOf(x) !== 'float32') return false;
  const line = new Line(editor, node);
  if (node.is('HardSwish')) {
    const attributes: Attribute[] = [
      { name: 'alpha', type: 'float', value: 1 / 6 },
      { name: 'beta', type: 'float', value: 0.5 },
    ];
    return standIn(editor, node, line.node('Mul', [x, line.node('HardSigmoid', [x], attributes)]));
  }
  const view = node.is('HardSigmoid') ? viewOf(node) : undefined;
  const [alpha, beta] = [view?.alpha, view?.beta];
  if (typeof alpha !== 'number' || typeof beta !== 'number') return false;
  const sum = line.node('Add', [line.node('Mul', [x, line.scalar(alpha)]), line.scalar(beta)]);
  return standIn(editor, node, line.node('Clip', [sum, line.scalar(0), line.scalar(1)]));
}
