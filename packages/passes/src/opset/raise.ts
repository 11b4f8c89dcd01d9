import {
  type Editor,
  type FunctionDef,
  type Graph,
  inferModel,
  type Model,
  type Node,
  newestOpset,
  OpContext,
  RefoldError,
  schemaOf,
  schemaVersions,
  staticContext,
  UnknownAttribute,
  type Value,
} from '@refold/ir';
import { nodesWithin } from '../manager/walk.ts';
import { Conversion, type Surroundings } from './conversion.ts';
import { adapterOf } from './index.ts';
import { raiseIrVersion } from './ir-version.ts';
import { latestOpset } from './latest.ts';
import { OpsetError } from './opset-error.ts';
import { isUnchanged } from './unchanged.ts';

/** The opset that a model shall have; `latest` is the newest that released engines run, see {@link latestOpset}. */
export type TargetOpset = number | 'latest';

/** Options of `raiseOpset`. */
export interface RaiseOptions {
  /** Whether types are inferred already. What is not known of them can only be refused more often. */
  readonly inferred?: boolean;
}

/** What raising the opset did. */
export interface OpsetReport {
  /** Undefined for a model that imports no standard operators. */
  readonly from: number | undefined;
  readonly to: number;
  /** Nodes of the original that had to be rewritten. */
  readonly nodes: number;
}

/** The oldest opset whose operators are converted; it was the last one before broadcasting. */
const OLDEST = 6;

/**
 * Raises the opset of the standard domain, of the model and of the functions that import an older one: every
 * operator whose meaning or form changed in between is written anew, so that the model computes the same.
 * Functions that import a newer one stay. The version of the file format follows. Other domains are not touched.
 *
 * Throws `usage/option` for an opset that is older than the model's or not known, and {@link OpsetError}
 * where something cannot be said with newer operators; the model is as before then.
 */
export function raiseOpset(editor: Editor, target: TargetOpset, options: RaiseOptions = {}): OpsetReport {
  const { model } = editor;
  const from = model.opsets.get('');
  const to = target === 'latest' ? latestOpset(model) : target;
  if (from === to) return { from, to, nodes: 0 };
  checkTarget(from, to);
  const nodes = editor.transact(() => {
    if (!options.inferred) inferModel(editor);
    const raiser = new OpsetRaiser(editor, to);
    raiser.run();
    if (raiser.bodies > 0) {
      raiseIrVersion(editor, to);
      inferModel(editor);
    }
    return raiser.nodes;
  });
  return { from, to, nodes };
}

function checkTarget(from: number | undefined, to: number): void {
  const newest = newestOpset();
  if (!Number.isInteger(to) || to <= OLDEST || to > newest) {
    throw new RefoldError('usage/option', `opset ${to} is not one from ${OLDEST + 1} to ${newest}`);
  }
  if (from !== undefined && to < from) {
    throw new RefoldError('usage/option', `the model has opset ${from}, which cannot be lowered to ${to}`);
  }
}

class OpsetRaiser {
  private readonly editor: Editor;
  private readonly model: Model;
  private readonly target: number;
  private readonly around: Surroundings;
  /** How many bodies (of the model and its functions) got the new opset, and how many of their nodes changed. */
  bodies = 0;
  nodes = 0;
  /** Nodes that adapters made, with the opset in whose form they are. */
  private readonly made: (readonly [Node, number])[] = [];

  constructor(editor: Editor, target: number) {
    this.editor = editor;
    this.model = editor.model;
    this.target = target;
    this.around = {
      editor,
      target,
      made: (node, version) => this.made.push([node, version]),
      constants: new Map<Graph, Map<string, Value>>(),
    };
  }

  run(): void {
    this.raiseBody(this.model, this.model.graph);
    for (const fn of this.model.functions.values()) this.raiseBody(fn, fn.body);
  }

  private raiseBody(owner: Model | FunctionDef, body: Graph): void {
    const from = owner.opsets.get('');
    if (from === undefined || from >= this.target) return;
    // From the last to the first: nested graphs before their nodes, and operands with the types they had.
    for (const node of [...nodesWithin(body)].reverse()) {
      const before = this.editor.pending;
      this.raiseNode(node, from);
      if (this.editor.pending > before) this.nodes += 1;
      for (let next = this.made.pop(); next; next = this.made.pop()) this.raiseNode(...next);
    }
    this.editor.setOpset('', this.target, owner);
    this.bodies += 1;
  }

  /** Takes a node over each version of its operator that lies between, until it is up to date or has gone. */
  private raiseNode(node: Node, from: number): void {
    // What no opset defines is a plug-in of some engine; opsets do not govern it.
    const versions = schemaVersions(node.domain, node.opType);
    if (node.domain !== '' || versions.length === 0 || this.model.functionOf(node)) return;
    if (from < OLDEST) throw this.refusal(node, `operators of opset ${from} are not known`);
    if ((versions[0] ?? 0) > from) throw this.refusal(node, `opset ${from} has no such operator`);
    let form = from;
    for (const version of versions) {
      if (version <= from || version > this.target || !node.graph) continue;
      const adapter = adapterOf(node.opType, version);
      if (adapter) {
        this.adapt(node, form, version, adapter);
      } else if (!isUnchanged(node.opType, version)) {
        throw this.refusal(node, `what version ${version} of it changed is not known`);
      }
      form = version;
    }
  }

  private adapt(node: Node, form: number, version: number, adapter: (c: Conversion) => void): void {
    const { facts } = staticContext(node);
    const op = new OpContext(node, schemaOf('', node.opType, form), facts);
    try {
      adapter(new Conversion(this.around, node, version, op));
    } catch (error) {
      if (!(error instanceof UnknownAttribute)) throw error;
      throw this.refusal(
        node,
        'it takes an attribute from the calls of its function',
        'inline functions first (--inline-functions)',
      );
    }
  }

  private refusal(node: Node, reason: string, hint?: string): OpsetError {
    return new OpsetError(node, this.target, reason, hint);
  }
}
