import { type StringNormalizerView, stringNormalizer } from '@refold/ir';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { stringsOf } from './string-concat.ts';

/** Drops stop words and changes the case of [C] or [1, C] strings. Nothing left becomes one empty string. */
export const stringNormalizerKernel: Kernel = {
  name: 'StringNormalizer',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const view = stringNormalizer.view(ctx.op);
    if (x.rank !== 1 && !(x.rank === 2 && x.dims[0] === 1)) {
      throw ctx.op.invalid(`X has shape [${x.dims.join(', ')}] instead of [C] or [1, C]`);
    }
    const locale = localeOf(ctx, view);
    const lower = (text: string): string => text.toLocaleLowerCase(locale);
    const stops = new Set(view.caseSensitive ? view.stopwords : view.stopwords.map(lower));
    const kept = stringsOf(x, ctx).filter((text) => !stops.has(view.caseSensitive ? text : lower(text)));
    const changed = kept.map((text) => {
      if (view.caseChange === 'NONE') return text;
      return view.caseChange === 'LOWER' ? lower(text) : text.toLocaleUpperCase(locale);
    });
    if (changed.length === 0) changed.push('');
    const out = ctx.alloc('string', x.rank === 1 ? [changed.length] : [1, changed.length]);
    const to = stringsOf(out, ctx);
    changed.forEach((text, i) => {
      to[i] = text;
    });
    return [out];
  },
};

/** A locale as BCP 47 writes it: `tr_TR.UTF-8` is `tr-TR`. */
function localeOf(ctx: KernelContext, view: StringNormalizerView): string {
  const [name = ''] = (view.locale ?? '').split(/[.@]/);
  if (name === '' || name === 'C' || name === 'POSIX') return 'en-US';
  try {
    return Intl.getCanonicalLocales(name.replaceAll('_', '-'))[0] ?? 'en-US';
  } catch {
    throw ctx.op.invalid(`locale ${view.locale} is not known`);
  }
}
