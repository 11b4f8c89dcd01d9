import type { RewriteEvent } from './report.ts';

/** A rule may rewrite what stands behind one name so often before that counts as a cycle of its own. */
const MAX_AT_SITE = 256;

interface Site {
  /** Regions that have stood here, as text, with the rewrite that came upon each. */
  readonly forms: Map<string, RewriteEvent | undefined>;
  readonly counts: Map<string, number>;
  readonly events: RewriteEvent[];
  readonly banned: Set<string>;
}

/**
 * Notices rules that undo each other. Values keep their names through rewrites, so what stands behind a name is
 * written down; a form that comes back closes a cycle.
 */
export class CycleGuard {
  private readonly sites = new Map<string, Site>();

  /** Whether a rule has been stopped at a site. */
  isBanned(rule: string, site: string): boolean {
    return this.sites.get(site)?.banned.has(rule) ?? false;
  }

  /**
   * Notes that a rule has turned one region into another. Gives back the rewrites of the cycle when this one
   * closes it; the caller takes the rewrite back, and the rule is stopped at that site.
   */
  closes(
    site: string,
    before: string,
    after: string,
    event: RewriteEvent,
  ): readonly RewriteEvent[] | undefined {
    let known = this.sites.get(site);
    if (!known) {
      known = { forms: new Map(), counts: new Map(), events: [], banned: new Set() };
      this.sites.set(site, known);
    }
    if (!known.forms.has(before)) known.forms.set(before, undefined);
    const count = (known.counts.get(event.rule) ?? 0) + 1;
    known.counts.set(event.rule, count);
    known.events.push(event);
    if (known.forms.has(after) || count > MAX_AT_SITE) {
      known.banned.add(event.rule);
      const since = known.forms.get(after);
      return known.events.slice(since ? known.events.indexOf(since) + 1 : 0);
    }
    known.forms.set(after, event);
    return undefined;
  }
}
