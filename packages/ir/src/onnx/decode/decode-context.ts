import type { Editor } from '../../edit/editor.ts';
import { ModelError, type Where } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { GraphProto, TypeProto } from '../generated/messages.ts';
import type { ExternalFiles } from '../limits.ts';
import type { Scope } from './scope.ts';

/** What decoding a tensor takes. */
export interface FileContext {
  readonly file: string;
  readonly externalFiles: ExternalFiles | undefined;
}

/** What the decoders of all parts of a model share. */
export interface DecodeContext extends FileContext {
  readonly editor: Editor;
  readonly irVersion: number;
  readonly maxGraphDepth: number;
  /** Types read so far; values share them. */
  readonly types: Map<TypeProto, ValueType | undefined>;
  /** Decodes a graph that is attached to a node in `outer`. */
  readonly nestedGraph: (message: GraphProto, outer: Scope | undefined, where: () => Where) => Graph;
}

/** The error for something that breaks a rule of ONNX. */
export function invalid(ctx: FileContext, place: Where, message: string): ModelError {
  const { graph, node, op, value } = place;
  return new ModelError('model/invalid', message, { file: ctx.file, graph, node, op, value });
}

export function unsupported(ctx: FileContext, place: Where, message: string): ModelError {
  const { graph, node, op, value } = place;
  return new ModelError('model/unsupported', message, { file: ctx.file, graph, node, op, value });
}
