import { ModelError, type Node } from '@refold/ir';

/** A node that cannot be written with the operators of a newer opset (`model/unsupported`). */
export class OpsetError extends ModelError {
  constructor(node: Node, opset: number, reason: string, hint?: string) {
    super(
      'model/unsupported',
      `${node.op} '${node.label}' cannot be raised to opset ${opset}: ${reason}`,
      { node: node.label, op: node.op },
      hint,
    );
    this.name = 'OpsetError';
  }
}
