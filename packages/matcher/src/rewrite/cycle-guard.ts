import type { RewriteEvent } from './report.ts';

/** What stands behind one name may be rewritten so often before that counts as a cycle. */
const MAX_AT_SITE = 256;

interface Site {
  /** Regions that have stood here, as text, with the number of rewrites made here until then. */
  readonly forms: Map<string, number>;
  readonly events: RewriteEvent[];
}

/**
 * Notices rules that undo each other. Values keep their names through rewrites, so what stands behind a name is
 * written down; a form that comes back closes a cycle.
 */
export class CycleGuard {
  private readonly sites = new Map<string, Site>();

  /**
   * Notes that a rewrite has turned one region into another. Gives back the rewrites of the cycle when this one
   * closes it; then nothing is noted, and the caller takes the rewrite back.
   */
  closes(
    site: string,
    before: string,
    after: string,
    event: RewriteEvent,
  ): readonly RewriteEvent[] | undefined {
    let known = this.sites.get(site);
    if (!known) {
      known = { forms: new Map(), events: [] };
      this.sites.set(site, known);
    }
    const { forms, events } = known;
    if (!forms.has(before)) forms.set(before, events.length);
    const since = forms.get(after);
    if (since !== undefined || events.length >= MAX_AT_SITE) return [...events.slice(since ?? 0), event];
    events.push(event);
    forms.set(after, events.length);
    return undefined;
  }
}
