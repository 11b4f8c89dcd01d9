import { type TokenizerView, tokenizer } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { programOf } from '../text/patterns.ts';
import type { Program } from '../text/regex/program.ts';
import { codePoints, findLongest, type Match } from '../text/regex/search.ts';
import { stringsOf } from '../text/string-concat.ts';

/** What stands before and behind the tokens of a string where marks are wanted. */
const START_MARK = '\u0002';
const END_MARK = '\u0003';

/** Gives the tokens of a string. */
type Tokens = (text: Int32Array) => readonly Int32Array[];

/** The tokens of each string along a new last axis, filled up with the padding value. */
export const tokenizerKernel: Kernel = {
  domain: 'com.microsoft',
  name: 'Tokenizer',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const view = tokenizer.view(ctx.op);
    const tokensOf = tokensBy(ctx, view);
    const lists = stringsOf(x, ctx).map((text) => {
      ctx.tick();
      const tokens = tokensOf(codePoints(text)).map(textOf);
      return view.mark ? [START_MARK, ...tokens, END_MARK] : tokens;
    });
    const most = lists.reduce((n, list) => Math.max(n, list.length), 0);
    const out = ctx.alloc('string', [...x.dims, most]);
    const to = stringsOf(out, ctx);
    lists.forEach((list, i) => {
      for (let k = 0; k < most; k += 1) to[i * most + k] = list[k] ?? view.padValue;
    });
    return [out];
  },
};

function textOf(points: Int32Array): string {
  let text = '';
  for (const point of points) text += String.fromCodePoint(point);
  return text;
}

function tokensBy(ctx: KernelContext, view: TokenizerView): Tokens {
  const longEnough = (points: Int32Array): boolean => points.length >= view.minChars;
  const { tokenPattern, separators = [] } = view;
  if (tokenPattern !== undefined) {
    const program = programOf(ctx, tokenPattern);
    return (text) =>
      matches(program, text)
        .map((m) => text.subarray(m.start, m.end))
        .filter(longEnough);
  }
  if (separators.length === 1 && separators[0] === '') {
    return (text) => Array.from(text, (point) => Int32Array.of(point)).filter(longEnough);
  }
  const programs = separators.map((separator) => programOf(ctx, separator));
  return (text) => {
    let parts: readonly Int32Array[] = [text];
    for (const program of programs)
      parts = parts.flatMap((part) => between(program, part)).filter(longEnough);
    return parts;
  };
}

/** Matches from left to right that do not overlap and are not empty. */
function matches(program: Program, text: Int32Array): readonly Match[] {
  const found: Match[] = [];
  let from = 0;
  for (let m = findLongest(program, text, from); m !== undefined; m = findLongest(program, text, from)) {
    if (m.end > m.start) found.push(m);
    from = m.end > m.start ? m.end : m.end + 1;
    if (from > text.length) break;
  }
  return found;
}

function between(program: Program, text: Int32Array): readonly Int32Array[] {
  const parts: Int32Array[] = [];
  let start = 0;
  for (const m of matches(program, text)) {
    parts.push(text.subarray(start, m.start));
    start = m.end;
  }
  parts.push(text.subarray(start));
  return parts;
}
