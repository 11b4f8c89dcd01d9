import type { Attribute } from '../graph/attribute.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { shown } from '../onnx/shown.ts';
import {
  type AttributeSchema,
  newestOpset,
  type OperatorSchema,
  type Parameter,
  schemaOf,
} from '../ops/schema.ts';
import { type Findings, nodeWords } from './finding.ts';
import { checkOperandTypes } from './operand-types.ts';
import { walk } from './walk.ts';

/** Checks every node against the schema of its operator, or against the function that it calls. */
export function checkOperators(model: Model, findings: Findings): void {
  for (const root of [model.graph, ...[...model.functions.values()].map((fn) => fn.body)]) {
    walk(root, { enterNode: (node) => checkNode(model, node, findings) });
  }
}

/** What names of operators look like, those of later opsets too. */
const identifier = /^[A-Za-z_]\w*$/;

function checkNode(model: Model, node: Node, findings: Findings): void {
  const opset = node.graph?.opset(node.domain);
  if (opset === undefined) {
    findings.add(
      'op/opset',
      { node },
      `${nodeWords(node)}: no opset of domain ${shown(node.domain || 'ai.onnx')} is imported`,
    );
    return;
  }
  const called = model.functionOf(node);
  if (called) {
    const { inputs, outputs } = called.body;
    checkCount(node, 'inputs', node.inputs, 0, inputs.length, findings);
    checkCount(node, 'outputs', node.outputs, 0, outputs.length, findings);
    return;
  }
  const schema = schemaOf(node.domain, node.opType, opset);
  if (schema) {
    const [minInputs, maxInputs, minOutputs, maxOutputs] = schema.arity;
    checkCount(node, 'inputs', node.inputs, minInputs, maxInputs, findings);
    checkCount(node, 'outputs', node.outputs, minOutputs, maxOutputs, findings);
    checkPresent(node, 'input', node.inputs, schema.inputs, findings);
    checkPresent(node, 'output', node.outputs, schema.outputs, findings);
    checkAttributes(node, schema, findings);
    checkOperandTypes(node, schema, findings);
  } else if (node.domain === '' && !identifier.test(node.opType)) {
    findings.add('op/name', { node }, `${nodeWords(node)}: no operator of ONNX can have such a name`);
  } else if (node.domain === '' && opset <= newestOpset()) {
    findings.add('op/unknown', { node }, `${nodeWords(node)}: opset ${opset} has no such operator`);
  }
}

function checkCount(
  node: Node,
  what: string,
  given: readonly (Value | undefined)[],
  min: number,
  max: number,
  findings: Findings,
): void {
  // As ONNX does, absent ones are counted.
  const count = given.length;
  if (count >= min && count <= max) return;
  const wanted = min === max ? `${min}` : count < min ? `at least ${min}` : `at most ${max}`;
  findings.add('op/arity', { node }, `${nodeWords(node)} has ${count} ${what}, but takes ${wanted}`);
}

/** Checks that what is not optional is there. */
function checkPresent(
  node: Node,
  what: string,
  given: readonly (Value | undefined)[],
  formal: readonly Parameter[],
  findings: Findings,
): void {
  for (let i = 0; i < given.length; i += 1) {
    const parameter = formal[i];
    if (given[i] || parameter?.option !== 'single') continue;
    findings.add('op/arity', { node }, `${nodeWords(node)} lacks ${what} ${i} (${parameter.name})`);
  }
}

function checkAttributes(node: Node, schema: OperatorSchema, findings: Findings): void {
  for (const attribute of node.attributes.values()) {
    const formal = schema.attributes.get(attribute.name);
    // Names that begin so are for internal use, by ONNX's convention.
    if (!formal && attribute.name.startsWith('__')) continue;
    const wrong = formal ? wrongType(attribute, formal) : 'is none of this operator';
    if (wrong)
      findings.add(
        'op/attribute',
        { node },
        `${nodeWords(node)}: attribute ${shown(attribute.name)} ${wrong}`,
      );
  }
  for (const formal of schema.attributes.values()) {
    if (!formal.required || node.attributes.has(formal.name)) continue;
    findings.add('op/attribute', { node }, `${nodeWords(node)} lacks the attribute ${shown(formal.name)}`);
  }
}

function wrongType(attribute: Attribute, formal: AttributeSchema): string | undefined {
  const type = attribute.type === 'reference' ? attribute.of : attribute.type;
  if (type === formal.type || (attribute.type === 'reference' && type === 'undefined')) return undefined;
  // On the wire an empty list does not tell of what it is one.
  if (Array.isArray(attribute.value) && attribute.value.length === 0 && formal.type.endsWith('s'))
    return undefined;
  return `is of type ${type}, not ${formal.type}`;
}
