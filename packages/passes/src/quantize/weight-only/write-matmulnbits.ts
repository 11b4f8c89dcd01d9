import {
  type Attribute,
  type Editor,
  type Graph,
  outputOf,
  type Tensor,
  tensorOf,
  type Value,
} from '@refold/ir';
import { bitsOf, middleOf } from '../theta/format.ts';
import type { Candidate } from './candidates.ts';
import { type Coded, turned } from './encode.ts';
import type { CodedConstants } from './write-qdq.ts';

const DOMAIN = 'com.microsoft';

/** The constants that the operators of ONNX Runtime read, in the graph where the weight is. */
export function packedConstants(
  editor: Editor,
  graph: Graph,
  candidate: Candidate,
  coded: Coded,
  block: number,
): CodedConstants {
  const tensors = candidate.isTable ? tableTensors(candidate, coded) : packedRows(candidate, coded, block);
  return {
    operands: tensors.map(([tensor, part]) =>
      editor.addConstant(graph, tensor, `${candidate.weight.name}_${part}`),
    ),
    bytes: tensors.reduce((sum, [tensor]) => sum + tensor.byteLength, 0),
  };
}

type Named = readonly (readonly [tensor: Tensor, part: string])[];

/** Codes [N, blocks, bytes of a block], scales [N, blocks], zero points [N, bytes of a row of them]. */
function packedRows({ type, dims, axis }: Candidate, coded: Coded, block: number): Named {
  const inputsFirst = axis === 0;
  const [first = 1, second = 1] = dims;
  const [inputs, outputs] = inputsFirst ? [first, second] : [second, first];
  const blocks = Math.ceil(inputs / block);
  const bits = bitsOf(type);
  const byRow = (values: ArrayLike<number>, columns: number): ArrayLike<number> =>
    inputsFirst ? turned(values, columns, outputs) : values;
  const blob = (block * bits) / 8;
  const codes = packed(byRow(coded.codes, inputs), outputs, blocks * blob, bits, unsigned(type));
  const { scales, zeroPoints } = coded;
  const named: Named = [
    [tensorOf('uint8', [outputs, blocks, blob], codes), 'quantized'],
    [tensorOf('float32', [outputs, blocks], byRow(scales, blocks)), 'scale'],
  ];
  if (!zeroPoints) return named;
  const bytes = Math.ceil((blocks * bits) / 8);
  const zeros = packed(byRow(zeroPoints, blocks), outputs, bytes, bits, 0);
  return [...named, [tensorOf('uint8', [outputs, bytes], zeros), 'zero_point']];
}

/** Codes of 4 bits have their own type here, those of 8 bits no sign. */
function tableTensors({ type, dims }: Candidate, { codes, scaleDims, scales, zeroPoints }: Coded): Named {
  const dtype = type === 'int8' ? 'uint8' : type;
  const shift = dtype === type ? 0 : unsigned(type);
  const zeros = zeroPoints ?? new Float64Array(scales.length);
  return [
    [
      tensorOf(
        dtype,
        dims,
        Float64Array.from(codes, (code) => code + shift),
      ),
      'quantized',
    ],
    [tensorOf('float32', scaleDims, scales), 'scale'],
    [
      tensorOf(
        dtype,
        scaleDims,
        Float64Array.from(zeros, (zero) => zero + shift),
      ),
      'zero_point',
    ],
  ];
}

/** What makes codes of a type those of the type without sign. */
function unsigned(type: Candidate['type']): number {
  return type.startsWith('u') ? 0 : middleOf(type === 'int4' ? 'uint4' : 'uint8');
}

/** Rows of codes, each filled up to a number of bytes; the first code of a byte has its low bits. */
function packed(
  codes: ArrayLike<number>,
  rows: number,
  bytesOfRow: number,
  bits: number,
  shift: number,
): Uint8Array {
  const bytes = new Uint8Array(rows * bytesOfRow);
  const length = codes.length / Math.max(1, rows);
  for (let r = 0, i = 0; r < rows; r += 1) {
    for (let k = 0; k < length; k += 1, i += 1) {
      const bit = k * bits;
      const at = r * bytesOfRow + (bit >> 3);
      bytes[at] = (bytes[at] as number) | (((codes[i] as number) + shift) << (bit & 7));
    }
  }
  return bytes;
}

/** Puts the operator of ONNX Runtime in the place of a product or of a lookup; answers what it gives. */
export function replaceByPacked(
  editor: Editor,
  candidate: Candidate,
  { operands }: CodedConstants,
  block: number,
  accuracyLevel: number | undefined,
): Value {
  const { node, isTable } = candidate;
  const created = editor.createNode(
    {
      opType: isTable ? 'GatherBlockQuantized' : 'MatMulNBits',
      domain: DOMAIN,
      name: node.name,
      inputs: isTable ? lookupInputs(node.inputs[1], operands) : productInputs(candidate, operands),
      outputs: [editor.freshName(`${node.outputs[0]?.name ?? ''}_quantized`)],
      attributes: isTable
        ? lookupAttributes(candidate, block)
        : productAttributes(candidate, block, accuracyLevel),
      types: [node.outputs[0]?.type],
    },
    { before: node },
  );
  return outputOf(created);
}

type Operands = readonly (Value | undefined)[];

function productInputs({ node }: Candidate, [codes, scales, zeroPoints]: readonly Value[]): Operands {
  const bias = node.is('Gemm') ? node.inputs[2] : undefined;
  const inputs = [node.inputs[0], codes, scales, zeroPoints];
  if (bias) return [...inputs, undefined, bias];
  return zeroPoints ? inputs : inputs.slice(0, 3);
}

function lookupInputs(indices: Value | undefined, [codes, scales, zeroPoints]: readonly Value[]): Operands {
  return [codes, indices, scales, zeroPoints];
}

function productAttributes(
  { type, dims, axis }: Candidate,
  block: number,
  accuracyLevel: number | undefined,
): readonly Attribute[] {
  const [first = 1, second = 1] = dims;
  return integers({
    K: axis === 0 ? first : second,
    N: axis === 0 ? second : first,
    bits: bitsOf(type),
    block_size: block,
    ...(accuracyLevel === undefined ? {} : { accuracy_level: accuracyLevel }),
  });
}

function lookupAttributes({ type }: Candidate, block: number): readonly Attribute[] {
  return integers({ gather_axis: 0, quantize_axis: 1, block_size: block, bits: bitsOf(type) });
}

function integers(values: Readonly<Record<string, number>>): readonly Attribute[] {
  return Object.entries(values).map(([name, value]) => ({ name, type: 'int', value }));
}
