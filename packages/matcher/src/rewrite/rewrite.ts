import { Editor, type Graph, InternalError, type Model, type Node, RefoldError } from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { MatchSource, Solution } from '../compile/match-source.ts';
import { anchorKey } from '../pattern/anatomy.ts';
import { type Applied, applyRule } from './apply.ts';
import { ascend, MAX_CLIMB } from './ascent.ts';
import { type Changed, Changes } from './changes.ts';
import { CycleGuard } from './cycle-guard.ts';
import { checkEmissions } from './emission.ts';
import { matchOf } from './match-of.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { queryOf } from './query.ts';
import { Recorder, type RewriteEvent, type RewriteReport } from './report.ts';
import { type Exactness, exactnesses, type Phase, phases } from './rule.ts';
import { RuleError } from './rule-error.ts';
import { Refusal } from './verdict.ts';
import { GraphPlaces, Worklist } from './worklist.ts';

/** Options of `rewrite`. */
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
  /** Told of a rule that throws; the run then goes on without it. Without this, the run ends with the error. */
  readonly onError?: (error: RuleError) => void;
  /** Called often, with the numbers of nodes visited and of rewrites so far. What it throws ends the run. */
  readonly tick?: (visits: number, rewrites: number) => void;
  readonly signal?: AbortSignal;
}

/** Visits between two ticks. */
const TICK = 256;

/** Nodes beyond those next to a change that are visited again. */
const MAX_ABOVE = 512;

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
  return new Driver(editor, rules, options).run();
}

/**
 * Applies the same rules again and again while others change the model too. The first run is as {@link rewrite};
 * later ones look only at what has changed since, as far as rules reach. Call `stop` when it is not needed any more.
 */
export class Rewriter {
  private readonly editor: Editor;
  private readonly rules: CompiledRules;
  /** What has changed since the last run, if that one has looked at everything. */
  private changes: Changes | undefined;
  private readonly stopListening: () => void;

  constructor(editor: Editor, rules: CompiledRules) {
    this.editor = editor;
    this.rules = rules;
    this.stopListening = editor.listen((change) => this.changes?.add(change));
  }

  run(options: RewriteOptions = {}): RewriteReport {
    const changed = this.changes?.take();
    // The driver itself follows what it changes.
    this.changes = undefined;
    const report = new Driver(this.editor, this.rules, options).run(changed);
    if (report.stopped === undefined) this.changes = new Changes();
    return report;
  }

  /** Whether any of the rules can be rooted at one of the operators, given as domain and name. */
  mayMatch(operators: Iterable<readonly [domain: string, opType: string]>): boolean {
    for (const [domain, opType] of operators) {
      const key = anchorKey(domain, opType);
      if (this.rules.compiled.some((rule) => rule.anchors.has(key))) return true;
    }
    return false;
  }

  stop(): void {
    this.stopListening();
  }
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

/** A rewrite that was made. */
interface Done {
  readonly applied: Applied;
  readonly event: RewriteEvent;
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
  private readonly places = new GraphPlaces();
  private readonly cycles = new CycleGuard();
  private readonly recorder = new Recorder();
  private readonly onFuel = (rule: CompiledRule, node: Node): void =>
    this.recorder.exhaust(rule.name, node.label);
  private readonly broken = new Set<string>();
  private readonly near = new Neighbourhood();
  private limit = 0;

  constructor(editor: Editor, rules: CompiledRules, options: RewriteOptions) {
    this.editor = editor;
    this.options = options;
    const used = selected(rules, options);
    const stages: Stage[] = [];
    for (let phase = 0; phase < phases.length; phase += 1) {
      const own = used.filter((r) => r.phase === phase);
      if (own.length > 0) stages.push({ source: rules.source(own), work: new Worklist(this.places) });
    }
    this.stages = stages;
  }

  /** Looks at the nodes next to changes and at those above them; at all nodes when none are given. */
  run(changed?: Changed): RewriteReport {
    let nodes = 0;
    for (const graph of this.editor.model.graphs()) {
      nodes += graph.nodeCount;
      this.places.of(graph);
      if (!changed) this.appendAll(graph);
    }
    if (changed) {
      this.pushNear(changed.near, Number.POSITIVE_INFINITY);
      for (const node of changed.swapped) for (const stage of this.stages) pushRoots(stage, node);
    }
    this.limit = this.options.maxRewrites ?? 16 * nodes + 4096;
    while (this.recorder.stopped !== 'limit' && this.visitNext());
    return this.recorder.report();
  }

  private appendAll(graph: Graph): void {
    for (let node = graph.firstNode; node; node = node.next) {
      for (const { source, work } of this.stages) if (source.mayMatch(node)) work.append(node);
    }
  }

  /** Visits the first node of the first phase that has work left; false when none has. */
  private visitNext(): boolean {
    for (const { source, work } of this.stages) {
      const node = work.pop();
      if (!node) continue;
      this.recorder.visits += 1;
      if (this.recorder.visits % TICK === 0) this.tick();
      if (isAlive(node)) this.visit(node, source);
      return true;
    }
    return false;
  }

  private tick(): void {
    this.options.tick?.(this.recorder.visits, this.recorder.rewrites);
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
    source.offer(node, (solution) => this.take(solution, source), this.onFuel);
  }

  /**
   * Rewrites a match. Where the root of a pattern is optional, its inside is met before the whole: then matches of
   * the same rule further up that take this one in come first, largest first.
   */
  private take(solution: Solution, source: MatchSource): boolean {
    const { rule } = solution;
    if (this.broken.has(rule.name)) return false;
    const { kind } = rule.rule.spec.match.data;
    return (kind === 'choice' && this.takeLarger(solution, source, solution.node)) || this.attempt(solution);
  }

  private takeLarger({ rule, root }: Solution, source: MatchSource, inner: Node): boolean {
    if (root.useCount > MAX_CLIMB) return false;
    const takeIn = (other: Solution): boolean =>
      other.nodes.includes(inner) && (this.takeLarger(other, source, inner) || this.attempt(other));
    for (const user of new Set(root.users())) {
      if (user.graph === inner.graph && source.offer(user, takeIn, this.onFuel, rule)) return true;
    }
    return false;
  }

  /** Rewrites one match, or counts why not. */
  private attempt(solution: Solution): boolean {
    const { editor, recorder } = this;
    const { name } = solution.rule;
    const timer = recorder.timerOf(name);
    timer.start();
    editor.begin();
    let done: Done | undefined;
    try {
      done = this.tryRule(solution);
    } catch (error) {
      if (error instanceof Refusal) recorder.refuse(name, error.reason);
      else this.leaveOut(blame(error, solution));
    } finally {
      if (done) editor.commit();
      else editor.rollback();
      timer.stop();
    }
    if (!done) return false;
    recorder.apply(name);
    this.options.onRewrite?.(done.event);
    this.follow(done.applied);
    if (recorder.rewrites >= this.limit) recorder.stopped = 'limit';
    return true;
  }

  /** A rule that throws is not tried again; whoever runs the rules decides whether that ends the run. */
  private leaveOut(error: RuleError): void {
    if (!this.options.onError) throw error;
    this.options.onError(error);
    this.broken.add(error.rule);
  }

  private tryRule(solution: Solution): Done | undefined {
    const { name, rule } = solution.rule;
    const graph = solution.node.graph;
    if (!graph) throw new InternalError('a match lies in no graph');
    const { spec } = rule;
    const match = matchOf(solution);
    const query = queryOf(graph, solution.sizes);
    const verdict = spec.guard?.(match, query);
    if (verdict && !verdict.ok) {
      this.recorder.refuse(name, verdict.reason);
      return undefined;
    }
    if (spec.emits) checkEmissions(graph, spec.emits);
    const applied = applyRule(this.editor, spec, match, query);
    if (!applied || applied instanceof Refusal) {
      if (applied) this.recorder.refuse(name, applied.reason);
      return undefined;
    }
    const { removed, outputs } = applied;
    const added = applied.added.map((n) => n.label);
    const event = { seq: this.recorder.rewrites + 1, rule: name, graph: graph.name, removed, added, outputs };
    if (added.length > 0) this.checkCycle(graph, solution, applied, event);
    return { applied, event };
  }

  /** Refuses a rewrite that brings back what stood at its place before. */
  private checkCycle(graph: Graph, solution: Solution, applied: Applied, event: RewriteEvent): void {
    const site = `${this.places.of(graph)} ${event.outputs[0] ?? ''}`;
    const cycle = this.cycles.closes(site, solution.nodes, applied.added, event);
    if (!cycle) return;
    this.recorder.stopped ??= 'cycle';
    this.recorder.cycle ??= cycle;
    throw new Refusal('cycle');
  }

  /** Queues the nodes at which a rewrite may have made a match possible. */
  private follow(applied: Applied): void {
    for (const { source } of this.stages) source.changed();
    const { near } = this;
    near.addAll(applied.added);
    near.addAll(applied.rewired);
    near.addAll(applied.refined);
    for (const node of applied.added) this.pushNested(node);
    for (const value of applied.released) near.addReleased(value);
    this.pushNear(near.take(), MAX_ABOVE);
  }

  /** Queues nodes, and those above them as far as the rules of each phase reach. */
  private pushNear(near: readonly Node[], above: number): void {
    for (const stage of this.stages) {
      ascend(near, stage.source.reach, near.length + above, (node) => pushRoots(stage, node));
    }
  }

  private pushNested(node: Node): void {
    const stack: Graph[] = [...node.graphs];
    for (let graph = stack.pop(); graph; graph = stack.pop()) {
      for (const inner of graph.nodes()) {
        for (const stage of this.stages) pushTo(stage, inner);
        stack.push(...inner.graphs);
      }
    }
  }
}

function pushTo({ source, work }: Stage, node: Node): void {
  if (source.mayMatch(node)) work.push(node);
}

/** Queues a node, and the nodes from which matches are searched that have it as another root. */
function pushRoots(stage: Stage, node: Node): void {
  pushTo(stage, node);
  for (const partner of stage.source.reach.beside(node)) pushTo(stage, partner);
}

/** Whether a node still stands in the model: its graph may be attached to a node that is gone. */
function isAlive(node: Node): boolean {
  let at: Node | undefined = node;
  for (;;) {
    const owner: Graph['owner'] = at.graph?.owner;
    if (owner === undefined) return false;
    if (owner.kind !== 'node') return true;
    at = owner.node;
  }
}

/** What a rule has thrown, with the rule and the place that it came from. */
function blame(error: unknown, { rule, node }: Solution): RuleError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RuleError(rule.name, reason, { node: node.label, op: node.op }, error);
}
