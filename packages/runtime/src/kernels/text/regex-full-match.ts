import { regexFullMatch } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { programOf } from './patterns.ts';
import { codePoints, matchesFully } from './regex/search.ts';
import { stringsOf } from './string-concat.ts';

/** Whether each element matches a pattern of RE2 from end to end. */
export const regexFullMatchKernel: Kernel = {
  name: 'RegexFullMatch',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const program = programOf(ctx, regexFullMatch.view(ctx.op).pattern);
    const out = ctx.alloc('bool', x.dims);
    stringsOf(x, ctx).forEach((text, i) => {
      ctx.tick();
      out.data[i] = matchesFully(program, codePoints(text)) ? 1 : 0;
    });
    return [out];
  },
};
