import type { Node } from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { MatchSource } from '../compile/match-source.ts';
import { phases } from './rule.ts';
import { type GraphPlaces, Worklist } from './worklist.ts';

/** The rules of one phase, and the nodes that they have still to look at. */
export class Stage {
  readonly source: MatchSource;
  private readonly work: Worklist;

  constructor(source: MatchSource, places: GraphPlaces) {
    this.source = source;
    this.work = new Worklist(places);
  }

  /** Queues a node behind all others, if a rule may match there; quicker than `push` where nodes come in order. */
  append(node: Node): void {
    if (this.source.mayMatch(node)) this.work.append(node);
  }

  push(node: Node): void {
    if (this.source.mayMatch(node)) this.work.push(node);
  }

  /** Queues a node, and the nodes from which matches are searched that have it as another root. */
  pushRoots(node: Node): void {
    this.push(node);
    for (const partner of this.source.reach.beside(node)) this.push(partner);
  }

  pop(): Node | undefined {
    return this.work.pop();
  }
}

/** A stage for each phase that has rules, first phases first. */
export function stagesOf(
  rules: CompiledRules,
  used: readonly CompiledRule[],
  places: GraphPlaces,
): readonly Stage[] {
  return phases
    .map((_, phase) => used.filter((rule) => rule.phase === phase))
    .filter((own) => own.length > 0)
    .map((own) => new Stage(rules.source(own), places));
}
