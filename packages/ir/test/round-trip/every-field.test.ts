import { expect, test } from 'vitest';
import { fieldOf } from '../../src/onnx/decode/typed-list.ts';
import { decodeModel } from '../../src/onnx/decode-model.ts';
import { ModelProto, type TensorProto } from '../../src/onnx/generated/messages.ts';
import type { MessageType } from '../../src/onnx/wire/message-type.ts';
import { WireBytes } from '../../src/onnx/wire/wire-bytes.ts';
import { byteLength, dtypeCode, dtypes } from '../../src/types/dtype.ts';
import { expectRoundTrip, fileOf } from './model-file.ts';
import { bytes, one } from './parts.ts';
import { inGraphs } from './places.ts';
import { rows } from './samples.ts';

for (const { type, samples } of rows) {
  test(`every field of ${type.name} comes back wherever the message may stand`, () => {
    for (const [field, models] of samples) {
      for (const model of models) expectRoundTrip(model, field);
    }
  });
}

test('no message that a model may hold is forgotten', () => {
  const found = new Set<MessageType>([ModelProto]);
  for (const type of found) for (const field of type.fields) if (field.type) found.add(field.type);
  expect(new Set(rows.map((r) => r.type.name))).toEqual(new Set([...found].map((t) => t.name)));
  for (const { type, samples } of rows) {
    expect(new Set(samples.map(([field]) => field))).toEqual(new Set(type.fields.map((f) => f.key)));
  }
});

test.each(dtypes.filter((d) => d !== 'string'))(
  '%s comes back in raw_data and in its typed field',
  (dtype) => {
    const dataType = dtypeCode(dtype);
    const { key, perElement, bytes: width } = fieldOf(dtype);
    const numbers = Math.ceil(2 * perElement);
    const fixed = key === 'floatData' || key === 'doubleData';
    const forms: readonly TensorProto[] = [
      { dims: [2], dataType, rawData: bytes(byteLength(dtype, 2)) },
      { dims: [2], dataType, [key]: bytes(fixed ? numbers * width : numbers) },
    ];
    for (const model of forms.flatMap((form) => inGraphs({ initializer: [{ name: 'w', ...form }] })))
      expectRoundTrip(model, dtype);
  },
);

/** The message with bytes that are not UTF-8 behind each text, so that equal names stay equal. */
function spoiled<T>(message: T): T;
function spoiled(message: unknown): unknown {
  if (typeof message === 'string') return message === '' ? '' : `${message}\udcff\udc80`;
  if (message instanceof WireBytes || typeof message !== 'object' || message === null) return message;
  if (Array.isArray(message)) return message.map(spoiled);
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, spoiled(value)]));
}

test('text that is not UTF-8 comes back byte by byte in every field', () => {
  for (const { samples } of rows) {
    for (const [field, models] of samples) {
      // Without a location it would not be external.
      if (field === 'externalData') continue;
      const opsetImport = [{ version: 25 }, { domain: 'my', version: 1 }];
      for (const model of models) expectRoundTrip(spoiled({ opsetImport, ...model }), field);
    }
  }
});

test('a tensor in segments is refused where its data would be missed', () => {
  const file = fileOf({ graph: { initializer: [{ ...one, name: 'w', segment: { begin: 0, end: 1 } }] } });
  expect(() => decodeModel(file)).toThrow(
    expect.objectContaining({ code: 'model/unsupported', message: expect.stringContaining('segments') }),
  );
});
