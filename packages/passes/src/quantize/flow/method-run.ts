import { constantTensor, Editor, type Model, type Node, RefoldError, type Value } from '@refold/ir';
import type { FloatProduct, FloatReason } from '../layers/products.ts';
import { cleanModel } from './clean.ts';
import type { QuantizationProgress } from './options.ts';

/** What every way to make a model smaller takes. */
export interface MethodOptions {
  readonly onProgress?: (progress: QuantizationProgress) => void;
  readonly signal?: AbortSignal;
}

/** A product that stays in floats, as data: by the name of its result. */
export interface FloatLayer {
  readonly layer: string;
  readonly operator: string;
  readonly reason: FloatReason;
}

export function floatLayers(float: readonly FloatProduct[]): readonly FloatLayer[] {
  return float.map(({ node, reason }) => ({ layer: resultName(node), operator: node.opType, reason }));
}

export function resultName(node: Node): string {
  return node.outputs.find((v) => v !== undefined)?.name ?? node.name;
}

/** Bytes of the constants of a model. */
export interface Sizes {
  readonly before: number;
  readonly after: number;
}

export function constantBytes(model: Model): number {
  const constants = new Set<Value>();
  for (const graph of model.graphs()) {
    for (const value of graph.initializers) constants.add(value);
    for (const node of graph.nodes()) for (const value of node.outputs) if (value) constants.add(value);
  }
  let bytes = 0;
  for (const value of constants) bytes += constantTensor(value)?.byteLength ?? 0;
  return bytes;
}

/** What throws once the run was aborted. */
export function ticker(signal: AbortSignal | undefined): () => void {
  return () => {
    if (signal?.aborted) throw new RefoldError('usage/aborted', 'the run was aborted');
  };
}

/** Cleans a model, at an opset that is at least the given one, and answers what edits it. */
export function cleaned(model: Model, opset: number, { onProgress, signal }: MethodOptions): Editor {
  const tick = ticker(signal);
  tick();
  onProgress?.({ stage: 'prepare' });
  const editor = new Editor(model);
  cleanModel(editor, { opset, tick });
  tick();
  return editor;
}

/** Writes what was chosen into a cleaned model, and tells how much smaller its constants are. */
export function written<T>(
  editor: Editor,
  { onProgress }: MethodOptions,
  write: () => T,
): T & { readonly bytes: Sizes } {
  onProgress?.({ stage: 'write' });
  const before = constantBytes(editor.model);
  const report = write();
  return { ...report, bytes: { before, after: constantBytes(editor.model) } };
}
