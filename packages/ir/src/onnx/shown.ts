import { escapeText } from '../text/quote.ts';

/** Longer names are cut in messages. */
const MAX_SHOWN = 80;

/** A name as messages show it: in quotes, short, and without characters that a terminal would obey. */
export function shown(name: string | undefined): string {
  if (name === undefined) return "''";
  const cut = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}...` : name;
  return `'${escapeText(cut)}'`;
}
