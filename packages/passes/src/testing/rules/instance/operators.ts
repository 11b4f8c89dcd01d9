import {
  type Attribute,
  type DType,
  dtypeCode,
  type OperatorSchema,
  type ParamValue,
  schemaOf,
  tensorOf,
  type Value,
} from '@refold/ir';
import type { PatternData } from '@refold/matcher';
import { NoInstance } from '../no-instance.ts';
import { attributeOf } from './attributes.ts';
import { allDTypes, type Draft, dimsOf, dtypeOf } from './draft.ts';
import type { Want } from './leaves.ts';
import { drawnParam } from './params.ts';
import type { Building, Part } from './step.ts';

type OpPattern = Extract<PatternData, { readonly kind: 'op' }>;

/** Operators whose result has the shape of their operands, if these are alike. */
const elementwise: ReadonlySet<string> = new Set([
  ...[
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Pow',
    'Sum',
    'Max',
    'Min',
    'Mean',
    'Relu',
    'Neg',
    'Sigmoid',
    'Tanh',
    'Erf',
  ],
  ...[
    'Exp',
    'Log',
    'Sqrt',
    'Abs',
    'Clip',
    'Cast',
    'Identity',
    'Dropout',
    'Softmax',
    'Softplus',
    'HardSigmoid',
  ],
  ...[
    'Elu',
    'Selu',
    'Celu',
    'LeakyRelu',
    'HardSwish',
    'Gelu',
    'Mish',
    'Where',
    'Reciprocal',
    'Sign',
    'Floor',
  ],
  ...['Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal', 'And', 'Or', 'Xor', 'Not', 'Softsign'],
]);

/** A node of one of the operators of a pattern. */
export function* operatorOf(draft: Draft, p: OpPattern, { op, want }: Part): Building {
  const domain = p.domain;
  if (domain !== '' && !draft.model.opsets.has(domain)) draft.editor.setOpset(domain, 1);
  const choices = p.ops.filter((name) => (op === undefined || name === op) && exists(draft, p, name));
  const name = draft.choices.any(choices);
  if (name === undefined) throw new NoInstance(`opset ${draft.opset} has no ${p.ops.join(' or ')}`);
  const schema = schemaOf(domain, name, draft.model.opsets.get(domain) ?? 1);
  const inputs: (Value | undefined)[] = [];
  for (const [i, pattern] of p.inputs.entries()) {
    const place = { want: elementwise.has(name) ? want : undefined, dtype: fixedType(schema, i) };
    if (pattern.kind === 'list') inputs.push(...(yield* listOf(draft, pattern, place)));
    else inputs.push(yield { pattern, ...place });
  }
  const operands = p.commute ? draft.choices.shuffled(inputs) : inputs;
  const attributes = withParams(draft, p, name, schema, operands);
  const count = Math.max(p.output + 1, name === 'Split' ? 2 : 1);
  const node = draft.nodeN(name, count, operands, attributes, domain);
  const value = node.outputs[p.output];
  if (value && p.test.dims) draft.sizes.solve(p.test.dims, dimsOf(value));
  return value;
}

function exists(draft: Draft, p: OpPattern, name: string): boolean {
  if (p.domain !== '') return true;
  const schema = schemaOf('', name, draft.opset);
  if (!schema || schema.deprecated) return false;
  return schema.since >= (p.since.min ?? 0) && schema.since <= (p.since.max ?? Number.POSITIVE_INFINITY);
}

/** Operands that a variadic pattern may leave out. */
const MORE_OPERANDS = 2;

function* listOf(
  draft: Draft,
  list: Extract<PatternData, { readonly kind: 'list' }>,
  place: { readonly want: Want | undefined; readonly dtype: DType | undefined },
): Generator<{ readonly pattern: PatternData }, (Value | undefined)[], Value | undefined> {
  const least = Math.max(1, list.min);
  const count = Math.min(list.max, least + draft.choices.below(MORE_OPERANDS + 1));
  const values: (Value | undefined)[] = [];
  for (let i = 0; i < count; i += 1) values.push(yield { pattern: list.each, ...place });
  return values;
}

const plainTypes: ReadonlyMap<string, DType> = new Map([
  ['tensor(int64)', 'int64'],
  ['tensor(bool)', 'bool'],
  ['tensor(float)', 'float32'],
  ['tensor(int32)', 'int32'],
]);

/** The type of an operand that can have one only. */
function fixedType(schema: OperatorSchema | undefined, index: number): DType | undefined {
  const formal = schema?.inputs[index];
  if (!formal) return undefined;
  const allowed = schema.types.get(formal.type) ?? [formal.type];
  const [only] = allowed;
  return allowed.length === 1 && only !== undefined ? plainTypes.get(only) : undefined;
}

/** Parameters whose meaning has another name than schemas give them. */
const spelling: ReadonlyMap<string, string> = new Map([
  ['Dropout.training', 'training_mode'],
  ['BatchNormalization.training', 'training_mode'],
  ['Resize.coordinateMode', 'coordinate_transformation_mode'],
  ['TopK.k', 'K'],
]);

/** `kernelShape` is `kernel_shape` in files. */
function writtenName(op: string, param: string, schema: OperatorSchema | undefined): string {
  if (schema?.attributes.has(param)) return param;
  const other = spelling.get(`${op}.${param}`);
  return other ?? param.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Draws all parameters; those that are operands in this opset are put behind the others. */
function withParams(
  draft: Draft,
  p: OpPattern,
  name: string,
  schema: OperatorSchema | undefined,
  operands: (Value | undefined)[] | readonly (Value | undefined)[],
): readonly Attribute[] {
  const attributes: Attribute[] = [];
  const first = operands.find((operand) => operand !== undefined);
  const dims = first ? dimsOf(first) : [];
  const given = new Map<string, ParamValue>(needed(draft, p, name, schema, dims));
  for (const [param, value] of hinted(draft, p, schema)) given.set(param, value);
  for (const [param, test] of p.params) given.set(param, drawnParam(draft, test, param, name, schema, dims));
  for (const [param, said] of given) {
    const value = name === 'Cast' && param === 'to' ? codeOf(said) : said;
    if (value === undefined) continue;
    const written = writtenName(name, param, schema);
    const formal = schema?.attributes.get(written);
    const index = schema?.inputs.findIndex((input) => input.name === written) ?? -1;
    if (formal) {
      const attribute = attributeOf(written, formal.type, value);
      if (attribute && !isDefault(draft, value, formal.default)) attributes.push(attribute);
    } else if (index >= 0 && Array.isArray(operands)) {
      while (operands.length <= index) operands.push(undefined);
      operands[index] = paramOperand(draft, value, fixedType(schema, index) ?? (first && dtypeOf(first)));
    } else if (!isDefault(draft, value, false)) {
      throw new NoInstance(`opset ${draft.opset} cannot say ${name}.${param}`);
    }
  }
  return attributes;
}

/** What the hint says of parameters by their own names, where the pattern says nothing. */
function hinted(
  draft: Draft,
  p: OpPattern,
  schema: OperatorSchema | undefined,
): readonly (readonly [string, ParamValue])[] {
  const beyond = schema?.inputs.slice(p.inputs.length).map((input) => input.name) ?? [];
  return [...(schema?.attributes.keys() ?? []), ...beyond]
    .filter((param) => !p.params.has(param) && draft.valueHint(param) !== undefined)
    .map((param) => [param, draft.valueHint(param)]);
}

/** Types go by their names in patterns, and by numbers in files. */
function codeOf(value: ParamValue): ParamValue {
  const dtype = allDTypes.find((name) => name === value);
  return dtype ? dtypeCode(dtype) : value;
}

/** Defaults are written out, or left out. */
function isDefault(draft: Draft, value: ParamValue, fallback: unknown): boolean {
  const plain = typeof value === 'boolean' ? Number(value) : value;
  const same = String(plain) === String(typeof fallback === 'boolean' ? Number(fallback) : fallback);
  return same && draft.choices.flag();
}

function paramOperand(draft: Draft, value: ParamValue, dtype: DType = 'int64'): Value {
  const list = Array.isArray(value) ? value.map(Number) : [Number(value)];
  return draft.initializer(tensorOf(dtype, Array.isArray(value) ? [list.length] : [], list), 'p');
}

/** Parameters of which the pattern says nothing, but without which there is no node. */
function needed(
  draft: Draft,
  p: OpPattern,
  name: string,
  schema: OperatorSchema | undefined,
  dims: readonly number[],
): readonly (readonly [string, ParamValue])[] {
  switch (name) {
    case 'Split': {
      if (p.params.has('split')) return [];
      const axis = p.params.get('axis');
      const size = dims.at(typeof axis === 'number' ? axis : 0) ?? 0;
      const parts = Math.max(p.output + 1, 2);
      if (size % parts !== 0) throw new NoInstance(`Split: ${size} is not ${parts} parts`);
      return [['split', new Array<number>(parts).fill(size / parts)]];
    }
    case 'Cast':
      return [['to', dtypeCode(draft.dtype)]];
    case 'Concat':
      return [['axis', draft.choices.below(Math.max(1, dims.length))]];
    case 'Unsqueeze':
      return [['axes', [0]]];
    case 'Transpose':
      return p.params.has('perm') ? [] : [['perm', draft.choices.shuffled([...dims.keys()])]];
    default:
      return name.startsWith('Reduce') ? neededByReduction(draft, p, schema, dims) : [];
  }
}

/** Some axes, or all; kept or not. */
function neededByReduction(
  draft: Draft,
  p: OpPattern,
  schema: OperatorSchema | undefined,
  dims: readonly number[],
): readonly (readonly [string, ParamValue])[] {
  const params: (readonly [string, ParamValue])[] = [];
  if (schema?.attributes.has('keepdims') && !p.params.has('keepdims')) {
    params.push(['keepdims', draft.choices.below(2)]);
  }
  const some = dims.length > 0 && draft.choices.below(4) < 3;
  if (some && !p.params.has('axes')) params.push(['axes', [draft.choices.below(dims.length)]]);
  return params;
}
