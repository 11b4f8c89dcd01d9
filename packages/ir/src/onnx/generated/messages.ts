// Made by scripts/generate-messages.mjs from the message tables of onnx 1.23.2 (IR 14). Do not edit.
import type { Int } from '../../graph/attribute.ts';
import { MessageType } from '../wire/message-type.ts';
import type { RawData, WireBytes } from '../wire/wire-bytes.ts';

export interface AttributeProto {
  readonly name?: string | undefined;
  readonly f?: number | undefined;
  readonly i?: Int | undefined;
  readonly s?: string | undefined;
  readonly t?: TensorProto | undefined;
  readonly g?: GraphProto | undefined;
  readonly floats?: readonly number[] | undefined;
  readonly ints?: readonly Int[] | undefined;
  readonly strings?: readonly string[] | undefined;
  readonly tensors?: readonly TensorProto[] | undefined;
  readonly graphs?: readonly GraphProto[] | undefined;
  readonly docString?: string | undefined;
  readonly tp?: TypeProto | undefined;
  readonly typeProtos?: readonly TypeProto[] | undefined;
  readonly type?: number | undefined;
  readonly refAttrName?: string | undefined;
  readonly sparseTensor?: SparseTensorProto | undefined;
  readonly sparseTensors?: readonly SparseTensorProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const AttributeProto: MessageType<AttributeProto> = new MessageType<AttributeProto>(
  'AttributeProto',
  '1 name s, 2 f f, 3 i i, 4 s y, 5 t m:TensorProto, 6 g m:GraphProto, 7 floats f *, 8 ints i *, 9 strings y *, 10 tensors m:TensorProto *, 11 graphs m:GraphProto *, 13 docString s, 14 tp m:TypeProto, 15 typeProtos m:TypeProto *, 20 type n, 21 refAttrName s, 22 sparseTensor m:SparseTensorProto, 23 sparseTensors m:SparseTensorProto *',
  () => ({ name: undefined, f: undefined, i: undefined, s: undefined, t: undefined, g: undefined, floats: undefined, ints: undefined, strings: undefined, tensors: undefined, graphs: undefined, docString: undefined, tp: undefined, typeProtos: undefined, type: undefined, refAttrName: undefined, sparseTensor: undefined, sparseTensors: undefined, unknown: undefined }),
);

export interface ValueInfoProto {
  readonly name?: string | undefined;
  readonly type?: TypeProto | undefined;
  readonly docString?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const ValueInfoProto: MessageType<ValueInfoProto> = new MessageType<ValueInfoProto>(
  'ValueInfoProto',
  '1 name s, 2 type m:TypeProto n, 3 docString s, 4 metadataProps m:StringStringEntryProto *',
  () => ({ name: undefined, type: undefined, docString: undefined, metadataProps: undefined, unknown: undefined }),
);

export interface NodeProto {
  readonly input?: readonly string[] | undefined;
  readonly output?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly opType?: string | undefined;
  readonly attribute?: readonly AttributeProto[] | undefined;
  readonly docString?: string | undefined;
  readonly domain?: string | undefined;
  readonly overload?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly deviceConfigurations?: readonly NodeDeviceConfigurationProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const NodeProto: MessageType<NodeProto> = new MessageType<NodeProto>(
  'NodeProto',
  '1 input s *, 2 output s *, 3 name s, 4 opType s, 5 attribute m:AttributeProto *, 6 docString s, 7 domain s, 8 overload s, 9 metadataProps m:StringStringEntryProto *, 10 deviceConfigurations m:NodeDeviceConfigurationProto *',
  () => ({ input: undefined, output: undefined, name: undefined, opType: undefined, attribute: undefined, docString: undefined, domain: undefined, overload: undefined, metadataProps: undefined, deviceConfigurations: undefined, unknown: undefined }),
);

export interface IntIntListEntryProto {
  readonly key?: Int | undefined;
  readonly value?: readonly Int[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const IntIntListEntryProto: MessageType<IntIntListEntryProto> = new MessageType<IntIntListEntryProto>(
  'IntIntListEntryProto',
  '1 key i, 2 value i *',
  () => ({ key: undefined, value: undefined, unknown: undefined }),
);

export interface NodeDeviceConfigurationProto {
  readonly configurationId?: string | undefined;
  readonly shardingSpec?: readonly ShardingSpecProto[] | undefined;
  readonly pipelineStage?: number | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const NodeDeviceConfigurationProto: MessageType<NodeDeviceConfigurationProto> = new MessageType<NodeDeviceConfigurationProto>(
  'NodeDeviceConfigurationProto',
  '1 configurationId s, 2 shardingSpec m:ShardingSpecProto *, 3 pipelineStage n',
  () => ({ configurationId: undefined, shardingSpec: undefined, pipelineStage: undefined, unknown: undefined }),
);

export interface ShardingSpecProto {
  readonly tensorName?: string | undefined;
  readonly device?: readonly Int[] | undefined;
  readonly indexToDeviceGroupMap?: readonly IntIntListEntryProto[] | undefined;
  readonly shardedDim?: readonly ShardedDimProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const ShardingSpecProto: MessageType<ShardingSpecProto> = new MessageType<ShardingSpecProto>(
  'ShardingSpecProto',
  '1 tensorName s, 2 device i *, 3 indexToDeviceGroupMap m:IntIntListEntryProto *, 4 shardedDim m:ShardedDimProto *',
  () => ({ tensorName: undefined, device: undefined, indexToDeviceGroupMap: undefined, shardedDim: undefined, unknown: undefined }),
);

export interface ShardedDimProto {
  readonly axis?: Int | undefined;
  readonly simpleSharding?: readonly SimpleShardedDimProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const ShardedDimProto: MessageType<ShardedDimProto> = new MessageType<ShardedDimProto>(
  'ShardedDimProto',
  '1 axis i, 2 simpleSharding m:SimpleShardedDimProto *',
  () => ({ axis: undefined, simpleSharding: undefined, unknown: undefined }),
);

export interface SimpleShardedDimProto {
  readonly dimValue?: Int | undefined;
  readonly dimParam?: string | undefined;
  readonly numShards?: Int | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const SimpleShardedDimProto: MessageType<SimpleShardedDimProto> = new MessageType<SimpleShardedDimProto>(
  'SimpleShardedDimProto',
  '1 dimValue i o, 2 dimParam s o, 3 numShards i',
  () => ({ dimValue: undefined, dimParam: undefined, numShards: undefined, unknown: undefined }),
);

export interface TrainingInfoProto {
  readonly initialization?: GraphProto | undefined;
  readonly algorithm?: GraphProto | undefined;
  readonly initializationBinding?: readonly StringStringEntryProto[] | undefined;
  readonly updateBinding?: readonly StringStringEntryProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TrainingInfoProto: MessageType<TrainingInfoProto> = new MessageType<TrainingInfoProto>(
  'TrainingInfoProto',
  '1 initialization m:GraphProto, 2 algorithm m:GraphProto, 3 initializationBinding m:StringStringEntryProto *, 4 updateBinding m:StringStringEntryProto *',
  () => ({ initialization: undefined, algorithm: undefined, initializationBinding: undefined, updateBinding: undefined, unknown: undefined }),
);

export interface ModelProto {
  readonly irVersion?: Int | undefined;
  readonly producerName?: string | undefined;
  readonly producerVersion?: string | undefined;
  readonly domain?: string | undefined;
  readonly modelVersion?: Int | undefined;
  readonly docString?: string | undefined;
  readonly graph?: GraphProto | undefined;
  readonly opsetImport?: readonly OperatorSetIdProto[] | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly trainingInfo?: readonly TrainingInfoProto[] | undefined;
  readonly functions?: readonly FunctionProto[] | undefined;
  readonly configuration?: readonly DeviceConfigurationProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const ModelProto: MessageType<ModelProto> = new MessageType<ModelProto>(
  'ModelProto',
  '1 irVersion i, 2 producerName s, 3 producerVersion s, 4 domain s, 5 modelVersion i, 6 docString s, 7 graph m:GraphProto, 8 opsetImport m:OperatorSetIdProto *, 14 metadataProps m:StringStringEntryProto *, 20 trainingInfo m:TrainingInfoProto *, 25 functions m:FunctionProto *, 26 configuration m:DeviceConfigurationProto *',
  () => ({ irVersion: undefined, producerName: undefined, producerVersion: undefined, domain: undefined, modelVersion: undefined, docString: undefined, graph: undefined, opsetImport: undefined, metadataProps: undefined, trainingInfo: undefined, functions: undefined, configuration: undefined, unknown: undefined }),
);

export interface DeviceConfigurationProto {
  readonly name?: string | undefined;
  readonly numDevices?: number | undefined;
  readonly device?: readonly string[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const DeviceConfigurationProto: MessageType<DeviceConfigurationProto> = new MessageType<DeviceConfigurationProto>(
  'DeviceConfigurationProto',
  '1 name s, 2 numDevices n, 3 device s *',
  () => ({ name: undefined, numDevices: undefined, device: undefined, unknown: undefined }),
);

export interface StringStringEntryProto {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const StringStringEntryProto: MessageType<StringStringEntryProto> = new MessageType<StringStringEntryProto>(
  'StringStringEntryProto',
  '1 key s, 2 value s',
  () => ({ key: undefined, value: undefined, unknown: undefined }),
);

export interface TensorAnnotation {
  readonly tensorName?: string | undefined;
  readonly quantParameterTensorNames?: readonly StringStringEntryProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TensorAnnotation: MessageType<TensorAnnotation> = new MessageType<TensorAnnotation>(
  'TensorAnnotation',
  '1 tensorName s, 2 quantParameterTensorNames m:StringStringEntryProto *',
  () => ({ tensorName: undefined, quantParameterTensorNames: undefined, unknown: undefined }),
);

export interface GraphProto {
  readonly node?: Iterable<NodeProto> | undefined;
  readonly name?: string | undefined;
  readonly initializer?: readonly TensorProto[] | undefined;
  readonly docString?: string | undefined;
  readonly input?: readonly ValueInfoProto[] | undefined;
  readonly output?: readonly ValueInfoProto[] | undefined;
  readonly valueInfo?: readonly ValueInfoProto[] | undefined;
  readonly quantizationAnnotation?: readonly TensorAnnotation[] | undefined;
  readonly sparseInitializer?: readonly SparseTensorProto[] | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const GraphProto: MessageType<GraphProto> = new MessageType<GraphProto>(
  'GraphProto',
  '1 node m:NodeProto *t, 2 name s, 5 initializer m:TensorProto *, 10 docString s, 11 input m:ValueInfoProto *, 12 output m:ValueInfoProto *, 13 valueInfo m:ValueInfoProto *, 14 quantizationAnnotation m:TensorAnnotation *, 15 sparseInitializer m:SparseTensorProto *, 16 metadataProps m:StringStringEntryProto *',
  () => ({ node: undefined, name: undefined, initializer: undefined, docString: undefined, input: undefined, output: undefined, valueInfo: undefined, quantizationAnnotation: undefined, sparseInitializer: undefined, metadataProps: undefined, unknown: undefined }),
);

export interface TensorProto {
  readonly dims?: readonly Int[] | undefined;
  readonly dataType?: number | undefined;
  readonly segment?: TensorProtoSegment | undefined;
  readonly floatData?: WireBytes | undefined;
  readonly int32Data?: WireBytes | undefined;
  readonly stringData?: readonly string[] | undefined;
  readonly int64Data?: WireBytes | undefined;
  readonly name?: string | undefined;
  readonly rawData?: RawData | undefined;
  readonly doubleData?: WireBytes | undefined;
  readonly uint64Data?: WireBytes | undefined;
  readonly docString?: string | undefined;
  readonly externalData?: readonly StringStringEntryProto[] | undefined;
  readonly dataLocation?: number | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TensorProto: MessageType<TensorProto> = new MessageType<TensorProto>(
  'TensorProto',
  '1 dims i *, 2 dataType n, 3 segment m:TensorProtoSegment, 4 floatData f *pl, 5 int32Data n *pl, 6 stringData y *, 7 int64Data i *pl, 8 name s, 9 rawData y l, 10 doubleData d *pl, 11 uint64Data u *pl, 12 docString s, 13 externalData m:StringStringEntryProto *, 14 dataLocation n, 16 metadataProps m:StringStringEntryProto *',
  () => ({ dims: undefined, dataType: undefined, segment: undefined, floatData: undefined, int32Data: undefined, stringData: undefined, int64Data: undefined, name: undefined, rawData: undefined, doubleData: undefined, uint64Data: undefined, docString: undefined, externalData: undefined, dataLocation: undefined, metadataProps: undefined, unknown: undefined }),
);

export interface TensorProtoSegment {
  readonly begin?: Int | undefined;
  readonly end?: Int | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TensorProtoSegment: MessageType<TensorProtoSegment> = new MessageType<TensorProtoSegment>(
  'TensorProtoSegment',
  '1 begin i, 2 end i',
  () => ({ begin: undefined, end: undefined, unknown: undefined }),
);

export interface SparseTensorProto {
  readonly values?: TensorProto | undefined;
  readonly indices?: TensorProto | undefined;
  readonly dims?: readonly Int[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const SparseTensorProto: MessageType<SparseTensorProto> = new MessageType<SparseTensorProto>(
  'SparseTensorProto',
  '1 values m:TensorProto, 2 indices m:TensorProto, 3 dims i *',
  () => ({ values: undefined, indices: undefined, dims: undefined, unknown: undefined }),
);

export interface TensorShapeProto {
  readonly dim?: readonly TensorShapeProtoDimension[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TensorShapeProto: MessageType<TensorShapeProto> = new MessageType<TensorShapeProto>(
  'TensorShapeProto',
  '1 dim m:TensorShapeProtoDimension *',
  () => ({ dim: undefined, unknown: undefined }),
);

export interface TensorShapeProtoDimension {
  readonly dimValue?: Int | undefined;
  readonly dimParam?: string | undefined;
  readonly denotation?: string | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TensorShapeProtoDimension: MessageType<TensorShapeProtoDimension> = new MessageType<TensorShapeProtoDimension>(
  'TensorShapeProtoDimension',
  '1 dimValue i o, 2 dimParam s o, 3 denotation s',
  () => ({ dimValue: undefined, dimParam: undefined, denotation: undefined, unknown: undefined }),
);

export interface TypeProto {
  readonly tensorType?: TypeProtoTensor | undefined;
  readonly sequenceType?: TypeProtoSequence | undefined;
  readonly mapType?: TypeProtoMap | undefined;
  readonly denotation?: string | undefined;
  readonly opaqueType?: TypeProtoOpaque | undefined;
  readonly sparseTensorType?: TypeProtoSparseTensor | undefined;
  readonly optionalType?: TypeProtoOptional | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProto: MessageType<TypeProto> = new MessageType<TypeProto>(
  'TypeProto',
  '1 tensorType m:TypeProtoTensor o, 4 sequenceType m:TypeProtoSequence o, 5 mapType m:TypeProtoMap o, 6 denotation s, 7 opaqueType m:TypeProtoOpaque o, 8 sparseTensorType m:TypeProtoSparseTensor o, 9 optionalType m:TypeProtoOptional o',
  () => ({ tensorType: undefined, sequenceType: undefined, mapType: undefined, denotation: undefined, opaqueType: undefined, sparseTensorType: undefined, optionalType: undefined, unknown: undefined }),
);

export interface TypeProtoTensor {
  readonly elemType?: number | undefined;
  readonly shape?: TensorShapeProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProtoTensor: MessageType<TypeProtoTensor> = new MessageType<TypeProtoTensor>(
  'TypeProtoTensor',
  '1 elemType n, 2 shape m:TensorShapeProto',
  () => ({ elemType: undefined, shape: undefined, unknown: undefined }),
);

export interface TypeProtoSequence {
  readonly elemType?: TypeProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProtoSequence: MessageType<TypeProtoSequence> = new MessageType<TypeProtoSequence>(
  'TypeProtoSequence',
  '1 elemType m:TypeProto',
  () => ({ elemType: undefined, unknown: undefined }),
);

export interface TypeProtoMap {
  readonly keyType?: number | undefined;
  readonly valueType?: TypeProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProtoMap: MessageType<TypeProtoMap> = new MessageType<TypeProtoMap>(
  'TypeProtoMap',
  '1 keyType n, 2 valueType m:TypeProto',
  () => ({ keyType: undefined, valueType: undefined, unknown: undefined }),
);

export interface TypeProtoOptional {
  readonly elemType?: TypeProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProtoOptional: MessageType<TypeProtoOptional> = new MessageType<TypeProtoOptional>(
  'TypeProtoOptional',
  '1 elemType m:TypeProto',
  () => ({ elemType: undefined, unknown: undefined }),
);

export interface TypeProtoSparseTensor {
  readonly elemType?: number | undefined;
  readonly shape?: TensorShapeProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProtoSparseTensor: MessageType<TypeProtoSparseTensor> = new MessageType<TypeProtoSparseTensor>(
  'TypeProtoSparseTensor',
  '1 elemType n, 2 shape m:TensorShapeProto',
  () => ({ elemType: undefined, shape: undefined, unknown: undefined }),
);

export interface TypeProtoOpaque {
  readonly domain?: string | undefined;
  readonly name?: string | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const TypeProtoOpaque: MessageType<TypeProtoOpaque> = new MessageType<TypeProtoOpaque>(
  'TypeProtoOpaque',
  '1 domain s, 2 name s',
  () => ({ domain: undefined, name: undefined, unknown: undefined }),
);

export interface OperatorSetIdProto {
  readonly domain?: string | undefined;
  readonly version?: Int | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const OperatorSetIdProto: MessageType<OperatorSetIdProto> = new MessageType<OperatorSetIdProto>(
  'OperatorSetIdProto',
  '1 domain s, 2 version i',
  () => ({ domain: undefined, version: undefined, unknown: undefined }),
);

export interface FunctionProto {
  readonly name?: string | undefined;
  readonly input?: readonly string[] | undefined;
  readonly output?: readonly string[] | undefined;
  readonly attribute?: readonly string[] | undefined;
  readonly node?: readonly NodeProto[] | undefined;
  readonly docString?: string | undefined;
  readonly opsetImport?: readonly OperatorSetIdProto[] | undefined;
  readonly domain?: string | undefined;
  readonly attributeProto?: readonly AttributeProto[] | undefined;
  readonly valueInfo?: readonly ValueInfoProto[] | undefined;
  readonly overload?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const FunctionProto: MessageType<FunctionProto> = new MessageType<FunctionProto>(
  'FunctionProto',
  '1 name s, 4 input s *, 5 output s *, 6 attribute s *, 7 node m:NodeProto *, 8 docString s, 9 opsetImport m:OperatorSetIdProto *, 10 domain s, 11 attributeProto m:AttributeProto *, 12 valueInfo m:ValueInfoProto *, 13 overload s, 14 metadataProps m:StringStringEntryProto *',
  () => ({ name: undefined, input: undefined, output: undefined, attribute: undefined, node: undefined, docString: undefined, opsetImport: undefined, domain: undefined, attributeProto: undefined, valueInfo: undefined, overload: undefined, metadataProps: undefined, unknown: undefined }),
);

export interface OperatorProto {
  readonly opType?: string | undefined;
  readonly sinceVersion?: Int | undefined;
  readonly status?: number | undefined;
  readonly docString?: string | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const OperatorProto: MessageType<OperatorProto> = new MessageType<OperatorProto>(
  'OperatorProto',
  '1 opType s, 2 sinceVersion i, 3 status n, 10 docString s',
  () => ({ opType: undefined, sinceVersion: undefined, status: undefined, docString: undefined, unknown: undefined }),
);

export interface OperatorSetProto {
  readonly magic?: string | undefined;
  readonly irVersion?: Int | undefined;
  readonly irVersionPrerelease?: string | undefined;
  readonly domain?: string | undefined;
  readonly opsetVersion?: Int | undefined;
  readonly docString?: string | undefined;
  readonly irBuildMetadata?: string | undefined;
  readonly operator?: readonly OperatorProto[] | undefined;
  readonly functions?: readonly FunctionProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const OperatorSetProto: MessageType<OperatorSetProto> = new MessageType<OperatorSetProto>(
  'OperatorSetProto',
  '1 magic s, 2 irVersion i, 3 irVersionPrerelease s, 4 domain s, 5 opsetVersion i, 6 docString s, 7 irBuildMetadata s, 8 operator m:OperatorProto *, 9 functions m:FunctionProto *',
  () => ({ magic: undefined, irVersion: undefined, irVersionPrerelease: undefined, domain: undefined, opsetVersion: undefined, docString: undefined, irBuildMetadata: undefined, operator: undefined, functions: undefined, unknown: undefined }),
);

export interface SequenceProto {
  readonly name?: string | undefined;
  readonly elemType?: number | undefined;
  readonly tensorValues?: readonly TensorProto[] | undefined;
  readonly sparseTensorValues?: readonly SparseTensorProto[] | undefined;
  readonly sequenceValues?: readonly SequenceProto[] | undefined;
  readonly mapValues?: readonly MapProto[] | undefined;
  readonly optionalValues?: readonly OptionalProto[] | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const SequenceProto: MessageType<SequenceProto> = new MessageType<SequenceProto>(
  'SequenceProto',
  '1 name s, 2 elemType n, 3 tensorValues m:TensorProto *, 4 sparseTensorValues m:SparseTensorProto *, 5 sequenceValues m:SequenceProto *, 6 mapValues m:MapProto *, 7 optionalValues m:OptionalProto *',
  () => ({ name: undefined, elemType: undefined, tensorValues: undefined, sparseTensorValues: undefined, sequenceValues: undefined, mapValues: undefined, optionalValues: undefined, unknown: undefined }),
);

export interface MapProto {
  readonly name?: string | undefined;
  readonly keyType?: number | undefined;
  readonly keys?: readonly Int[] | undefined;
  readonly stringKeys?: readonly string[] | undefined;
  readonly values?: SequenceProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const MapProto: MessageType<MapProto> = new MessageType<MapProto>(
  'MapProto',
  '1 name s, 2 keyType n, 3 keys i *, 4 stringKeys y *, 5 values m:SequenceProto',
  () => ({ name: undefined, keyType: undefined, keys: undefined, stringKeys: undefined, values: undefined, unknown: undefined }),
);

export interface OptionalProto {
  readonly name?: string | undefined;
  readonly elemType?: number | undefined;
  readonly tensorValue?: TensorProto | undefined;
  readonly sparseTensorValue?: SparseTensorProto | undefined;
  readonly sequenceValue?: SequenceProto | undefined;
  readonly mapValue?: MapProto | undefined;
  readonly optionalValue?: OptionalProto | undefined;
  readonly unknown?: WireBytes | undefined;
}
export const OptionalProto: MessageType<OptionalProto> = new MessageType<OptionalProto>(
  'OptionalProto',
  '1 name s, 2 elemType n, 3 tensorValue m:TensorProto, 4 sparseTensorValue m:SparseTensorProto, 5 sequenceValue m:SequenceProto, 6 mapValue m:MapProto, 7 optionalValue m:OptionalProto',
  () => ({ name: undefined, elemType: undefined, tensorValue: undefined, sparseTensorValue: undefined, sequenceValue: undefined, mapValue: undefined, optionalValue: undefined, unknown: undefined }),
);

export const AttributeProtoAttributeTypeCode = { UNDEFINED: 0, FLOAT: 1, INT: 2, STRING: 3, TENSOR: 4, GRAPH: 5, SPARSE_TENSOR: 11, TYPE_PROTO: 13, FLOATS: 6, INTS: 7, STRINGS: 8, TENSORS: 9, GRAPHS: 10, SPARSE_TENSORS: 12, TYPE_PROTOS: 14 } as const;

export const TensorProtoDataTypeCode = { UNDEFINED: 0, FLOAT: 1, UINT8: 2, INT8: 3, UINT16: 4, INT16: 5, INT32: 6, INT64: 7, STRING: 8, BOOL: 9, FLOAT16: 10, DOUBLE: 11, UINT32: 12, UINT64: 13, COMPLEX64: 14, COMPLEX128: 15, BFLOAT16: 16, FLOAT8E4M3FN: 17, FLOAT8E4M3FNUZ: 18, FLOAT8E5M2: 19, FLOAT8E5M2FNUZ: 20, UINT4: 21, INT4: 22, FLOAT4E2M1: 23, FLOAT8E8M0: 24, UINT2: 25, INT2: 26, FLOAT6E2M3: 27, FLOAT6E3M2: 28 } as const;

export const TensorProtoDataLocationCode = { DEFAULT: 0, EXTERNAL: 1 } as const;

export const VersionCode = { _START_VERSION: 0, IR_VERSION_2017_10_10: 1, IR_VERSION_2017_10_30: 2, IR_VERSION_2017_11_3: 3, IR_VERSION_2019_1_22: 4, IR_VERSION_2019_3_18: 5, IR_VERSION_2019_9_19: 6, IR_VERSION_2020_5_8: 7, IR_VERSION_2021_7_30: 8, IR_VERSION_2023_5_5: 9, IR_VERSION_2024_3_25: 10, IR_VERSION_2025_05_12: 11, IR_VERSION_2025_08_26: 12, IR_VERSION_2025_11_06: 13, IR_VERSION: 14 } as const;

export const OperatorStatusCode = { EXPERIMENTAL: 0, STABLE: 1 } as const;

export const SequenceProtoDataTypeCode = { UNDEFINED: 0, TENSOR: 1, SPARSE_TENSOR: 2, SEQUENCE: 3, MAP: 4, OPTIONAL: 5 } as const;

export const OptionalProtoDataTypeCode = { UNDEFINED: 0, TENSOR: 1, SPARSE_TENSOR: 2, SEQUENCE: 3, MAP: 4, OPTIONAL: 5 } as const;
