import { enablePatches, Immer, type Patch } from 'immer';
import type { Editor } from '../edit/editor.ts';
import { InternalError } from '../errors.ts';
import type { Model } from '../graph/model.ts';
import type { Tensor } from '../types/tensor.ts';
import { Attached } from './attached.ts';
import type { ModelDocument } from './document.ts';
import { DocumentWriter, putAt } from './document-writer.ts';
import { Touched } from './touched.ts';

/** What one pass, or any other named step, did to the document of a model. */
export interface Step {
  readonly name: string;
  /** From the document before to the one after (RFC 6902 but for paths, which are arrays). */
  readonly patches: readonly Patch[];
  /** The way back. */
  readonly inverse: readonly Patch[];
}

/** Freezing costs as much as all the rest; types keep documents read-only. */
const immer = new Immer({ autoFreeze: false });

/**
 * The life of a model as documents: one step a pass, with patches in both directions. Documents share what
 * they have in common. It follows an editor until `stop` is called; the model itself is never
 * changed, so going back in time shows what was, and does not edit.
 *
 * A step costs as much as what it changed, apart from one copy of the lists of nodes and values.
 */
export class History {
  private readonly model: Model;
  private readonly writer: DocumentWriter;
  private readonly touched = new Touched();
  private readonly recorded: Step[] = [];
  private readonly unlisten: () => void;
  private latest: ModelDocument;
  private shown: ModelDocument;
  private place = 0;

  constructor(editor: Editor) {
    enablePatches();
    this.model = editor.model;
    this.writer = new DocumentWriter(editor.model);
    this.latest = this.writer.model();
    this.shown = this.latest;
    this.unlisten = editor.listen((change) => this.touched.add(change));
  }

  /** Stops following the editor. What was recorded stays. */
  stop(): void {
    this.unlisten();
  }

  /** The steps so far, oldest first. */
  get steps(): readonly Step[] {
    return this.recorded;
  }

  /** How many steps lie before the document in hand. */
  get position(): number {
    return this.place;
  }

  /** The document in hand: the latest one, unless `undo` or `goTo` went back. */
  get document(): ModelDocument {
    return this.shown;
  }

  /** Weights by the numbers under which documents mention them. */
  get weights(): readonly Tensor[] {
    return this.writer.weights;
  }

  /** Makes a step of all changes since the last one; none, and undefined, when nothing changed. */
  record(name: string): Step | undefined {
    if (this.touched.isEmpty) return undefined;
    const [after, patches, inverse] = immer.produceWithPatches(this.latest, (draft: Draft) =>
      this.update(draft),
    );
    this.touched.clear();
    if (patches.length === 0) return undefined;
    const step = { name, patches, inverse };
    this.recorded.push(step);
    this.latest = after;
    this.shown = after;
    this.place = this.recorded.length;
    return step;
  }

  /** Goes one step back; false at the beginning. */
  undo(): boolean {
    return this.place > 0 && this.goTo(this.place - 1) !== undefined;
  }

  /** Goes one step forward; false at the end. */
  redo(): boolean {
    return this.place < this.recorded.length && this.goTo(this.place + 1) !== undefined;
  }

  /** The document after so many steps; 0 is the model as it was at first. */
  goTo(position: number): ModelDocument {
    if (!Number.isInteger(position) || position < 0 || position > this.recorded.length) {
      throw new InternalError(`there is no step ${position}: there are ${this.recorded.length}`);
    }
    while (this.place > position) {
      this.place -= 1;
      this.shown = immer.applyPatches(this.shown, this.recorded[this.place]?.inverse ?? []);
    }
    while (this.place < position) {
      this.shown = immer.applyPatches(this.shown, this.recorded[this.place]?.patches ?? []);
      this.place += 1;
    }
    return this.shown;
  }

  private update(draft: Draft): void {
    const { latest, writer, touched } = this;
    const attached = new Attached(this.model);
    if (touched.header) {
      const { irVersion, opsets, functions } = writer.header();
      if (latest.irVersion !== irVersion) draft.irVersion = irVersion;
      if (!isEqual(latest.opsets, opsets)) draft.opsets = [...opsets];
      if (!isEqual(latest.functions, functions)) draft.functions = [...functions];
    }
    for (const graph of touched.graphs) {
      const number = writer.graphNumber(graph);
      put(draft.graphs, latest.graphs, number, attached.has(graph) ? writer.graph(graph) : null);
    }
    for (const node of touched.nodes) {
      put(draft.nodes, latest.nodes, node.id, attached.has(node.graph) ? writer.node(node) : null);
    }
    for (const value of touched.values) {
      put(draft.values, latest.values, value.id, attached.has(value.graph) ? writer.value(value) : null);
    }
  }
}

/** Documents are only written to while immer makes a new one. */
type Draft = {
  -readonly [K in keyof ModelDocument]: ModelDocument[K] extends readonly (infer E)[]
    ? E[]
    : ModelDocument[K];
};

function put<T>(draft: (T | null)[], before: readonly (T | null)[], index: number, after: T | null): void {
  const old = before[index] ?? null;
  if (old === after || (old && after && isEqual(old, after))) return;
  putAt(draft, index, after);
}

/** Documents are plain data, written with their fields in one order. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
