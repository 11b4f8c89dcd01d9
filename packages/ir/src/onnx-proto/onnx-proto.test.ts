import * as fc from 'fast-check';
import onnxProto from 'onnx-proto';
import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import type { Model } from '../graph/model.ts';
import { decodeModel } from '../onnx/decode-model.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { fromOnnxProto, lostInOnnxProto, toOnnxProto } from './index.ts';

const { onnx } = onnxProto;
type OnnxModel = InstanceType<typeof onnx.ModelProto>;

/** A model that uses what onnx-proto knows, made by onnx-proto itself. */
function sample(): OnnxModel {
  return onnx.ModelProto.create({
    irVersion: 8,
    producerName: 'somebody',
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: [{ key: 'k', value: 'v' }],
    graph: {
      name: 'g',
      input: [
        {
          name: 'x',
          type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }, { dimParam: 'N' }, {}] } } },
        },
      ],
      output: [{ name: 'y', type: { tensorType: { elemType: 1 } } }],
      initializer: [
        { name: 'raw', dataType: 1, dims: [2], rawData: new Uint8Array(Float32Array.of(1, 2).buffer) },
        { name: 'floats', dataType: 1, dims: [2], floatData: [0.5, -0] },
        { name: 'longs', dataType: 7, dims: [3], int64Data: [1, -1, 2 ** 40] },
        { name: 'strings', dataType: 8, dims: [1], stringData: [Uint8Array.of(0xff, 0x61)] },
      ],
      node: [
        {
          opType: 'Conv',
          input: ['x', 'raw'],
          output: ['y'],
          attribute: [
            { name: 'pads', type: 7, ints: [1, 2] },
            { name: 'auto_pad', type: 3, s: new TextEncoder().encode('NOTSET') },
            { name: 'group', type: 2, i: 1 },
          ],
        },
      ],
    },
  });
}

function bytesOf(model: Model): Map<string, readonly number[] | readonly string[] | undefined> {
  const entries = [...model.graph.initializers].map(
    (v) => [v.name, v.tensor?.strings ?? [...(v.tensor?.bytes() ?? [])]] as const,
  );
  return new Map(entries);
}

test('a message and its bytes give the same model', () => {
  const message = sample();
  const direct = fromOnnxProto(message);
  const read = decodeModel(onnx.ModelProto.encode(message).finish());
  expect(encodeModel(direct)).toEqual(encodeModel(read));
  expect(bytesOf(direct)).toEqual(bytesOf(read));
});

test('a model becomes a message that says the same as its bytes', () => {
  const model = fromOnnxProto(sample());
  const message = toOnnxProto(model, onnx.ModelProto);
  expect(message).toBeInstanceOf(onnx.ModelProto);
  expect(message.toJSON()).toEqual(onnx.ModelProto.decode(encodeModel(model)).toJSON());
  expect(message.graph?.node?.[0]?.attribute?.[0]?.ints?.map(Number)).toEqual([1, 2]);
});

test('a decoded message comes back equal', () => {
  const message = onnx.ModelProto.decode(onnx.ModelProto.encode(sample()).finish());
  expect(toOnnxProto(fromOnnxProto(message), onnx.ModelProto).toJSON()).toEqual(message.toJSON());
});

test('weights are not copied', () => {
  const rawData = new Uint8Array(8);
  const message = { irVersion: 8, graph: { initializer: [{ name: 'w', dataType: 1, dims: [2], rawData }] } };
  const [w] = fromOnnxProto(message).graph.initializers;
  expect(w?.tensor?.bytes().buffer).toBe(rawData.buffer);
});

test('64-bit integers come through whatever form they have', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
      const long = { low: Number(BigInt.asIntN(32, value)), high: Number(value >> 32n), unsigned: false };
      const attribute = { name: 'a', type: 2, i: long };
      const graph = { node: [{ opType: 'Op', attribute: [attribute] }] };
      const read = fromOnnxProto({ irVersion: 8, graph }).graph.firstNode?.attributes.get('a');
      expect(BigInt(read?.type === 'int' ? read.value : 0)).toBe(value);
      const again = toOnnxProto(fromOnnxProto({ irVersion: 8, graph }), onnx.ModelProto);
      expect(String(again.graph?.node?.[0]?.attribute?.[0]?.i)).toBe(String(value));
    }),
  );
});

test('objects of another form are refused', () => {
  const invalid = expect.objectContaining({ code: 'model/invalid' });
  expect(() => fromOnnxProto({})).toThrow(invalid);
  expect(() => fromOnnxProto({ irVersion: 'eight', graph: {} })).toThrow(invalid);
  expect(() => fromOnnxProto({ irVersion: 8, graph: { node: 5 } })).toThrow(invalid);
  expect(() => fromOnnxProto({ irVersion: 8, graph: { name: 5 } })).toThrow(invalid);
});

test('what onnx-proto would drop is listed', () => {
  expect(lostInOnnxProto(fromOnnxProto(sample()))).toEqual([]);
  const bytes = onnx.ModelProto.encode(sample()).finish();
  // metadata_props (16) of the graph, merged in behind the rest.
  const model = decodeModel(Uint8Array.from([...bytes, 0x3a, 5, 0x82, 0x01, 2, 0x0a, 0]));
  expect(lostInOnnxProto(model)).toEqual(['GraphProto.metadataProps']);
  expect(toOnnxProto(model, onnx.ModelProto).toJSON()).toEqual(sample().toJSON());
});

test('an edited model is handed over as edited', () => {
  const model = fromOnnxProto(sample());
  const conv = model.graph.firstNode;
  if (!conv) throw new Error('no node');
  new Editor(model).setAttribute(conv, { name: 'group', type: 'int', value: 2n ** 40n });
  const message = toOnnxProto(model, onnx.ModelProto);
  expect(Number(message.graph?.node?.[0]?.attribute?.[2]?.i)).toBe(2 ** 40);
});
