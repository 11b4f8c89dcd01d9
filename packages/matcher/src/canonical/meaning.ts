import { type Node, type OperatorSchema, operatorOf, schemaOf, viewOf } from '@refold/ir';

/** The version of an operator that is in force at a node. */
export function schemaAt(node: Node): OperatorSchema | undefined {
  const opset = node.graph?.opset(node.domain);
  return opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset);
}

/**
 * Whether a node means what its operator's name says. Not so for calls of model functions that shadow an
 * operator, and for nodes with an attribute that refers to one of the calling function.
 */
export function meansItsName(node: Node): boolean {
  if (node.graph?.model.functionOf(node) && isKnownOperator(node)) return false;
  if (node.graph?.inFunction) {
    for (const attribute of node.attributes.values()) if (attribute.type === 'reference') return false;
  }
  return !coercesTo2d(node);
}

function isKnownOperator(node: Node): boolean {
  return schemaAt(node) !== undefined || operatorOf(node.domain, node.opType) !== undefined;
}

/**
 * Softmax and similar operators before opset 13 normalise all axes from `axis` on together. That is another function than
 * that of opset 13, unless the axis is the last one.
 */
function coercesTo2d(node: Node): boolean {
  if (node.domain !== '' || !flattening.has(node.opType)) return false;
  const view = viewOf(node);
  if (!view) return true;
  const type = node.inputs[0]?.type;
  const rank = type?.kind === 'tensor' ? type.shape?.length : undefined;
  const isLast = view.axis === -1 || (rank !== undefined && view.axis === rank - 1);
  return view.coerced === true && !isLast;
}

const flattening: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Hardmax']);
