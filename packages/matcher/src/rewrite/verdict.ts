/** What a guard answers: go on, or why not. */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly about?: string };

/** Go on. */
export const yes: Verdict = { ok: true };

/**
 * Refuse. `reason` is a stable code such as `scale-widens-shape`, which reports count; `about` names the capture
 * or the value that it is about.
 */
export function no(reason: string, about?: string): Verdict {
  return about === undefined ? { ok: false, reason } : { ok: false, reason, about };
}

/**
 * @internal Thrown where a rewrite is given up; caught by the driver, which takes the rewrite back. Not an
 * `Error`: refusals are common, and a stack trace costs more than most of them.
 */
export class Refusal {
  readonly reason: string;
  readonly about: string | undefined;

  constructor(reason: string, about?: string) {
    this.reason = reason;
    this.about = about;
  }
}
