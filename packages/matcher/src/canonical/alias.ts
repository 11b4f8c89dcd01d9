import { type Node, sameShape, type Value } from '@refold/ir';
import { meansItsName } from './meaning.ts';
import { paramsOf } from './params.ts';

/**
 * Whether a node hands its first operand on unchanged: Identity, Cast to the same type, Dropout in inference,
 * moves of the elements to where they are, and Sum and similar operators of one operand. `value` is the result asked about.
 */
export function isAlias(node: Node, value: Value): boolean {
  if (node.domain !== '' || value.index !== 0) return false;
  const test = aliases.get(node.opType);
  return test !== undefined && meansItsName(node) && test(node, value);
}

/** The value that a value is, but for nodes that hand it on. */
export function behindAliases(value: Value): Value {
  let at = value;
  for (let node = at.producer; node && isAlias(node, at); node = at.producer) {
    const [operand] = node.inputs;
    if (!operand) break;
    at = operand;
  }
  return at;
}

type AliasTest = (node: Node, value: Value) => boolean;

const always: AliasTest = () => true;

const isOnly: AliasTest = (node) => node.inputs.length === 1;

const keepsShape: AliasTest = (node, value) => {
  const before = node.inputs[0]?.type;
  const after = value.type;
  if (before?.kind !== 'tensor' || after?.kind !== 'tensor') return false;
  return sameShape(before.shape, after.shape) === 'yes';
};

const keepsType: AliasTest = (node, value) => {
  const before = node.inputs[0]?.type;
  const after = value.type;
  return before?.kind === 'tensor' && after?.kind === 'tensor' && before.dtype === after.dtype;
};

const keepsOrder: AliasTest = (node) => {
  const perm = paramsOf(node)?.perm;
  return Array.isArray(perm) && perm.every((axis, i) => axis === i);
};

/** The mask, when somebody reads it, is a result of its own. */
const isInference: AliasTest = (node) => {
  if ((node.outputs[1]?.useCount ?? 0) > 0) return false;
  return paramsOf(node)?.training === false;
};

const aliases: ReadonlyMap<string, AliasTest> = new Map([
  ['Identity', always],
  ['Cast', keepsType],
  ['Dropout', isInference],
  ['Transpose', keepsOrder],
  ['Sum', isOnly],
  ['Max', isOnly],
  ['Min', isOnly],
  ['Mean', isOnly],
  ['Concat', isOnly],
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'].map((op): [string, AliasTest] => [
    op,
    keepsShape,
  ]),
]);
