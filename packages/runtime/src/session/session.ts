import { type Graph, type Model, normalDomain, type Value, type ValueType } from '@refold/ir';
import type { Kernel } from '../kernels/kernel.ts';
import { kernelOf } from '../kernels/registry.ts';
import { Constants } from '../plan/constants.ts';
import { type KernelLookup, planGraph } from '../plan/plan.ts';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Program } from '../run/interpreter.ts';
import type { RunOptions } from '../run/options.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { checkFeeds, type Feeds } from './feeds.ts';

/** An input that a caller feeds. */
export interface SessionInput {
  readonly name: string;
  /** As inferred, else as the file states it. */
  readonly type: ValueType | undefined;
  /** False for an initializer that may be overridden. */
  readonly required: boolean;
}

export interface SessionOutput {
  readonly name: string;
  readonly type: ValueType | undefined;
}

/** Options of all runs of a session, and what holds for the session as a whole. */
export interface SessionOptions extends RunOptions {
  /** Kernels for operators of other domains, or in place of the built-in ones. */
  readonly kernels?: readonly Kernel[] | undefined;
  /** Whether feeds must have the sizes that the inputs state; true when absent. Types and ranks always must. */
  readonly checkShapes?: boolean | undefined;
}

/** A model made ready to run. It stands for the model as it was when the session was made. */
export interface Session {
  readonly inputs: readonly SessionInput[];
  readonly outputs: readonly SessionOutput[];
  /**
   * Runs the main graph. Options given here come before those of the session.
   * @returns the graph outputs by name. They may share storage with feeds and with constants: do not write to them.
   * @throws RefoldError `usage/...` for feeds that do not fit, ModelError for everything that goes wrong in a node.
   */
  run(feeds: Feeds, options?: RunOptions): Map<string, NdValue>;
}

/**
 * Makes a model ready to run on the plain kernels.
 * @throws ModelError `model/unsupported` when the main graph has an operator without a kernel.
 */
export function createSession(model: Model, options: SessionOptions = {}): Session {
  return sessionOf(model, newProgram(options.kernels), options);
}

/** A session on a program of its own, for those who change what a program is. */
export function sessionOf(model: Model, program: Program, options: SessionOptions): Session {
  const { graph } = model;
  program.plans.set(graph, planGraph(graph, program.kernels));
  const fed = fedInputs(graph);
  const inputs = sessionInputs(graph);
  const outputs = graph.outputs.map((value) => ({ name: value.name, type: value.type ?? value.declared }));
  const byName = new Map(fed.map((value) => [value.name, value]));

  return {
    inputs,
    outputs,
    run(feeds, runOptions = {}) {
      const all = { ...options, ...runOptions };
      const run = new Interpreter(program, all);
      const frame = new Frame(graph, run.ledger);
      for (const [name, value] of checkFeeds(feeds, inputs, options.checkShapes ?? true)) {
        const input = byName.get(name);
        if (input) frame.bind(input, value);
      }
      const results = run.runGraph(frame);
      const named = new Map<string, NdValue>();
      outputs.forEach(({ name }, i) => {
        const result = results[i];
        if (result) named.set(name, result);
      });
      all.onEnd?.({ peakBytes: run.ledger.peak });
      return named;
    },
  };
}

/** The inputs of a main graph that a caller feeds, or may. */
export function sessionInputs(graph: Graph): readonly SessionInput[] {
  return fedInputs(graph).map((value) => ({
    name: value.name,
    type: value.type ?? value.declared,
    required: value.tensor === undefined && value.sparse === undefined,
  }));
}

function fedInputs(graph: Graph): readonly Value[] {
  return graph.inputs.filter((value) => value.tensor === undefined || value.overridable);
}

/** What runs of one model share: kernels (own ones first), constants, plans. */
export function newProgram(own: readonly Kernel[] = [], constants: Constants = new Constants()): Program {
  return { kernels: lookupIn(own), constants, plans: new Map() };
}

function lookupIn(own: readonly Kernel[]): KernelLookup {
  if (own.length === 0) return kernelOf;
  const table = new Map(own.map((k) => [`${normalDomain(k.domain ?? '')}\u0000${k.name}`, k]));
  return (domain, name) => table.get(`${normalDomain(domain)}\u0000${name}`) ?? kernelOf(domain, name);
}
