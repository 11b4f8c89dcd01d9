import { type Graph, type Model, normalDomain, type Value, type ValueType } from '@refold/ir';
import { engineFor } from '../fast/engine.ts';
import { FastSession, type MemoryUse } from '../fast/fast-session.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { kernelOf } from '../kernels/registry.ts';
import { Constants } from '../plan/constants.ts';
import { type KernelLookup, planGraph } from '../plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Program, type Values } from '../run/interpreter.ts';
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

/** An output of a model, as a session shows it. */
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
  /**
   * `reference`, the default, computes in double and rounds once: what everything else is measured by. `fast` runs
   * on WebAssembly kernels, integers the same, floats within the usual bound of float32. Where there is no
   * WebAssembly with SIMD, `reference` is taken; in browsers wait for `loadFastKernels` first.
   */
  readonly tier?: 'reference' | 'fast' | undefined;
  /** In the fast tier the largest tiles of Winograd's convolution: 4 when absent, 2 for a smaller error, 0 for none. */
  readonly winograd?: 0 | 2 | 4 | undefined;
  /**
   * In the fast tier: lets products and sums be one instruction where the engine has relaxed SIMD, which is faster.
   * False when absent, since the last bits of results then depend on the machine.
   */
  readonly relaxedSimd?: boolean | undefined;
  /**
   * In the fast tier: threads that share the work of a node, 1 when absent, 64 at the most. Results are the same for every
   * number. There is one where memory cannot be shared, as in pages of browsers that are not isolated from other
   * origins; in others wait for `loadFastKernels` with as many first.
   */
  readonly threads?: number | undefined;
  /** A session that is not run any more: in the fast tier, this one takes its memory. */
  readonly inPlaceOf?: Session | undefined;
}

const fastSessions = new WeakMap<Session, FastSession>();

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
  /** The tier that runs. */
  readonly tier: 'reference' | 'fast';
  /** Whether it does so with relaxed SIMD. */
  readonly relaxedSimd: boolean;
  /** The threads that it runs on. */
  readonly threads: number;
  /** Memory of the last run, in the fast tier. */
  memoryUse(): MemoryUse | undefined;
}

/**
 * Makes a model ready to run.
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
  const engine =
    options.tier === 'fast' ? engineFor(options.threads ?? 1, options.relaxedSimd ?? false) : undefined;
  // Whoever holds this session is not to hold the one before.
  const { inPlaceOf, ...settings } = options;
  const before = inPlaceOf && fastSessions.get(inPlaceOf);
  const fast = engine && new FastSession(engine, model, program, { winograd: options.winograd ?? 4 }, before);

  const session: Session = {
    inputs,
    outputs,
    tier: fast ? 'fast' : 'reference',
    relaxedSimd: engine?.modules.over !== undefined,
    threads: engine?.pool?.threads ?? 1,
    memoryUse: () => fast?.memoryUse,
    run(feeds, runOptions = {}) {
      const runs = { ...settings, ...runOptions };
      const bound = new Map<Value, NdValue>();
      for (const [name, value] of checkFeeds(feeds, inputs, settings.checkShapes ?? true)) {
        const input = byName.get(name);
        if (input) bound.set(input, value);
      }
      const results = fast?.run(bound, runs) ?? runReference(program, graph, bound, runs);
      const named = new Map<string, NdValue>();
      outputs.forEach(({ name }, i) => {
        const result = results[i];
        if (result) named.set(name, result);
      });
      return named;
    },
  };
  if (fast) fastSessions.set(session, fast);
  return session;
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

function runReference(
  program: Program,
  graph: Graph,
  fed: ReadonlyMap<Value, NdValue>,
  options: RunOptions,
): Values {
  const { profile, onEnd } = options;
  profile?.begin();
  const run = new Interpreter(
    program,
    profile ? { ...options, onNode: recording(profile, options) } : options,
  );
  const frame = new Frame(graph, run.ledger);
  for (const [input, value] of fed) frame.bind(input, value);
  const results = run.runGraph(frame);
  onEnd?.({ peakBytes: run.ledger.peak });
  return results;
}

function recording(profile: Profile, { onNode }: RunOptions): NonNullable<RunOptions['onNode']> {
  return (event) => {
    profile.record(event);
    onNode?.(event);
  };
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
