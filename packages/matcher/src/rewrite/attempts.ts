import { type Editor, type Graph, InternalError } from '@refold/ir';
import type { Solution } from '../compile/match-source.ts';
import { type Applied, applyRule } from './apply.ts';
import { CycleGuard } from './cycle-guard.ts';
import { checkEmissions } from './emission.ts';
import { matchOf } from './match-of.ts';
import type { RewriteOptions } from './options.ts';
import { queryOf } from './query.ts';
import type { Recorder, RewriteEvent } from './report.ts';
import { RuleError } from './rule-error.ts';
import { Refusal } from './verdict.ts';
import type { GraphPlaces } from './worklist.ts';

/** A rewrite that was made. */
interface Done {
  readonly applied: Applied;
  readonly event: RewriteEvent;
}

/** Makes rewrites, each of them whole or not at all, and records what came of them. */
export class Attempts {
  private readonly editor: Editor;
  private readonly options: RewriteOptions;
  private readonly recorder: Recorder;
  private readonly places: GraphPlaces;
  private readonly cycles = new CycleGuard();
  private readonly broken = new Set<string>();

  constructor(editor: Editor, options: RewriteOptions, recorder: Recorder, places: GraphPlaces) {
    this.editor = editor;
    this.options = options;
    this.recorder = recorder;
    this.places = places;
  }

  /** Whether a rule has thrown before: it is not tried again. */
  isBroken(rule: string): boolean {
    return this.broken.has(rule);
  }

  /** Rewrites one match, or counts why not. */
  make(solution: Solution): Applied | undefined {
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
    if (!done) return undefined;
    recorder.apply(name);
    this.options.onRewrite?.(done.event);
    return done.applied;
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
}

/** What a rule has thrown, with the rule and the place that it came from. */
function blame(error: unknown, { rule, node }: Solution): RuleError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RuleError(rule.name, reason, { node: node.label, op: node.op }, error);
}
