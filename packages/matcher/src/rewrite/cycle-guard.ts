import type { Node } from '@refold/ir';
import { regionText } from './region.ts';
import type { RewriteEvent } from './report.ts';

/** The nodes between the operands of a match and its results. Nodes that are gone still tell what they were. */
type Region = readonly Node[];

/** What stands behind one name may be rewritten so often before that counts as a cycle. */
const MAX_AT_SITE = 256;

/** What has stood at a place where more than one rewrite was made. */
interface Site {
  /** Digests of the regions that have stood here, with the number of rewrites noted here until then. */
  readonly forms: Map<number, number>;
  readonly events: RewriteEvent[];
}

/** The first rewrite at a place, as short as can be: most places see no other. */
interface First {
  readonly form: number;
  readonly seq: number;
  readonly rule: string;
}

/**
 * Notices rules that undo each other. Values keep their names through rewrites, so what stands behind a name is
 * noted; a form that comes back closes a cycle.
 */
export class CycleGuard {
  private readonly firsts = new Map<string, First>();
  private readonly sites = new Map<string, Site>();

  /**
   * Notes that a rewrite has turned one region into another. Gives back the rewrites of the cycle when this one
   * closes it; then nothing is noted, and the caller takes the rewrite back.
   */
  closes(
    site: string,
    before: Region,
    after: Region,
    event: RewriteEvent,
  ): readonly RewriteEvent[] | undefined {
    const start = digest(regionText(before));
    const first = this.firsts.get(site);
    if (!first) {
      // Most rewrites leave fewer nodes: then the form is another one.
      if (before.length === after.length && start === digest(regionText(after))) return [event];
      this.firsts.set(site, { form: start, seq: event.seq, rule: event.rule });
      return undefined;
    }
    let known = this.sites.get(site);
    if (!known) {
      const { form, seq, rule } = first;
      known = { forms: new Map([[form, 0]]), events: [{ ...event, seq, rule, removed: [], added: [] }] };
      this.sites.set(site, known);
    }
    const { forms, events } = known;
    if (!forms.has(start)) forms.set(start, events.length);
    const end = digest(regionText(after));
    const since = forms.get(end);
    if (since !== undefined || events.length >= MAX_AT_SITE) return [...events.slice(since ?? 0), event];
    events.push(event);
    forms.set(end, events.length);
    return undefined;
  }
}

/** 53 bits of text: two texts that differ are taken for one once in 2^53. */
function digest(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) + (a >>> 13);
  }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff);
}
