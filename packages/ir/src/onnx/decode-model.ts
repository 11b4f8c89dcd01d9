import { Editor } from '../edit/editor.ts';
import { ModelError } from '../errors.ts';
import { Model } from '../graph/model.ts';
import { type ByteSource, bytesSource } from '../types/byte-source.ts';
import type { DecodeContext } from './decode/decode-context.ts';
import { decodeFunction } from './decode/decode-function.ts';
import { decodeGraph, decodeNestedGraph } from './decode/decode-graph.ts';
import { decodeOpsets } from './decode/decode-opsets.ts';
import { Scope } from './decode/scope.ts';
import { ModelProto } from './generated/messages.ts';
import { type DecodeOptions, graphDepthOf, messageDepthOf } from './limits.ts';
import { GraphOrigin, ModelOrigin } from './origin.ts';
import { withFormatHint } from './other-formats.ts';
import { readMessage } from './wire/read-message.ts';
import { WireReader } from './wire/reader.ts';

/**
 * Reads an ONNX model. Weights stay in the source until they are asked for, so it must stay readable as
 * long as the model is in use. Nodes that stand out of order are sorted. Throws a `ModelError` for files
 * that are no ONNX, break a rule that no runtime could overlook, or pass a limit.
 */
export function decodeModel(source: ByteSource | Uint8Array, options: DecodeOptions = {}): Model {
  const from = source instanceof Uint8Array ? bytesSource(source) : source;
  const maxGraphDepth = graphDepthOf(options);
  try {
    const reader = new WireReader(from, messageDepthOf(maxGraphDepth));
    return modelOfMessage(readMessage(reader, ModelProto, from.size), from.name, options);
  } catch (error) {
    throw withFormatHint(error, from);
  }
}

/** @internal The model of a message, whatever it was read from; `file` is its name in errors. */
export function modelOfMessage(message: ModelProto, file: string, options: DecodeOptions): Model {
  const maxGraphDepth = graphDepthOf(options);
  const fail = (what: string, hint?: string): ModelError =>
    new ModelError('model/invalid', what, { file }, hint);
  const { irVersion } = message;
  if (!message.graph) throw fail('there is no graph in it', 'Is it an ONNX model at all?');
  if (typeof irVersion !== 'number' || irVersion < 1) {
    throw fail(
      irVersion === undefined
        ? 'the model has no ir_version'
        : `the model has ir_version ${irVersion}, which cannot be`,
    );
  }
  const origin = new ModelOrigin({ ...message, graph: undefined, functions: undefined });
  const opsets = new Map<string, number>();
  const graphOrigin = new GraphOrigin(message.graph);
  const model = new Model(irVersion, opsets, message.graph.name ?? '', origin, graphOrigin);
  const ctx: DecodeContext = {
    editor: new Editor(model),
    file,
    irVersion,
    maxGraphDepth,
    externalFiles: options.externalFiles,
    types: new Map(),
    nestedGraph: (nested, outer, where) => decodeNestedGraph(ctx, nested, outer, where),
  };
  for (const [domain, version] of decodeOpsets(ctx, message.opsetImport, {})) opsets.set(domain, version);
  for (const fn of message.functions ?? []) decodeFunction(ctx, fn);
  decodeGraph(ctx, model.graph, message.graph, graphOrigin, new Scope(undefined), true);
  return model;
}
