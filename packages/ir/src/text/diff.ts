import type { Model } from '../graph/model.ts';
import { type Edit, type Line, pairLines } from './diff-lines.ts';
import { printModel } from './print.ts';
import type { PrintOptions } from './print-options.ts';

/** Options of `diffModels`. */
export interface DiffOptions {
  /** Names of the two sides, for the first two lines. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** Equal lines shown around each difference; 3. */
  readonly context?: number | undefined;
  /** Whether the elements of large tensors are compared too, for which they must be loaded; true. */
  readonly weights?: boolean | undefined;
}

/** Larger tensors are shown as a hash of their elements. */
const MAX_ELEMENTS = 16;

/**
 * What differs between two models as a unified diff of their texts; empty when nothing does. Nodes are
 * compared with those that make values of the same names, wherever they stand.
 */
export function diffModels(a: Model, b: Model, options: DiffOptions = {}): string {
  const digests = options.weights ?? true;
  const printing: PrintOptions = { maxElements: MAX_ELEMENTS, decimals: true, types: 'none', digests };
  const before = linesOf(printModel(a, printing));
  const after = linesOf(printModel(b, printing));
  const hunks = hunksOf(shownLines(before, after, pairLines(before, after)), options.context ?? 3);
  if (hunks.length === 0) return '';
  return `--- ${options.before ?? 'a'}\n+++ ${options.after ?? 'b'}\n${hunks.join('')}`;
}

function linesOf(text: string): readonly Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => ({ text: line, key: keyOf(line) }));
}

/** What stands before ` = `: the names of the values that a node makes, or a weight; else the whole line. */
function keyOf(line: string): string {
  const start = line.search(/\S/);
  // A label may change without the node becoming another one.
  const from = line[start] === '[' ? indexOutsideQuotes(line, ']', start) + 1 : Math.max(start, 0);
  const equals = indexOutsideQuotes(line, '=', from);
  const assigns = equals >= 0 && line.slice(equals - 1, equals + 2) === ' = ';
  return assigns ? line.slice(0, Math.max(start, 0)) + line.slice(from, equals).trim() : line;
}

function indexOutsideQuotes(line: string, wanted: string, from: number): number {
  let quoted = false;
  for (let i = from; i < line.length; i += 1) {
    const c = line[i];
    if (c === '"') quoted = !quoted;
    else if (quoted && c === '\\') i += 1;
    else if (!quoted && c === wanted) return i;
  }
  return -1;
}

/** A line of the diff: its mark, its text, and how many lines of each side it takes. */
interface Shown {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Pairs with different texts become a line that goes and one that comes; lines that go stand first. */
function shownLines(
  before: readonly Line[],
  after: readonly Line[],
  edits: readonly Edit[],
): readonly Shown[] {
  const shown: Shown[] = [];
  let coming: Shown[] = [];
  const flush = (): void => {
    shown.push(...coming);
    coming = [];
  };
  for (const edit of edits) {
    const old = before[edit.before];
    const now = after[edit.after];
    if (old && now && old.text === now.text) {
      flush();
      shown.push({ mark: ' ', text: old.text });
      continue;
    }
    if (old) shown.push({ mark: '-', text: old.text });
    if (now) coming.push({ mark: '+', text: now.text });
  }
  flush();
  return shown;
}

/** Differences that are close to each other, with the lines around them. */
function hunksOf(lines: readonly Shown[], context: number): readonly string[] {
  const hunks: string[] = [];
  let [oldLine, newLine, from] = [1, 1, 0];
  const advance = (to: number): void => {
    for (; from < to; from += 1) {
      if (lines[from]?.mark !== '+') oldLine += 1;
      if (lines[from]?.mark !== '-') newLine += 1;
    }
  };
  for (let at = 0; at < lines.length; ) {
    if (lines[at]?.mark === ' ') {
      at += 1;
      continue;
    }
    let last = at;
    for (let k = at; k < lines.length && k - last <= 2 * context + 1; k += 1)
      if (lines[k]?.mark !== ' ') last = k;
    const start = Math.max(from, at - context);
    const end = Math.min(lines.length, last + context + 1);
    advance(start);
    hunks.push(hunkText(lines.slice(start, end), oldLine, newLine));
    advance(end);
    at = end;
  }
  return hunks;
}

function hunkText(lines: readonly Shown[], oldLine: number, newLine: number): string {
  const removed = lines.filter((l) => l.mark !== '+').length;
  const added = lines.filter((l) => l.mark !== '-').length;
  const range = (line: number, count: number): string => `${count === 0 ? line - 1 : line},${count}`;
  const body = lines.map((l) => `${l.mark}${l.text}\n`).join('');
  return `@@ -${range(oldLine, removed)} +${range(newLine, added)} @@\n${body}`;
}
