import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { shown } from '../onnx/shown.ts';
import type { OperatorSchema, Parameter } from '../ops/schema.ts';
import { textOfDType } from '../text/types.ts';
import type { DType } from '../types/dtype.ts';
import type { ValueType } from '../types/value-type.ts';
import { type Findings, nodeWords } from './finding.ts';

/**
 * Checks the types of operands and results, where they are known, against the type constraints of the
 * schema: each must be allowed, and those that share a type parameter must agree.
 */
export function checkOperandTypes(node: Node, schema: OperatorSchema, findings: Findings): void {
  const bound = new Map<string, string>();
  checkAll(node, 'input', node.inputs, schema.inputs, schema, bound, findings);
  checkAll(node, 'output', node.outputs, schema.outputs, schema, bound, findings);
}

function checkAll(
  node: Node,
  what: string,
  given: readonly (Value | undefined)[],
  formal: readonly Parameter[],
  schema: OperatorSchema,
  bound: Map<string, string>,
  findings: Findings,
): void {
  for (let i = 0; i < given.length; i += 1) {
    const value = given[i];
    // What goes beyond the formal ones belongs to the last, a variadic one.
    const parameter = formal[Math.min(i, formal.length - 1)];
    const type = value?.type && spelling(value.type);
    if (!value || !parameter || type === undefined) continue;
    const wrong = mismatch(type, parameter, schema, bound);
    if (!wrong) continue;
    const words = `${nodeWords(node)}: ${what} ${i} (${parameter.name}), ${shown(value.name)}, is ${type}`;
    findings.add('type/operand', { node, value }, `${words}, but ${wrong}`);
  }
}

function mismatch(
  type: string,
  parameter: Parameter,
  schema: OperatorSchema,
  bound: Map<string, string>,
): string | undefined {
  const allowed = schema.types.get(parameter.type);
  if (!allowed) return type === parameter.type ? undefined : `must be ${parameter.type}`;
  if (!allowed.includes(type)) return `${parameter.type} may not be that`;
  if (parameter.option === 'variadic' && !parameter.homogeneous) return undefined;
  const other = bound.get(parameter.type);
  if (other === undefined) bound.set(parameter.type, type);
  return other === undefined || other === type ? undefined : `${parameter.type} is ${other} elsewhere`;
}

/** How schemas spell plain tensors, which most values are: kept, since these texts are compared with many others. */
const plainTensors = new Map<DType, string>();

function plainTensor(dtype: DType): string {
  let text = plainTensors.get(dtype);
  if (text === undefined) {
    text = `tensor(${textOfDType(dtype)})`;
    plainTensors.set(dtype, text);
  }
  return text;
}

/** A type as schemas spell it, such as `seq(tensor(float))`; undefined when not all of it is known. */
function spelling(type: ValueType): string | undefined {
  if (type.kind === 'tensor') return plainTensor(type.dtype);
  // Schemas know types nested up to three deep.
  let before = '';
  let after = '';
  for (let at: ValueType | undefined = type; at; ) {
    switch (at.kind) {
      case 'tensor':
        return `${before}tensor(${textOfDType(at.dtype)})${after}`;
      case 'sparse':
        return `${before}sparse_tensor(${textOfDType(at.dtype)})${after}`;
      case 'map': {
        const element = at.value?.kind === 'tensor' ? textOfDType(at.value.dtype) : undefined;
        return element && `${before}map(${textOfDType(at.key)}, ${element})${after}`;
      }
      case 'opaque':
        return undefined;
      default:
        before += at.kind === 'sequence' ? 'seq(' : 'optional(';
        after += ')';
        at = at.of;
    }
  }
  return undefined;
}
