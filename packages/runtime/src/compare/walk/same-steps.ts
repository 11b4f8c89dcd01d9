import {
  type Attribute,
  attributeKey,
  constantTensor,
  graphsOf,
  isFloat,
  type Node,
  sameTensor,
  schemaOf,
  type Tensor,
  type Value,
} from '@refold/ir';
import { floatLimits } from '../../inputs/float-limits.ts';
import { ndFromTensor } from '../../tensor/codec.ts';
import { reals } from '../../tensor/reals.ts';
import type { Errors } from '../bounds/errors.ts';
import { compareValues, type ElementDifference } from '../compare-values.ts';
import type { Pairing } from './pairing.ts';
import { sameInside } from './same-graphs.ts';

/** A parameter in which two nodes that are otherwise the same differ. */
export interface ParameterDifference {
  readonly kind: 'constant' | 'attribute';
  /** Name of the initializer or attribute, in the second model. */
  readonly name: string;
  /** The place of the constant among the operands; -1 for an attribute, and for one that a nested graph reads. */
  readonly operand: number;
  /** The constant of the first model. */
  readonly tensor?: Tensor | undefined;
  /** Its worst element; absent for attributes that hold no floats. */
  readonly element?: ElementDifference | undefined;
  /** Whether the difference is no more than what computing the same constant in another order makes. */
  readonly negligible: boolean;
}

/** A node of the second model that does what one of the first does, but perhaps for some parameters. */
export interface SameStep {
  readonly want: Node;
  readonly parameters: readonly ParameterDifference[];
}

/** Constants that are computed in another order may differ by so many units in the last place. */
const NEGLIGIBLE_ULPS = 4;

/** Of float32, the type of attributes. */
const ULP = 2 * floatLimits('float32').unit;

/**
 * The node of the first model that a node of the second repeats: the same operator in the same version, with
 * operands that are paired or constant, and results that are paired in order.
 */
export function sameStep(node: Node, pairing: Pairing): SameStep | undefined {
  const want = wantedNode(node, pairing);
  if (!want || want.domain !== node.domain || want.opType !== node.opType) return undefined;
  if (want.inputs.length !== node.inputs.length || versionOf(want) !== versionOf(node)) return undefined;
  const parameters: ParameterDifference[] = [];
  const inside = sameInside(want, node, {
    isSame: (a, b) => pairing.wantOf.get(b) === a,
    isConstant(a, b, name) {
      const difference = constantDifference(a, b, name, -1);
      if (difference && difference !== 'other') parameters.push(difference);
      return difference !== 'other';
    },
  });
  if (!inside) return undefined;
  for (const [i, operand] of node.inputs.entries()) {
    const difference = operandDifference(want.inputs[i], operand, i, pairing);
    if (difference === 'other') return undefined;
    if (difference) parameters.push(difference);
  }
  const attributes = attributeDifferences(want, node);
  return { want, parameters: [...parameters, ...attributes] };
}

/** The node that defines the values with which all results of `node` are paired, each at its place. */
function wantedNode(node: Node, { wantOf }: Pairing): Node | undefined {
  let want: Node | undefined;
  for (const output of node.outputs) {
    if (!output) continue;
    const value = wantOf.get(output);
    if (!value && output.useCount === 0) continue;
    if (!value?.producer || value.index !== output.index || (want && value.producer !== want))
      return undefined;
    want = value.producer;
  }
  return want;
}

function versionOf(node: Node): number | undefined {
  const opset = node.graph?.opset(node.domain);
  return opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset)?.since;
}

function operandDifference(
  want: Value | undefined,
  got: Value | undefined,
  index: number,
  pairing: Pairing,
): ParameterDifference | 'other' | undefined {
  if (!want || !got) return want === got ? undefined : 'other';
  const a = constantTensor(want);
  const b = constantTensor(got);
  if (a && b) return constantDifference(a, b, got.name, index);
  return pairing.wantOf.get(got) === want ? undefined : 'other';
}

function constantDifference(
  want: Tensor,
  got: Tensor,
  name: string,
  operand: number,
): ParameterDifference | 'other' | undefined {
  if (want === got || sameTensor(want, got)) return undefined;
  if (want.dtype !== got.dtype || want.dims.join() !== got.dims.join()) return 'other';
  // Shapes, axes and indices mean different things in different spellings: the results tell.
  if (!isFloat(want.dtype)) return 'other';
  const a = ndFromTensor(want);
  const b = ndFromTensor(got);
  const exact = compareValues(a, b, { share: 0, relative: 0 })?.elements?.worst;
  const within = { share: 0, relative: NEGLIGIBLE_ULPS * 2 * floatLimits(want.dtype).unit };
  const worst = compareValues(a, b, within)?.elements?.worst;
  return {
    kind: 'constant',
    name,
    operand,
    tensor: want,
    element: worst ?? exact,
    negligible: worst === undefined,
  };
}

function attributeDifferences(want: Node, got: Node): readonly ParameterDifference[] {
  const names = new Set([...want.attributes.keys(), ...got.attributes.keys()]);
  const found: ParameterDifference[] = [];
  for (const name of names) {
    const a = want.attributes.get(name);
    const b = got.attributes.get(name);
    if (a && b && (attributeKey(a) === attributeKey(b) || graphsOf(a).length > 0)) continue;
    const pair = a && b ? floatPair(a, b) : undefined;
    const negligible =
      pair === undefined || Math.abs(pair.want - pair.got) <= NEGLIGIBLE_ULPS * ULP * Math.abs(pair.want);
    const element = pair && {
      index: [],
      want: pair.want,
      got: pair.got,
      bound: 0,
      excess: Number.POSITIVE_INFINITY,
    };
    found.push({ kind: 'attribute', name, operand: -1, element, negligible });
  }
  return found;
}

function floatPair(a: Attribute, b: Attribute): { readonly want: number; readonly got: number } | undefined {
  return a.type === 'float' && b.type === 'float' ? { want: a.value, got: b.value } : undefined;
}

/** How far the elements of a constant lie from those of the first model. */
export function parameterErrors({ tensor }: ParameterDifference, got: Tensor | undefined): Errors {
  if (!tensor || !got) return 'none';
  const a = reals(ndFromTensor(tensor));
  const b = reals(ndFromTensor(got));
  return Float64Array.from(a, (x, i) => Math.abs(x - (b[i] ?? 0)));
}
