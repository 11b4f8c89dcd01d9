import { RefoldError } from '@refold/ir';
import { printable } from './printable.ts';

/** Exit status by whose fault it is; 0 is success. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof RefoldError)) return 5;
  const [kind] = error.code.split('/');
  return { check: 1, usage: 2, model: 3, file: 4 }[kind ?? ''] ?? 5;
}

/** One line that says what, where and why, and what to do about it. */
export function describeError(error: unknown): string {
  if (!(error instanceof RefoldError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return printable(`refold: internal error: ${reason} (please report this, with the output of --debug)`);
  }
  const { file, graph, node } = error.where;
  const places = [file, graph && `graph ${graph}`, node && `node ${node}`].filter(
    (p): p is string => typeof p === 'string' && p !== '' && !error.message.includes(p),
  );
  const place = places.length > 0 ? ` (${places.join(', ')})` : '';
  const hint = error.hint ? `; ${error.hint}` : '';
  const report = error.code === 'internal/bug' ? ' (please report this, with the output of --debug)' : '';
  return printable(`refold: ${error.message}${place}${hint}${report}`.replace(/\s+/g, ' '));
}
