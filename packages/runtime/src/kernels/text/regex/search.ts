import { setContains, WORD } from './char-set.ts';
import type { Program, Step } from './program.ts';
import type { Assertion } from './syntax.ts';

/** Text as code points, so that a character outside the first plane is one character. */
export function codePoints(text: string): Int32Array {
  return Int32Array.from(text, (char) => char.codePointAt(0) ?? 0);
}

/** Where a match begins and ends, in code points. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** Whether the whole text matches. Takes time in proportion to text times program, whatever the pattern. */
export function matchesFully(program: Program, text: Int32Array): boolean {
  let here = new Threads(program);
  let next = new Threads(program);
  here.add(0, 0, text, 0);
  for (let at = 0; at < text.length; at += 1) {
    if (here.count === 0) return false;
    next.clear();
    here.advance(text, at, next);
    [here, next] = [next, here];
  }
  return here.matchStart !== undefined;
}

/** The first match at or after `from`, and the longest of those that begin there. */
export function findLongest(program: Program, text: Int32Array, from: number): Match | undefined {
  let here = new Threads(program);
  let next = new Threads(program);
  let found: Match | undefined;
  for (let at = from; at <= text.length; at += 1) {
    if (found === undefined) here.add(0, at, text, at);
    const start = here.matchStart;
    // Threads are kept in the order of where they began, so what ends a match first is the leftmost.
    if (start !== undefined && (found === undefined || start <= found.start)) found = { start, end: at };
    if (at === text.length || (found !== undefined && here.count === 0)) break;
    next.clear();
    here.advance(text, at, next, found?.start);
    [here, next] = [next, here];
  }
  return found;
}

/** Places in a program at which a match may be, each once, with where that match began. */
class Threads {
  count = 0;
  /** Where the leftmost match that is complete began. */
  matchStart: number | undefined;
  private readonly program: Program;
  private readonly places: Int32Array;
  private readonly starts: Int32Array;
  private readonly mark: Int32Array;
  private readonly stack: number[] = [];
  private round = 0;

  constructor(program: Program) {
    this.program = program;
    this.places = new Int32Array(program.length);
    this.starts = new Int32Array(program.length);
    this.mark = new Int32Array(program.length);
    this.clear();
  }

  clear(): void {
    this.count = 0;
    this.matchStart = undefined;
    this.round += 1;
  }

  /** Adds a place, and all that can be reached from it without reading. */
  add(place: number, start: number, text: Int32Array, at: number): void {
    this.stack.push(place);
    for (let p = this.stack.pop(); p !== undefined; p = this.stack.pop()) {
      if (this.mark[p] === this.round) continue;
      this.mark[p] = this.round;
      this.follow(p, this.program[p], start, text, at);
    }
  }

  /** Reads one character with all threads that began no later than `latest`. */
  advance(text: Int32Array, at: number, next: Threads, latest = Number.POSITIVE_INFINITY): void {
    const point = text[at] as number;
    for (let i = 0; i < this.count; i += 1) {
      const start = this.starts[i] as number;
      if (start > latest) return;
      const place = this.places[i] as number;
      const step = this.program[place];
      if (step?.kind === 'set' && setContains(step.set, point)) next.add(place + 1, start, text, at + 1);
    }
  }

  private follow(place: number, step: Step | undefined, start: number, text: Int32Array, at: number): void {
    switch (step?.kind) {
      case 'branch':
        this.stack.push(step.second, step.first);
        return;
      case 'assert':
        if (holdsAt(step.what, text, at)) this.stack.push(place + 1);
        return;
      case 'match':
        this.matchStart = Math.min(this.matchStart ?? start, start);
        return;
      case 'set':
        this.places[this.count] = place;
        this.starts[this.count] = start;
        this.count += 1;
        return;
    }
  }
}

function holdsAt(what: Assertion, text: Int32Array, at: number): boolean {
  switch (what) {
    case 'text-start':
      return at === 0;
    case 'text-end':
      return at === text.length;
    case 'line-start':
      return at === 0 || text[at - 1] === 0x0a;
    case 'line-end':
      return at === text.length || text[at] === 0x0a;
    case 'word-edge':
      return isWord(text[at - 1]) !== isWord(text[at]);
    case 'no-word-edge':
      return isWord(text[at - 1]) === isWord(text[at]);
  }
}

function isWord(point: number | undefined): boolean {
  return point !== undefined && WORD.some(([first, last]) => point >= first && point <= last);
}
