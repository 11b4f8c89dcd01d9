import {
  Editor,
  type Graph,
  InternalError,
  type Model,
  type Node,
  RefoldError,
  type Value,
} from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { MatchSource, Solution } from '../compile/match-source.ts';
import { RootedSource } from '../compile/rooted-source.ts';
import { type Applied, applyRule } from './apply.ts';
import { CycleGuard } from './cycle-guard.ts';
import { checkEmissions } from './emission.ts';
import { matchOf } from './match-of.ts';
import { queryOf } from './query.ts';
import { regionText } from './region.ts';
import { Recorder, type RewriteEvent, type RewriteReport } from './report.ts';
import { type Exactness, exactnesses, type Phase, phases } from './rule.ts';
import { Refusal } from './verdict.ts';
import { GraphPlaces, Worklist } from './worklist.ts';

export interface RewriteOptions {
  /** The most permissive class of rules to use; `reassociate` when absent. */
  readonly exactness?: Exactness;
  /** Phases to run; all when absent. */
  readonly phases?: readonly Phase[];
  /** 16 times the nodes, and 4096, when absent. */
  readonly maxRewrites?: number;
  /** Names of the rules to use; all when absent. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly onRewrite?: (event: RewriteEvent) => void;
  /** Called now and then with the number of nodes visited and rewritten so far. */
  readonly onProgress?: (visits: number, rewrites: number) => void;
  readonly signal?: AbortSignal;
}

/** Visits between two looks at the signal. */
const PROGRESS_STEP = 1024;

/** Beyond the nodes next to a change, values with more users than this are not climbed. */
const MAX_CLIMB = 8;

/**
 * Applies rules until none has anything left to do: in the main graph, nested graphs and function bodies. Each
 * rewrite is made whole or not at all; those that cannot be made safely are counted by reason. Types should
 * have been inferred before. When the signal aborts, the rewrites made so far stay.
 */
export function rewrite(
  target: Editor | Model,
  rules: CompiledRules,
  options: RewriteOptions = {},
): RewriteReport {
  const editor = target instanceof Editor ? target : new Editor(target);
  return new Driver(editor, selected(rules, options), options).run();
}

function selected(rules: CompiledRules, options: RewriteOptions): readonly CompiledRule[] {
  const limit = exactnesses.indexOf(options.exactness ?? 'reassociate');
  return rules.compiled.filter(({ rule: { spec }, name }) => {
    if (exactnesses.indexOf(spec.exactness) > limit) return false;
    if (options.phases && !options.phases.includes(spec.phase)) return false;
    if (options.include && !options.include.includes(name)) return false;
    return !options.exclude?.includes(name);
  });
}

/** The rules of one phase, and the nodes that they have still to look at. */
interface Stage {
  readonly source: MatchSource;
  readonly work: Worklist;
}

class Driver {
  private readonly editor: Editor;
  private readonly options: RewriteOptions;
  private readonly stages: readonly Stage[];
  private readonly reach: number;
  private readonly places = new GraphPlaces();
  private readonly cycles = new CycleGuard();
  private readonly recorder = new Recorder();
  private limit = 0;

  constructor(editor: Editor, rules: readonly CompiledRule[], options: RewriteOptions) {
    this.editor = editor;
    this.options = options;
    const stages: Stage[] = [];
    for (let phase = 0; phase < phases.length; phase += 1) {
      const own = rules.filter((r) => r.phase === phase);
      if (own.length > 0) stages.push({ source: new RootedSource(own), work: new Worklist() });
    }
    this.stages = stages;
    this.reach = Math.max(1, ...stages.map((s) => s.source.reach));
  }

  run(): RewriteReport {
    let nodes = 0;
    for (const graph of this.editor.model.graphs()) {
      nodes += graph.nodeCount;
      for (const node of graph.nodes()) this.push(node);
    }
    this.limit = this.options.maxRewrites ?? 16 * nodes + 4096;
    while (this.recorder.stopped !== 'limit' && this.visitNext());
    return this.recorder.report();
  }

  private push(node: Node): void {
    if (!node.graph) return;
    for (const { source, work } of this.stages) {
      if (source.mayMatch(node)) work.push(node, this.places.of(node.graph));
    }
  }

  /** Visits the first node of the first phase that has work left; false when none has. */
  private visitNext(): boolean {
    for (const { source, work } of this.stages) {
      const node = work.pop();
      if (!node) continue;
      this.recorder.visits += 1;
      if (this.recorder.visits % PROGRESS_STEP === 0) this.report();
      if (isAlive(node)) this.visit(node, source);
      return true;
    }
    return false;
  }

  private report(): void {
    this.options.onProgress?.(this.recorder.visits, this.recorder.rewrites);
    if (this.options.signal?.aborted) {
      throw new RefoldError(
        'usage/aborted',
        'rewriting was aborted',
        {},
        undefined,
        this.options.signal.reason,
      );
    }
  }

  /** Makes the first rewrite at a node that nothing speaks against. */
  private visit(node: Node, source: MatchSource): void {
    const onFuel = (rule: CompiledRule): void => this.recorder.refuse(rule.name, 'fuel');
    for (const solution of source.solutions(node, onFuel)) {
      const start = performance.now();
      const applied = this.attempt(solution);
      this.recorder.spend(solution.rule.name, performance.now() - start);
      if (!applied) continue;
      this.follow(applied);
      if (this.recorder.rewrites >= this.limit) this.recorder.stopped = 'limit';
      return;
    }
  }

  /** Rewrites one match, or counts why not. */
  private attempt(solution: Solution): Applied | undefined {
    const { editor, recorder } = this;
    const { name } = solution.rule;
    const graph = solution.root.graph;
    if (!graph) return undefined;
    editor.begin();
    try {
      const [applied, event] = this.tryRule(solution, graph);
      editor.commit();
      recorder.apply(name);
      this.options.onRewrite?.(event);
      return applied;
    } catch (error) {
      editor.rollback();
      if (!(error instanceof Refusal)) throw blame(error, name, solution);
      recorder.refuse(name, error.reason);
      return undefined;
    }
  }

  private tryRule(solution: Solution, graph: Graph): readonly [Applied, RewriteEvent] {
    const { spec } = solution.rule.rule;
    const site = `${this.places.of(graph)} ${solution.root.name}`;
    if (this.cycles.isBanned(spec.name, site)) throw new Refusal('cycle');
    const match = matchOf(solution);
    const query = queryOf(graph, solution.sizes);
    const verdict = spec.guard?.(match, query);
    if (verdict && !verdict.ok) throw new Refusal(verdict.reason, verdict.about);
    if (spec.emits) checkEmissions(graph, spec.emits);
    const before = regionText(solution.nodes);
    const applied = applyRule(this.editor, spec, match, query);
    const event: RewriteEvent = {
      seq: this.recorder.rewrites + 1,
      rule: spec.name,
      graph: graph.name,
      removed: applied.removed,
      added: applied.added.map((n) => n.label),
      outputs: applied.outputs,
    };
    if (applied.added.length > 0) this.checkCycle(site, before, applied, event);
    return [applied, event];
  }

  private checkCycle(site: string, before: string, applied: Applied, event: RewriteEvent): void {
    const cycle = this.cycles.closes(site, before, regionText(applied.added), event);
    if (!cycle) return;
    this.recorder.stopped ??= 'cycle';
    this.recorder.cycle ??= cycle;
    throw new Refusal('cycle');
  }

  /** Queues the nodes at which a rewrite may have made a match possible. */
  private follow(applied: Applied): void {
    let frontier = new Set<Node>([...applied.added, ...applied.rewired, ...applied.refined]);
    for (const node of applied.added) this.pushNested(node);
    for (const value of applied.released) {
      if (value.producer) frontier.add(value.producer);
      if (value.useCount <= MAX_CLIMB) for (const user of value.users()) frontier.add(user);
    }
    const seen = new Set<Node>();
    for (let step = 0; step <= this.reach && frontier.size > 0; step += 1) {
      const above = new Set<Node>();
      for (const node of frontier) {
        if (seen.has(node)) continue;
        seen.add(node);
        this.push(node);
        for (const output of node.outputs) {
          if (output && output.useCount <= MAX_CLIMB) addUsers(above, output);
        }
      }
      frontier = above;
    }
  }

  private pushNested(node: Node): void {
    const stack: Graph[] = [...node.graphs];
    for (let graph = stack.pop(); graph; graph = stack.pop()) {
      for (const inner of graph.nodes()) {
        this.push(inner);
        stack.push(...inner.graphs);
      }
    }
  }
}

function addUsers(nodes: Set<Node>, value: Value): void {
  for (const user of value.users()) nodes.add(user);
}

/** Whether a node still stands in the model: its graph may hang on a node that is gone. */
function isAlive(node: Node): boolean {
  let at: Node | undefined = node;
  for (;;) {
    const owner: Graph['owner'] = at.graph?.owner;
    if (owner === undefined) return false;
    if (owner.kind !== 'node') return true;
    at = owner.node;
  }
}

/** An error thrown by a guard or a builder, with the rule and the place that it came from. */
function blame(error: unknown, rule: string, solution: Solution): InternalError {
  const reason = error instanceof Error ? error.message : String(error);
  const { node } = solution;
  return new InternalError(`rule ${rule} failed: ${reason}`, { node: node.label, op: node.op }, error);
}
