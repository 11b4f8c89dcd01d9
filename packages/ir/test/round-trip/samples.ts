import {
  AttributeProto,
  DeviceConfigurationProto,
  FunctionProto,
  GraphProto,
  IntIntListEntryProto,
  AttributeProtoAttributeTypeCode as Kind,
  ModelProto,
  NodeDeviceConfigurationProto,
  NodeProto,
  OperatorSetIdProto,
  ShardedDimProto,
  ShardingSpecProto,
  SimpleShardedDimProto,
  SparseTensorProto,
  StringStringEntryProto,
  TensorAnnotation,
  TensorProto,
  TensorProtoSegment,
  TensorShapeProto,
  TensorShapeProtoDimension,
  TrainingInfoProto,
  TypeProto,
  TypeProtoMap,
  TypeProtoOpaque,
  TypeProtoOptional,
  TypeProtoSequence,
  TypeProtoSparseTensor,
  TypeProtoTensor,
  ValueInfoProto,
} from '../../src/onnx/generated/messages.ts';
import type { MessageType } from '../../src/onnx/wire/message-type.ts';
import { bytes, firsts, float2, one, props, relu } from './parts.ts';
import {
  inAttributes,
  inDevices,
  inFunctions,
  inGraphs,
  inNodes,
  inOpsets,
  inProps,
  inShapes,
  inShardedDims,
  inShardings,
  inSparseTensors,
  inTensors,
  inTraining,
  inTypes,
  inValues,
  type Places,
} from './places.ts';

/** One message for each field, in which the field is set, with as much else as it takes. */
type Samples<T> = { readonly [K in Exclude<keyof T, 'unknown'>]-?: T };

/** A type of messages, and models in which each field of it is set. */
export interface Row {
  readonly type: MessageType;
  readonly samples: readonly (readonly [field: string, models: readonly ModelProto[]])[];
}

function row<T extends object>(type: MessageType<T>, places: Places<T>, samples: Samples<T>): Row {
  const entries: readonly (readonly [string, T])[] = Object.entries(samples);
  return {
    type,
    samples: entries.map(([field, message]) => {
      if (!(field in message)) throw new Error(`the sample for ${type.name}.${field} does not set it`);
      return [field, places(message)];
    }),
  };
}

const two = { dims: [2] };

export const rows: readonly Row[] = [
  row(ModelProto, (model) => [model], {
    irVersion: { irVersion: 11 },
    producerName: { producerName: 'somebody' },
    producerVersion: { producerVersion: '' },
    domain: { domain: 'org.example' },
    modelVersion: { modelVersion: -(2n ** 63n) },
    docString: { docString: 'line\nline' },
    graph: { graph: { name: 'g' } },
    opsetImport: { opsetImport: [{ domain: 'ai.onnx', version: 9 }] },
    metadataProps: { metadataProps: props },
    trainingInfo: { trainingInfo: [{}, {}] },
    functions: {
      functions: [
        { name: 'F', domain: 'my' },
        { name: 'F', domain: 'my', overload: 'o' },
      ],
    },
    configuration: { configuration: [{}, { name: 'c' }] },
  }),
  row(TrainingInfoProto, (trainingInfo) => [{ trainingInfo: [trainingInfo] }], {
    initialization: { initialization: { name: 'i', node: [relu] } },
    algorithm: { algorithm: { name: 'a' } },
    initializationBinding: { initializationBinding: props },
    updateBinding: { updateBinding: props },
  }),
  row(DeviceConfigurationProto, (configuration) => [{ configuration: [configuration] }], {
    name: { name: 'c' },
    numDevices: { numDevices: -1 },
    device: { device: ['d0', ''] },
  }),
  row(OperatorSetIdProto, inOpsets, {
    domain: { domain: 'other', version: 1 },
    version: { domain: 'my', version: 2 ** 40 },
  }),
  row(FunctionProto, inFunctions, {
    name: { name: 'G' },
    input: { input: ['x', 'z'] },
    output: { input: ['x'], output: ['y', 'x'], node: [relu] },
    attribute: { attribute: ['p', 'q'] },
    node: { input: ['x'], node: [relu] },
    docString: { docString: 'doc' },
    opsetImport: { opsetImport: [{ version: 7 }, { domain: 'unused', version: 2 }] },
    domain: { domain: 'ai.onnx' },
    attributeProto: { attributeProto: [{ name: 'a', i: 1, type: Kind.INT }] },
    valueInfo: { valueInfo: [{ name: 'nobody' }, {}] },
    overload: { overload: 'of two floats' },
    metadataProps: { metadataProps: props },
  }),
  row(GraphProto, inGraphs, {
    node: { node: [{ output: ['a'], opType: 'F', domain: 'my' }] },
    name: { name: 'g' },
    initializer: { initializer: [{ ...one, name: 'w' }] },
    docString: { docString: 'doc' },
    input: { input: [{ name: 'x' }, { name: 'z' }] },
    output: { input: [{ name: 'x' }], output: [{ name: 'x' }, { name: 'x', type: float2 }] },
    valueInfo: { valueInfo: [{ name: 'nobody', type: float2 }] },
    quantizationAnnotation: { quantizationAnnotation: [{}, { tensorName: 'w' }] },
    sparseInitializer: {
      sparseInitializer: [{ values: { ...one, name: 's' }, indices: one, dims: [2] }],
    },
    metadataProps: { metadataProps: props },
  }),
  row(TensorAnnotation, (note) => inGraphs({ input: [{ name: 'x' }], quantizationAnnotation: [note] }), {
    tensorName: { tensorName: 'x' },
    quantParameterTensorNames: { tensorName: 'x', quantParameterTensorNames: [...props, { value: 'x' }] },
  }),
  row(NodeProto, inNodes, {
    input: { input: ['', 'x', ''], opType: 'Op' },
    output: { output: ['', 'y', ''], opType: 'Op' },
    name: { ...relu, name: '' },
    opType: { opType: 'Op' },
    attribute: { ...relu, attribute: [{ name: 'a', f: 1, type: Kind.FLOAT }] },
    docString: { ...relu, docString: 'doc' },
    domain: { ...relu, domain: 'ai.onnx' },
    overload: { ...relu, domain: 'my', overload: 'of two floats' },
    metadataProps: { ...relu, metadataProps: props },
    deviceConfigurations: { ...relu, deviceConfigurations: [{}, { pipelineStage: 1 }] },
  }),
  row(NodeDeviceConfigurationProto, inDevices, {
    configurationId: { configurationId: 'c' },
    shardingSpec: { shardingSpec: [{}, { tensorName: 'x' }] },
    pipelineStage: { pipelineStage: 0 },
  }),
  row(ShardingSpecProto, inShardings, {
    tensorName: { tensorName: 'x' },
    device: { device: [0, -1, 2n ** 62n] },
    indexToDeviceGroupMap: { indexToDeviceGroupMap: [{ key: -1, value: [0, 1] }] },
    shardedDim: { shardedDim: [{}, { axis: 1 }] },
  }),
  row(IntIntListEntryProto, (entry) => inShardings({ indexToDeviceGroupMap: [entry] }), {
    key: { key: -2 },
    value: { value: [0, 3] },
  }),
  row(ShardedDimProto, inShardedDims, {
    axis: { axis: -1 },
    simpleSharding: { simpleSharding: [{}, { numShards: 2 }] },
  }),
  row(SimpleShardedDimProto, (dim) => inShardedDims({ simpleSharding: [dim] }), {
    dimValue: { dimValue: 0 },
    dimParam: { dimParam: 'N' },
    numShards: { numShards: 4 },
  }),
  row(AttributeProto, inAttributes, {
    name: { name: 'b', i: 0, type: Kind.INT },
    f: { f: -0, type: Kind.FLOAT },
    i: { i: 2n ** 63n - 1n, type: Kind.INT },
    s: { s: 'text', type: Kind.STRING },
    t: { t: one, type: Kind.TENSOR },
    g: { g: { name: 'inner', node: [{ output: ['q'], opType: 'Op' }] }, type: Kind.GRAPH },
    floats: { floats: [1.5, Number.POSITIVE_INFINITY, -0], type: Kind.FLOATS },
    ints: { ints: [0, -1, 2n ** 60n], type: Kind.INTS },
    strings: { strings: ['', 'text'], type: Kind.STRINGS },
    tensors: { tensors: [one, one], type: Kind.TENSORS },
    graphs: { graphs: [{}, {}], type: Kind.GRAPHS },
    docString: { docString: 'doc', type: Kind.INTS },
    tp: { tp: float2, type: Kind.TYPE_PROTO },
    typeProtos: { typeProtos: [float2, {}], type: Kind.TYPE_PROTOS },
    type: { type: Kind.UNDEFINED },
    refAttrName: { type: Kind.FLOAT, refAttrName: 'alpha' },
    sparseTensor: {
      type: Kind.SPARSE_TENSOR,
      sparseTensor: { values: one, indices: one, dims: [2] },
    },
    sparseTensors: { type: Kind.SPARSE_TENSORS, sparseTensors: [{ values: one, indices: one, dims: [2] }] },
  }),
  row(ValueInfoProto, inValues, {
    name: { name: 'x' },
    type: { type: float2 },
    docString: { docString: 'doc' },
    metadataProps: { metadataProps: props },
  }),
  // Tensors in segments are refused where somebody looks at them.
  row(TensorProto, (tensor) => (tensor.segment ? inTraining(tensor) : inTensors(tensor)), {
    dims: { ...two, dataType: 1, rawData: bytes(8) },
    dataType: { ...two, dataType: 2, rawData: bytes(2) },
    segment: { ...two, dataType: 1, segment: { begin: 0, end: 1 } },
    floatData: { ...two, dataType: 1, floatData: bytes(8) },
    int32Data: { ...two, dataType: 6, int32Data: bytes(2) },
    stringData: { ...two, dataType: 8, stringData: ['', 'text'] },
    int64Data: { ...two, dataType: 7, int64Data: bytes(2) },
    name: { ...two, dataType: 3, name: 'named', rawData: bytes(2) },
    rawData: { ...two, dataType: 16, rawData: bytes(4) },
    doubleData: { ...two, dataType: 11, doubleData: bytes(16) },
    uint64Data: { ...two, dataType: 13, uint64Data: bytes(2) },
    docString: { ...two, dataType: 3, rawData: bytes(2), docString: 'doc' },
    externalData: { ...two, dataType: 1, externalData: [{ key: 'location', value: 'f' }], dataLocation: 1 },
    dataLocation: { ...two, dataType: 3, rawData: bytes(2), dataLocation: 0 },
    metadataProps: { ...two, dataType: 3, rawData: bytes(2), metadataProps: props },
  }),
  row(TensorProtoSegment, (segment) => inTraining({ segment }), {
    begin: { begin: 1 },
    end: { end: 2 ** 40 },
  }),
  row(SparseTensorProto, inSparseTensors, {
    values: { values: { ...one, name: 's', docString: 'doc' }, indices: one, dims: [2] },
    indices: {
      values: { ...one, name: 's' },
      indices: { ...firsts, dims: [1, 2], name: 'i' },
      dims: [300, 2 ** 40],
    },
    dims: { values: { ...one, name: 's' }, indices: one, dims: [300] },
  }),
  row(TypeProto, inTypes, {
    tensorType: { tensorType: {} },
    sequenceType: { sequenceType: {} },
    mapType: { mapType: {} },
    denotation: { denotation: 'IMAGE' },
    opaqueType: { denotation: 'd', opaqueType: {} },
    sparseTensorType: { sparseTensorType: {} },
    optionalType: { optionalType: {} },
  }),
  row(TypeProtoTensor, (tensorType) => inTypes({ tensorType }), {
    elemType: { elemType: 99 },
    shape: { elemType: 28, shape: {} },
  }),
  row(TypeProtoSparseTensor, (sparseTensorType) => inTypes({ sparseTensorType }), {
    elemType: { elemType: 1 },
    shape: { elemType: 1, shape: { dim: [{}] } },
  }),
  row(TypeProtoSequence, (sequenceType) => inTypes({ sequenceType }), {
    elemType: { elemType: { sequenceType: { elemType: float2 } } },
  }),
  row(TypeProtoOptional, (optionalType) => inTypes({ optionalType }), {
    elemType: { elemType: { sequenceType: { elemType: float2 } } },
  }),
  row(TypeProtoMap, (mapType) => inTypes({ mapType }), {
    keyType: { keyType: 7 },
    valueType: { keyType: 8, valueType: { mapType: { keyType: 7, valueType: float2 } } },
  }),
  row(TypeProtoOpaque, (opaqueType) => inTypes({ opaqueType }), {
    domain: { domain: 'my' },
    name: { domain: '', name: 'Thing' },
  }),
  row(TensorShapeProto, inShapes, { dim: { dim: [{}, { dimValue: 0 }, { dimParam: '' }] } }),
  row(TensorShapeProtoDimension, (dim) => inShapes({ dim: [dim, dim] }), {
    dimValue: { dimValue: -1 },
    dimParam: { dimParam: 'N + 1' },
    denotation: { dimParam: 'N', denotation: 'DATA_BATCH' },
  }),
  row(StringStringEntryProto, inProps, { key: { key: '__proto__' }, value: { value: '' } }),
];
