import { stringSplit } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { stringsOf } from './string-concat.ts';

/** The parts of each element along a new last axis, filled up with empty strings, and their numbers. */
export const stringSplitKernel: Kernel = {
  name: 'StringSplit',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const { delimiter, maxSplit = Number.POSITIVE_INFINITY } = stringSplit.view(ctx.op);
    const parts = stringsOf(x, ctx).map((text) => {
      ctx.tick();
      return delimiter === '' ? splitAtSpace(text, maxSplit) : splitAt(text, delimiter, maxSplit);
    });
    const most = parts.reduce((n, p) => Math.max(n, p.length), 0);
    const y = ctx.alloc('string', [...x.dims, most]);
    const to = stringsOf(y, ctx);
    const z = ctx.alloc('int64', x.dims);
    parts.forEach((list, i) => {
      for (let k = 0; k < list.length; k += 1) to[i * most + k] = list[k] ?? '';
      z.data[i] = BigInt(list.length);
    });
    return [y, z];
  },
};

function splitAt(text: string, delimiter: string, maxSplit: number): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (
    let at = text.indexOf(delimiter);
    at >= 0 && parts.length < maxSplit;
    at = text.indexOf(delimiter, start)
  ) {
    parts.push(text.slice(start, at));
    start = at + delimiter.length;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Splits at runs of white space; what is left after the last split keeps its inner space. */
function splitAtSpace(text: string, maxSplit: number): readonly string[] {
  const parts: string[] = [];
  const word = /\P{White_Space}+/gu;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    if (parts.length >= maxSplit) {
      parts.push(text.slice(match.index).replace(/\p{White_Space}+$/u, ''));
      break;
    }
    parts.push(match[0]);
  }
  return parts;
}
