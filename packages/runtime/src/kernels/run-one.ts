import {
  type Attribute,
  Editor,
  elementCount,
  InternalError,
  ModelError,
  newestOpset,
  newModel,
  OpContext,
  type OperatorSchema,
  schemaOf,
  Tensor,
} from '@refold/ir';
import { checkExtent, checkExtents } from '../run/extent.ts';
import { ValueFacts } from '../run/operand-facts.ts';
import { Random } from '../run/random.ts';
import { typeOfValue } from '../run/value-type.ts';
import { newData } from '../tensor/codec.ts';
import { NdArray, type NdValue } from '../tensor/nd-array.ts';
import type { KernelContext } from './kernel.ts';
import { kernelOf } from './registry.ts';

/** Results with more elements are refused, as a run with a memory limit would. */
const MAX_ELEMENTS = 1 << 26;

/** An attribute by its plain value; the schema of the operator says its type. Others are given whole. */
export type AttributeValue =
  | number
  | bigint
  | string
  | readonly number[]
  | readonly string[]
  | Tensor
  | Attribute;

export interface RunOneOptions {
  /** Opset version of the operator's domain; the newest of the standard domain when absent. */
  readonly opset?: number;
  readonly domain?: string;
  /** Number of outputs asked for; 1 when absent. An array says which of them are wanted. */
  readonly outputs?: number | readonly boolean[];
  readonly seed?: number;
}

/** Runs the kernel of one operator, without a graph around it. For tests; nested graphs are not run. */
export function runOne(
  op: string,
  inputs: readonly (NdValue | undefined)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
  options: RunOneOptions = {},
): NdValue[] {
  const { domain = '', opset = domain === '' ? newestOpset() : 1, outputs = 1, seed = 1 } = options;
  const kernel = kernelOf(domain, op);
  if (!kernel) throw new InternalError(`there is no kernel for ${op}`);
  const schema = schemaOf(domain, op, opset);
  const editor = new Editor(newModel(new Map([[domain, opset]])));
  const wanted = typeof outputs === 'number' ? new Array<boolean>(outputs).fill(true) : outputs;
  const node = editor.createNode(
    {
      opType: op,
      domain,
      inputs: inputs.map((value, i) =>
        value ? editor.addInput(editor.model.graph, { name: `in${i}`, type: typeOfValue(value) }) : undefined,
      ),
      outputs: wanted.map((w, i) => (w ? `out${i}` : undefined)),
      attributes: attributesFrom(attributes, schema),
    },
    { end: editor.model.graph },
  );
  checkExtents(inputs);
  const results = kernel.run(
    inputs,
    contextOf(new OpContext(node, schema, new ValueFacts(inputs)), wanted, seed),
  );
  return wanted.map((w, i) => {
    const value = results[i];
    if (w && value === undefined) throw new InternalError(`${op} gave no output ${i}`);
    return value ?? new NdArray('float32', [0], new Float32Array(0));
  });
}

/** As {@link runOne}, for an operator whose first output is a tensor. */
export function runTensor(...args: Parameters<typeof runOne>): NdArray {
  const [value] = runOne(...args);
  if (value?.kind !== 'tensor') throw new InternalError(`${args[0]} did not give a tensor`);
  return value;
}

function contextOf(op: OpContext, wanted: readonly boolean[], seed: number): KernelContext {
  const random = new Random(seed);
  return {
    op,
    outputCount: wanted.length,
    wants: (index) => wanted[index] === true,
    alloc(dtype, dims) {
      checkExtent(dims);
      const count = elementCount(dims);
      if (count > MAX_ELEMENTS)
        throw new ModelError('model/limit', `${count} elements are too many for a test`);
      return new NdArray(dtype, dims, newData(dtype, count));
    },
    runGraph: () => {
      throw new InternalError('runOne does not run nested graphs');
    },
    random: () => random.next(),
    tick: () => undefined,
  };
}

function attributesFrom(
  values: Readonly<Record<string, AttributeValue | undefined>>,
  schema: OperatorSchema | undefined,
): Attribute[] {
  const out: Attribute[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) out.push(attributeFrom(name, value, schema));
  }
  return out;
}

function attributeFrom(name: string, value: AttributeValue, schema: OperatorSchema | undefined): Attribute {
  const type = schema?.attributes.get(name)?.type;
  if (value instanceof Tensor) return { name, type: 'tensor', value };
  if (typeof value === 'string') return { name, type: 'string', value };
  if (typeof value === 'bigint') return { name, type: 'int', value };
  if (typeof value === 'number') {
    return type === 'float' || !Number.isInteger(value)
      ? { name, type: 'float', value: Math.fround(value) }
      : { name, type: 'int', value };
  }
  if (!isList(value)) return value;
  if (value.every((v) => typeof v === 'string')) return { name, type: 'strings', value };
  const numbers = value.map(Number);
  return type === 'floats'
    ? { name, type, value: numbers.map(Math.fround) }
    : { name, type: 'ints', value: numbers };
}

function isList(value: readonly (number | string)[] | Attribute): value is readonly (number | string)[] {
  return Array.isArray(value);
}
