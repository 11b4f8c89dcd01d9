import { type DType, dtypeCode, Editor, encodeModel, type Model, tensorType, type Value } from '@refold/ir';
import { fromReals, NdArray, type NdValue, reals, tensorFromNd } from '@refold/runtime';
import type { EngineJob, EngineTensor } from './engine.ts';

/** Types that the engine's binding exchanges with JavaScript. */
const exchanged: ReadonlySet<DType> = new Set([
  ...(['float32', 'float64', 'float16', 'int8', 'uint8', 'int16', 'uint16'] as const),
  ...(['int32', 'uint32', 'int64', 'uint64', 'bool', 'string'] as const),
]);

/** A wider type that holds all numbers of a type, and that a Cast leads to. */
function widened(dtype: DType): DType | undefined {
  if (/^(bfloat16|float[468])/.test(dtype)) return 'float32';
  return /^u?int[24]$/.test(dtype) ? 'int32' : undefined;
}

export interface Crossing {
  readonly job: EngineJob;
  /** The values of the original model by name, from what the engine gives; sequences are put together again. */
  read(outputs: readonly EngineTensor[]): ReadonlyMap<string, NdValue>;
}

/**
 * Makes a model fit for the engine's binding, in place: all values in `shown` become outputs; tensors of types
 * that cannot be exchanged are constants on the way in and cast on the way out; sequences are taken apart.
 * Undefined where that cannot be done. `sizes` says how long the sequences are.
 */
export function crossing(
  model: Model,
  feeds: ReadonlyMap<string, NdValue>,
  shown: readonly Value[],
  known: (value: Value) => NdValue | undefined,
): Crossing | undefined {
  const editor = new Editor(model);
  const tensors = enter(editor, feeds);
  if (!tensors) return undefined;
  const readers: Reader[] = [];
  const outputs: Value[] = [];
  for (const value of shown) {
    const reader = leave(editor, value, known(value), outputs);
    if (!reader) return undefined;
    readers.push({ name: value.name, read: reader });
  }
  editor.setOutputs(model.graph, outputs);
  return {
    job: { model: encodeModel(model), feeds: tensors },
    read(given) {
      const byName = new Map(given.map((t) => [t.name, new NdArray(t.dtype, t.dims, t.data)]));
      return new Map(readers.map(({ name, read }) => [name, read(byName)]));
    },
  };
}

type Read = (outputs: ReadonlyMap<string, NdArray>) => NdValue;

interface Reader {
  readonly name: string;
  readonly read: Read;
}

/** Feeds for the inputs, which may become others. */
function enter(editor: Editor, feeds: ReadonlyMap<string, NdValue>): readonly EngineTensor[] | undefined {
  const { graph } = editor.model;
  const tensors: EngineTensor[] = [];
  for (const input of [...graph.inputs]) {
    const value = feeds.get(input.name);
    if (!value) continue;
    if (value.kind === 'tensor' && exchanged.has(value.dtype)) {
      tensors.push({ name: input.name, dtype: value.dtype, dims: value.dims, data: value.data });
      continue;
    }
    const other = value.kind === 'tensor' ? constantOf(editor, value) : sequenceOf(editor, value, tensors);
    if (!other) return undefined;
    editor.replaceAllUses(input, other);
    editor.setInputs(
      graph,
      graph.inputs.filter((v) => v !== input),
    );
  }
  return tensors;
}

function constantOf(editor: Editor, array: NdArray): Value {
  return editor.addConstant(editor.model.graph, tensorFromNd(array), 'k');
}

/** A sequence that is made of fed tensors, before everything else. */
function sequenceOf(editor: Editor, value: NdValue, tensors: EngineTensor[]): Value | undefined {
  const { graph } = editor.model;
  if (value.kind !== 'sequence' || value.items.length === 0) return undefined;
  const items: Value[] = [];
  for (const item of value.items) {
    if (item.kind !== 'tensor' || !exchanged.has(item.dtype)) return undefined;
    const type = tensorType(item.dtype, item.dims);
    const input = editor.addInput(graph, { name: editor.freshName('item'), type, declared: type });
    tensors.push({ name: input.name, dtype: item.dtype, dims: item.dims, data: item.data });
    items.push(input);
  }
  const first = graph.firstNode;
  const node = editor.createNode(
    { opType: 'SequenceConstruct', inputs: items, outputs: [''] },
    first ? { before: first } : { end: graph },
  );
  return node.outputs[0];
}

/** Adds to the outputs what tells a value, and answers how it is read from them. */
function leave(editor: Editor, value: Value, known: NdValue | undefined, outputs: Value[]): Read | undefined {
  if (known?.kind === 'sequence') return takenApart(editor, value, known.items, outputs);
  if (known?.kind !== 'tensor') return undefined;
  return plain(editor, value, known, outputs);
}

function plain(editor: Editor, value: Value, known: NdArray, outputs: Value[]): Read | undefined {
  const { dtype } = known;
  if (exchanged.has(dtype)) {
    if (value.type === undefined) editor.setType(value, tensorType(dtype));
    // An output must be made by a node of the graph.
    const shown = value.producer ? value : added(editor, 'Identity', [value], dtype);
    outputs.push(shown);
    return (given) => found(given, shown.name);
  }
  const wide = widened(dtype);
  if (!wide) return undefined;
  const cast = added(editor, 'Cast', [value], wide, dtypeCode(wide));
  outputs.push(cast);
  return (given) => {
    const array = found(given, cast.name);
    return fromReals(dtype, array.dims, reals(array));
  };
}

function added(editor: Editor, opType: string, inputs: readonly Value[], dtype: DType, to?: number): Value {
  const node = editor.createNode(
    {
      opType,
      inputs,
      outputs: [''],
      attributes: to === undefined ? [] : [{ name: 'to', type: 'int', value: to }],
      types: [tensorType(dtype)],
    },
    { end: editor.model.graph },
  );
  const [output] = node.outputs;
  if (!output) throw new Error(`${opType} has an output`);
  return output;
}

/** The length of a sequence, and every item. */
function takenApart(
  editor: Editor,
  value: Value,
  items: readonly NdValue[],
  outputs: Value[],
): Read | undefined {
  const length = added(editor, 'SequenceLength', [value], 'int64');
  outputs.push(length);
  const readers: Read[] = [];
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'tensor') return undefined;
    const at = constantOf(editor, fromReals('int64', [], [i]));
    const read = plain(editor, added(editor, 'SequenceAt', [value, at], item.dtype), item, outputs);
    if (!read) return undefined;
    readers.push(read);
  }
  return (given) => {
    const count = reals(found(given, length.name))[0] ?? 0;
    const read = readers.slice(0, count).map((r) => r(given));
    // More items than we have are shown as what they are: a sequence of another length.
    while (read.length < count) read.push(fromReals('float32', [0], []));
    return { kind: 'sequence', items: read };
  };
}

function found(given: ReadonlyMap<string, NdArray>, name: string): NdArray {
  const array = given.get(name);
  if (!array) throw new Error(`the engine gave no ${name}`);
  return array;
}
