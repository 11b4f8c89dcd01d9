import { type DType, dtypeFromCode, type Graph, isFloat, type Model, type ValueType } from '@refold/ir';

/**
 * How far two floats may lie apart: `share` of the largest magnitude of the wanted tensor, plus `relative`
 * of the wanted element, plus `absolute`, plus what `elements` say. Other types must be equal, unless
 * `elements` say otherwise.
 */
export interface Tolerance {
  readonly share: number;
  readonly relative: number;
  readonly absolute?: number | undefined;
  /** One number an element; infinite where anything will do. For tensors only. */
  readonly elements?: Float64Array | undefined;
}

/** The tolerance of NumPy's `allclose`: `atol` plus `rtol` of the wanted element. */
export function plainTolerance(rtol: number, atol: number): Tolerance {
  return { share: 0, relative: rtol, absolute: atol };
}

/** By the coarsest float type that takes part in a computation. */
const tolerances = {
  float64: { share: 1e-9, relative: 1e-9 },
  float32: { share: 1e-4, relative: 1e-4 },
  float16: { share: 5e-3, relative: 5e-3 },
  bfloat16: { share: 3e-2, relative: 3e-2 },
} as const satisfies Partial<Record<DType, Tolerance>>;

type Class = keyof typeof tolerances;

const coarsestFirst: readonly Class[] = ['bfloat16', 'float16', 'float32', 'float64'];

/** The tolerance for results of a float type: float32's where no type is given, bfloat16's for floats of 8 bits and fewer. */
export function toleranceOf(dtype: DType = 'float32'): Tolerance {
  if (dtype in tolerances) return tolerances[dtype as Class];
  return isFloat(dtype) ? tolerances.bfloat16 : tolerances.float32;
}

/** The tolerance for the outputs of a model: the coarsest float type among its constants, inputs, outputs and casts decides. */
export function toleranceFor(model: Model): Tolerance {
  const seen = new Set<DType>();
  for (const graph of model.graphs()) noteTypes(graph, seen);
  return toleranceOf(coarsestFirst.find((dtype) => seen.has(dtype)));
}

function noteTypes(graph: Graph, seen: Set<DType>): void {
  const note = (type: ValueType | undefined): void => {
    if (type?.kind === 'tensor') seen.add(type.dtype);
  };
  for (const value of graph.initializers) {
    if (value.tensor) seen.add(value.tensor.dtype);
  }
  for (const value of graph.inputs) note(value.type ?? value.declared);
  for (let node = graph.firstNode; node; node = node.next) {
    for (const output of node.outputs) note(output?.type ?? output?.declared);
    for (const attribute of node.attributes.values()) {
      if (attribute.type === 'tensor') seen.add(attribute.value.dtype);
    }
    const target = node.is('Cast') && node.attributes.get('to');
    const cast = target && target.type === 'int' ? dtypeFromCode(Number(target.value)) : undefined;
    if (cast) seen.add(cast);
  }
}
