import { InternalError, ModelError, type Node, RefoldError, type Where } from '@refold/ir';

/** What the engines say when a typed array is too long or does not fit in memory. */
const noRoom = /array length|array buffer|allocation failed|string length/i;

/** The error to throw for one that came out of a node: it says where, and never blames the model for a bug. */
export function locateError(error: unknown, node: Node, path: string): RefoldError {
  const place: Where = { graph: path, node: node.label, op: node.op };
  if (error instanceof RefoldError) {
    // The innermost node is the right one; outer ones only pass the error on. Graph names come with the first.
    if (error.where.graph !== undefined || error.code.startsWith('usage/')) return error;
    const where = { ...place, ...error.where };
    if (error instanceof ModelError) {
      return new ModelError(error.code, error.message, where, error.hint, error);
    }
    return new InternalError(error.message, where, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && noRoom.test(message)) {
    return new ModelError('model/limit', `${node.op}: no memory for its result`, place, undefined, error);
  }
  return new InternalError(`the kernel of ${node.op} failed: ${message}`, place, error);
}
