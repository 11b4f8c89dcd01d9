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
  const plea = ' (please report this with the output of --debug)';
  if (!(error instanceof RefoldError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return oneLine(`refold: internal error: ${reason}${plea}`);
  }
  const { message, hint, where } = error;
  const places = [
    where.file && !message.includes(where.file) && where.file,
    where.graph && !message.includes(`'${where.graph}'`) && `graph '${where.graph}'`,
    where.node && !message.includes(`'${where.node}'`) && `node '${where.node}'`,
  ].filter((p) => typeof p === 'string' && p !== '');
  const place = places.length > 0 ? ` (${places.join(', ')})` : '';
  const advice = hint ? `; ${hint.charAt(0).toLowerCase()}${hint.slice(1).replace(/\.$/, '')}` : '';
  return oneLine(`refold: ${message}${place}${advice}${error.code === 'internal/bug' ? plea : ''}`);
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}
