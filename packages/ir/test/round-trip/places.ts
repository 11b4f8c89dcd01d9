import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  AttributeProtoAttributeTypeCode as Kind,
  type ModelProto,
  type NodeDeviceConfigurationProto,
  type NodeProto,
  type OperatorSetIdProto,
  type ShardedDimProto,
  type ShardingSpecProto,
  type SparseTensorProto,
  type StringStringEntryProto,
  type TensorProto,
  type TensorShapeProto,
  type TypeProto,
  type ValueInfoProto,
} from '../../src/onnx/generated/messages.ts';
import { bytes, firsts, float2, one, relu } from './parts.ts';

/** Models in which a message stands in all the places where it may. */
export type Places<T> = (message: T) => readonly ModelProto[];

export const inFunctions: Places<FunctionProto> = (fn) => [
  { functions: [{ name: 'F', domain: 'my', ...fn }] },
];

/** As the main graph, nested once or in a list, and in what trains the model. */
export const inGraphs: Places<GraphProto> = (graph) => {
  const nest = (attribute: AttributeProto): ModelProto => ({
    graph: {
      node: [{ output: ['z'], opType: 'Nest', attribute: [{ name: 'a', ...attribute }], domain: 'my' }],
    },
  });
  return [
    { graph },
    nest({ g: graph, type: Kind.GRAPH }),
    nest({ graphs: [{ name: 'empty' }, graph], type: Kind.GRAPHS }),
    { trainingInfo: [{ initialization: graph, algorithm: graph }] },
  ];
};

/** In graphs and functions, with a value `x` to read. */
export const inNodes: Places<NodeProto> = (node) => [
  ...inGraphs({ node: [node], input: [{ name: 'x' }] }),
  ...inFunctions({ input: ['x'], node: [node] }),
];

/** On nodes, and as a default of a function. */
export const inAttributes: Places<AttributeProto> = (attribute) => {
  const named = { name: 'a', ...attribute };
  return [
    ...inNodes({ ...relu, attribute: [{ name: 'first', i: 1, type: Kind.INT }, named] }),
    ...inFunctions({ attributeProto: [named] }),
  ];
};

/** Among the weights of what trains the model, which no runtime looks at. */
export const inTraining: Places<TensorProto> = (tensor) => [
  { trainingInfo: [{ algorithm: { initializer: [tensor] } }] },
];

export const inSparseTensors: Places<SparseTensorProto> = (sparse) => [
  ...inGraphs({ sparseInitializer: [sparse] }),
  ...inAttributes({ type: Kind.SPARSE_TENSOR, sparseTensor: sparse }),
  ...inAttributes({ type: Kind.SPARSE_TENSORS, sparseTensors: [sparse, sparse] }),
];

/** Tensors of two elements: as weights, in attributes, and as the values of sparse tensors. */
export const inTensors: Places<TensorProto> = (tensor) => [
  ...inGraphs({ initializer: [{ name: 'w', ...tensor }] }),
  ...inGraphs({ initializer: [{ name: 'x', ...tensor }], input: [{ name: 'x' }] }),
  ...inAttributes({ t: tensor, type: Kind.TENSOR }),
  ...inAttributes({ tensors: [one, tensor], type: Kind.TENSORS }),
  ...inSparseTensors({
    values: { name: 'sp', ...tensor },
    indices: firsts,
    dims: [300, 9],
  }),
];

/** As an input, an output, a note about a value, and one about a value that nobody knows. */
export const inValues: Places<ValueInfoProto> = (value) => {
  const named = { name: 'x', ...value };
  const x = { name: 'x' };
  return [
    ...inGraphs({ input: [named] }),
    ...inGraphs({ input: [x], output: [named] }),
    ...inGraphs({ input: [x], valueInfo: [named] }),
    ...inGraphs({ valueInfo: [named] }),
    ...inFunctions({ input: ['x'], valueInfo: [named] }),
  ];
};

export const inTypes: Places<TypeProto> = (type) => [
  ...[type, { sequenceType: { elemType: type } }].flatMap((t) => inValues({ type: t })),
  ...inAttributes({ tp: type, type: Kind.TYPE_PROTO }),
  ...inAttributes({ typeProtos: [float2, type], type: Kind.TYPE_PROTOS }),
];

export const inShapes: Places<TensorShapeProto> = (shape) => [
  ...inTypes({ tensorType: { elemType: 1, shape } }),
  ...inTypes({ sparseTensorType: { elemType: 1, shape } }),
];

export const inDevices: Places<NodeDeviceConfigurationProto> = (device) =>
  inNodes({ ...relu, deviceConfigurations: [device, {}] });
export const inShardings: Places<ShardingSpecProto> = (sharding) => inDevices({ shardingSpec: [sharding] });
export const inShardedDims: Places<ShardedDimProto> = (dim) => inShardings({ shardedDim: [dim] });

export const inOpsets: Places<OperatorSetIdProto> = (opset) => [
  { opsetImport: [{ version: 25 }, opset] },
  ...inFunctions({ opsetImport: [opset] }),
];

export const inProps: Places<StringStringEntryProto> = (entry) => {
  const metadataProps = [entry];
  return [
    { metadataProps },
    ...inGraphs({ metadataProps }),
    ...inNodes({ ...relu, metadataProps }),
    ...inValues({ metadataProps }),
    ...inTensors({ dims: [2], dataType: 9, rawData: bytes(2), metadataProps }),
    ...inFunctions({ metadataProps }),
    ...inGraphs({ quantizationAnnotation: [{ quantParameterTensorNames: [entry] }] }),
    { trainingInfo: [{ initializationBinding: [entry], updateBinding: [entry] }] },
  ];
};
