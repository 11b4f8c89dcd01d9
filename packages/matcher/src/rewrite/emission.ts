import { type DType, type Graph, type OperatorSchema, operatorOf, schemaOf, type Value } from '@refold/ir';
import type { Emission } from './rule.ts';
import { Refusal } from './verdict.ts';

/** What a rule wants to make, checked before it is made. */
export interface Wanted {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: number;
}

/**
 * The schema of an operator that a rule wants to make in `graph`; undefined for vendors' operators that have
 * none. Refuses what the opsets in force there do not have, and operands of dtypes that it does not take.
 */
export function schemaForEmission(graph: Graph, wanted: Wanted): OperatorSchema | undefined {
  const { op, domain } = wanted;
  const opset = graph.opset(domain);
  if (opset === undefined) throw new Refusal('domain-not-imported', domain);
  const schema = schemaOf(domain, op, opset);
  if (!schema) {
    if (domain === '' || !operatorOf(domain, op)) throw new Refusal('op-not-in-opset', op);
    return undefined;
  }
  if (schema.deprecated) throw new Refusal('op-not-in-opset', op);
  checkArity(schema, wanted);
  checkDtypes(schema, wanted.inputs);
  return schema;
}

/** Refuses when an operator that the rule declares is not there; so no time is spent on building. */
export function checkEmissions(graph: Graph, emits: readonly Emission[]): void {
  for (const { op, domain = '', since } of emits) {
    const opset = graph.opset(domain);
    if (opset === undefined) throw new Refusal('domain-not-imported', domain);
    if (opset < since) throw new Refusal('op-not-in-opset', op);
  }
}

function checkArity(schema: OperatorSchema, { op, inputs, outputs }: Wanted): void {
  const [minInputs, maxInputs, minOutputs, maxOutputs] = schema.arity;
  let given = inputs.length;
  while (given > 0 && inputs[given - 1] === undefined) given -= 1;
  if (given < minInputs || given > maxInputs || outputs < minOutputs || outputs > maxOutputs) {
    throw new Refusal('arity-not-in-opset', op);
  }
}

function checkDtypes(schema: OperatorSchema, inputs: readonly (Value | undefined)[]): void {
  inputs.forEach((value, i) => {
    const type = value?.type;
    if (type?.kind !== 'tensor') return;
    const formal = schema.inputs[Math.min(i, schema.inputs.length - 1)];
    if (!formal) return;
    const allowed = schema.types.get(formal.type) ?? [formal.type];
    if (!allowed.includes(`tensor(${onnxName(type.dtype)})`)) {
      throw new Refusal('dtype-not-in-opset', `${schema.name}.${formal.name}`);
    }
  });
}

/** A dtype in ONNX's spelling. */
function onnxName(dtype: DType): string {
  if (dtype === 'float32') return 'float';
  return dtype === 'float64' ? 'double' : dtype;
}
