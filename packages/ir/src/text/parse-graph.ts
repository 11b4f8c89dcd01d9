import type { Editor } from '../edit/editor.ts';
import type { Place, ValueSpec } from '../edit/specs.ts';
import { ModelError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { ExternalFiles } from '../onnx/limits.ts';
import { GraphOrigin, type ValueOrigin } from '../onnx/origin.ts';
import { shown } from '../onnx/shown.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import type { Cursor } from './cursor.ts';
import { type AttributeReader, parseAttributes } from './parse-attribute.ts';
import { parseSparseData, parseTensorData } from './parse-tensor.ts';
import { Scope } from './scope.ts';
import { entryOf, statedTypes } from './stated-types.ts';
import { nextIsType, parseType } from './types.ts';

/** Graphs in texts may be nested this deep; protobuf refuses files at about a third of it. */
const MAX_GRAPH_NESTING = 100;

/** A name that is declared somewhere, with what stands beside it. */
interface Declaration {
  readonly name: string;
  readonly at: number;
  readonly type: ValueType | undefined;
  readonly tensor: Tensor | undefined;
  readonly sparse: SparseTensor | undefined;
}

/** A name that is mentioned somewhere. */
interface Mention {
  readonly name: string;
  readonly at: number;
}

/** Reads graphs and nodes of a text into a model. */
export class GraphReader implements AttributeReader {
  readonly cursor: Cursor;
  readonly files: ExternalFiles | undefined;
  readonly scope: Scope = new Scope();
  private readonly editor: Editor;
  private depth = 0;

  constructor(editor: Editor, cursor: Cursor, files: ExternalFiles | undefined) {
    this.editor = editor;
    this.cursor = cursor;
    this.files = files;
  }

  nestedGraph(name: string): Graph {
    const origin = new GraphOrigin({ name });
    const graph = this.editor.createGraph(name, origin);
    this.readGraph(graph, origin);
    return graph;
  }

  /**
   * Reads `(inputs) => (outputs) <values> { nodes }` into an empty graph. What a model states of the inputs
   * of its main graph is a promise to callers; all other stated types are hints.
   */
  readGraph(graph: Graph, origin: GraphOrigin): void {
    const { cursor } = this;
    if (this.depth >= MAX_GRAPH_NESTING) {
      throw new ModelError('model/limit', `graphs are nested more than ${MAX_GRAPH_NESTING} deep`);
    }
    this.depth += 1;
    this.scope.enter();
    const inputs = cursor.next === '(' ? this.declarations('(', ')') : [];
    cursor.expect('=>');
    const outputs = this.declarations('(', ')');
    const values = cursor.next === '<' ? this.declarations('<', '>') : [];
    this.fill(graph, inputs, outputs, values);
    const listed = new Set(graph.outputs);
    origin.valueInfo = statedTypes(graph).filter(({ value }) => value && !listed.has(value));
    this.scope.leave();
    this.depth -= 1;
  }

  /** Reads a function body, which has no initializers. Gives back what was said of types of inputs and other values. */
  readBody(graph: Graph): readonly ValueOrigin[] {
    const { cursor } = this;
    this.scope.enter();
    const inputs = this.declarations('(', ')');
    cursor.expect('=>');
    const outputs = this.declarations('(', ')');
    const values = cursor.next === '<' ? this.declarations('<', '>') : [];
    const data = [...inputs, ...values].find((d) => d.tensor ?? d.sparse);
    if (data) throw cursor.error('a function body has no initializers; use a Constant node', data.at);
    this.fill(graph, inputs, outputs, values);
    this.scope.leave();
    return [...graph.inputs.flatMap((value) => entryOf(value, graph)), ...statedTypes(graph)];
  }

  /** Reads nodes up to the end of the text. */
  readNodes(place: Place): readonly Node[] {
    const nodes: Node[] = [];
    let next = place;
    while (!this.cursor.atEnd) {
      const node = this.node(next, noTypes);
      nodes.push(node);
      next = { after: node };
    }
    return nodes;
  }

  private fill(
    graph: Graph,
    inputs: readonly Declaration[],
    outputs: readonly Declaration[],
    values: readonly Declaration[],
  ): void {
    const data = new Map<string, Declaration>();
    const declared = new Map<string, ValueType>();
    for (const d of values) {
      if (d.tensor || d.sparse) {
        if (data.has(d.name)) throw this.twice(d);
        data.set(d.name, d);
      } else if (d.type) {
        declared.set(d.name, d.type);
      }
    }
    for (const d of outputs) {
      if (d.tensor || d.sparse) throw this.cursor.error('an output has no data', d.at);
      if (d.type) declared.set(d.name, d.type);
    }
    this.define(graph, inputs, data, declared);
    this.cursor.expect('{');
    const place: Place = { end: graph };
    while (!this.cursor.accept('}')) this.node(place, declared);
    this.editor.setOutputs(
      graph,
      outputs.map((d) => this.resolve(d)),
    );
  }

  /** Makes the inputs and initializers. An initializer named like an input is its default. */
  private define(
    graph: Graph,
    inputs: readonly Declaration[],
    data: ReadonlyMap<string, Declaration>,
    declared: ReadonlyMap<string, ValueType>,
  ): void {
    const byName = new Map(inputs.map((d) => [d.name, d]));
    const main = graph === this.editor.model.graph;
    const specs = inputs.map((d): ValueSpec => {
      const { tensor, sparse } = ((d.tensor ?? d.sparse) ? d : data.get(d.name)) ?? d;
      const overridable = (tensor ?? sparse) !== undefined && this.editor.model.irVersion >= 4;
      const stated = d.type ?? declared.get(d.name);
      const fixed = tensor && !overridable ? tensorType(tensor.dtype, tensor.dims) : undefined;
      return {
        name: d.name,
        type: fixed ?? (main ? stated : undefined),
        declared: stated,
        tensor,
        sparse,
        overridable,
      };
    });
    this.editor.addInputs(graph, specs).forEach((value, i) => {
      const d = inputs[i];
      if (!this.scope.define(value) && d) throw this.twice(d);
    });
    for (const d of data.values()) {
      if (byName.has(d.name)) {
        if (byName.get(d.name)?.tensor) throw this.twice(d);
        continue;
      }
      const { name, tensor, sparse } = d;
      const type = dataType(tensor, sparse);
      this.scope.define(
        this.editor.addInitializer(graph, { name, type, tensor, sparse, declared: declared.get(name) }),
      );
    }
  }

  /** Reads `(type name = data, ...)`; type and data are optional. */
  private declarations(open: string, close: string): readonly Declaration[] {
    const { cursor } = this;
    const found: Declaration[] = [];
    cursor.expect(open);
    if (cursor.accept(close)) return found;
    do found.push(this.declaration());
    while (cursor.accept(','));
    cursor.expect(close, `',' or '${close}'`);
    return found;
  }

  private declaration(): Declaration {
    const { cursor, files } = this;
    const typeAt = cursor.at;
    const type = nextIsType(cursor) ? parseType(cursor) : undefined;
    const at = cursor.at;
    const name = cursor.name('the name of a value');
    if (!cursor.accept('=')) return { name, at, type, tensor: undefined, sparse: undefined };
    return type?.kind === 'sparse'
      ? { name, at, type, tensor: undefined, sparse: parseSparseData(cursor, type, typeAt, files) }
      : { name, at, type, tensor: parseTensorData(cursor, type, typeAt, files), sparse: undefined };
  }

  /** Reads `[label] y, z = domain.Op:overload <attributes> (a, b)`; the attributes may also come last. */
  private node(place: Place, declared: ReadonlyMap<string, ValueType>): Node {
    const { cursor } = this;
    const name = this.label();
    const outputs = this.mentions();
    cursor.expect('=');
    const { domain, opType } = this.operator();
    const overload = cursor.accept(':') ? cursor.name('an overload') : '';
    let attributes = parseAttributes(this);
    cursor.expect('(');
    const inputs = this.mentions().map((m) => (m.name === '' ? undefined : this.resolve(m)));
    cursor.expect(')', "',' or ')'");
    if (attributes.length === 0) attributes = parseAttributes(this);
    const node = this.editor.createNode(
      {
        opType,
        domain,
        overload,
        name,
        attributes,
        inputs,
        outputs: outputs.map((m) => (m.name === '' ? undefined : m.name)),
        declared: outputs.map((m) => declared.get(m.name)),
      },
      place,
    );
    node.outputs.forEach((value, i) => {
      const m = outputs[i];
      if (value && m && !this.scope.define(value)) throw this.twice(m);
    });
    return node;
  }

  private label(): string {
    const { cursor } = this;
    if (!cursor.accept('[')) return '';
    const name = cursor.acceptName() ?? '';
    cursor.expect(']');
    return name;
  }

  private operator(): { readonly domain: string; readonly opType: string } {
    const { cursor } = this;
    const parts = [cursor.name('an operator')];
    while (cursor.accept('.')) parts.push(cursor.name('an operator'));
    const opType = parts.pop() ?? '';
    return { domain: parts.join('.'), opType };
  }

  /** Names with commas between them, each of which may be left out; a comma at the end says nothing. */
  private mentions(): readonly Mention[] {
    const { cursor } = this;
    const found: Mention[] = [];
    for (;;) {
      const at = cursor.at;
      const name = cursor.acceptName();
      const more = cursor.accept(',');
      if (name !== undefined || more) found.push({ name: name ?? '', at });
      if (!more) return found;
    }
  }

  private resolve(mention: Mention): Value {
    const value = this.scope.find(mention.name);
    if (!value)
      throw this.cursor.error(`nothing before this place defines ${shown(mention.name)}`, mention.at);
    return value;
  }

  private twice(mention: Mention): ModelError {
    return this.cursor.error(`${shown(mention.name)} is defined twice in one graph`, mention.at);
  }
}

const noTypes: ReadonlyMap<string, ValueType> = new Map();

/** The type of data. A sparse initializer stands for a tensor like any other. */
function dataType(tensor: Tensor | undefined, sparse: SparseTensor | undefined): ValueType | undefined {
  if (tensor) return tensorType(tensor.dtype, tensor.dims);
  return sparse && tensorType(sparse.values.dtype, sparse.dims);
}
