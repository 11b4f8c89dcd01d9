import { ModelError } from '../errors.ts';
import type { Model } from '../graph/model.ts';
import type { Tensor } from '../types/tensor.ts';
import type { EncodeContext, PlaceData } from './encode/encode-context.ts';
import { encodeFunction } from './encode/encode-function.ts';
import { encodeGraph } from './encode/encode-graph.ts';
import { encodeOpsets } from './encode/encode-opsets.ts';
import { valueNames } from './encode/value-names.ts';
import { UnreachableData } from './external-data.ts';
import { ModelProto, type StringStringEntryProto } from './generated/messages.ts';
import { ModelOrigin, TensorOrigin } from './origin.ts';
import { joined, Rope } from './wire/rope.ts';
import { writeMessage } from './wire/write-message.ts';

/** Where protobuf libraries stop reading. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of an ONNX file. A model that nobody changed gives a message equal to the one it was read from;
 * the same model gives the same bytes always. External data are taken into the file, except where they
 * cannot be reached: then the file refers to them as before. Throws a `ModelError` for models of 2 GiB and
 * more, which need external data (`saveModel`).
 */
export function encodeModel(model: Model): Uint8Array {
  const rope = encodeRope(model, keepUnreachable);
  if (rope.size > MOST_BYTES) {
    throw new ModelError(
      'model/limit',
      `the model takes ${rope.size} bytes, but an ONNX file ends at 2 GiB`,
      {},
      'Save it with external data.',
    );
  }
  return joined(rope);
}

/** The same bytes as `encodeModel` gives, in pieces; each is valid until the next one is asked for. */
export function* encodeChunks(model: Model): Generator<Uint8Array> {
  yield* encodeRope(model, keepUnreachable).chunks();
}

function keepUnreachable(tensor: Tensor): readonly StringStringEntryProto[] | undefined {
  if (!(tensor.data instanceof UnreachableData) || !(tensor.origin instanceof TensorOrigin)) return undefined;
  return tensor.origin.message.externalData;
}

/** @internal The file with its weights still in their places; `place` sends some of them elsewhere. */
export function encodeRope(model: Model, place: PlaceData): Rope {
  const origin = model.origin instanceof ModelOrigin ? model.origin.message : undefined;
  const ctx: EncodeContext = {
    nameOf: valueNames(model),
    place,
    irVersion: model.irVersion,
    nestedGraph: (graph) => encodeGraph(ctx, graph),
  };
  const rope = new Rope();
  writeMessage(rope, ModelProto, {
    ...origin,
    irVersion: model.irVersion,
    opsetImport: encodeOpsets(model.opsets, origin?.opsetImport),
    graph: encodeGraph(ctx, model.graph),
    functions: [...model.functions.values()].map((fn) => encodeFunction(ctx, fn)),
  });
  return rope;
}
