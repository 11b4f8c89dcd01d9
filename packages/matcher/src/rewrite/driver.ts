import { type Editor, type Graph, type Node, RefoldError } from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { MatchSource, Solution } from '../compile/match-source.ts';
import type { Applied } from './apply.ts';
import { ascend, MAX_CLIMB } from './ascent.ts';
import { Attempts } from './attempts.ts';
import type { Changed } from './changes.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { type RewriteOptions, selected } from './options.ts';
import { Recorder, type RewriteReport } from './report.ts';
import { type Stage, stagesOf } from './stage.ts';
import { GraphPlaces } from './worklist.ts';

/** Visits between two ticks. */
const TICK = 256;

/** Nodes beyond those next to a change that are visited again. */
const MAX_ABOVE = 512;

/** One run of rules: decides where they look, and in which order. */
export class Driver {
  private readonly editor: Editor;
  private readonly options: RewriteOptions;
  private readonly stages: readonly Stage[];
  private readonly places = new GraphPlaces();
  private readonly recorder = new Recorder();
  private readonly attempts: Attempts;
  private readonly onFuel = (rule: CompiledRule, node: Node): void =>
    this.recorder.exhaust(rule.name, node.label);
  private readonly near = new Neighbourhood();
  private limit = 0;

  constructor(editor: Editor, rules: CompiledRules, options: RewriteOptions) {
    this.editor = editor;
    this.options = options;
    this.attempts = new Attempts(editor, options, this.recorder, this.places);
    this.stages = stagesOf(rules, selected(rules, options), this.places);
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
      for (const node of changed.swapped) for (const stage of this.stages) stage.pushRoots(node);
    }
    this.limit = this.options.maxRewrites ?? 16 * nodes + 4096;
    while (this.recorder.stopped !== 'limit' && this.visitNext());
    return this.recorder.report();
  }

  private appendAll(graph: Graph): void {
    for (let node = graph.firstNode; node; node = node.next) {
      for (const stage of this.stages) stage.append(node);
    }
  }

  /**
   * Makes the first rewrite that nothing speaks against at the first node of the first phase that has work left; false
   * when none has.
   */
  private visitNext(): boolean {
    for (const stage of this.stages) {
      const node = stage.pop();
      if (!node) continue;
      this.recorder.visits += 1;
      if (this.recorder.visits % TICK === 0) this.tick();
      if (isAlive(node))
        stage.source.offer(node, (solution) => this.take(solution, stage.source), this.onFuel);
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

  /**
   * Rewrites a match. Where the root of a pattern is optional, its inside is met before the whole: then matches of
   * the same rule further up that take this one in come first, largest first.
   */
  private take(solution: Solution, source: MatchSource): boolean {
    const { rule } = solution;
    if (this.attempts.isBroken(rule.name)) return false;
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

  private attempt(solution: Solution): boolean {
    const applied = this.attempts.make(solution);
    if (!applied) return false;
    this.follow(applied);
    if (this.recorder.rewrites >= this.limit) this.recorder.stopped = 'limit';
    return true;
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
      ascend(near, stage.source.reach, near.length + above, (node) => stage.pushRoots(node));
    }
  }

  private pushNested(node: Node): void {
    const stack: Graph[] = [...node.graphs];
    for (let graph = stack.pop(); graph; graph = stack.pop()) {
      for (const inner of graph.nodes()) {
        for (const stage of this.stages) stage.push(inner);
        stack.push(...inner.graphs);
      }
    }
  }
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
