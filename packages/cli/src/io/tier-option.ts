import { RefoldError } from '@refold/ir';
import { MAX_THREADS, type SessionOptions } from '@refold/runtime';
import type { Option } from '../arguments/command.ts';
import type { Arguments } from '../arguments/parse.ts';
import { parseCount } from './parse-values.ts';

type Tier = NonNullable<SessionOptions['tier']>;

/** The option of commands that run a model on the fast tier. */
export function threadsOption(group: string, text = 'the work of each operator'): Option {
  return {
    name: '--threads',
    takes: { kind: 'one', word: 'N' },
    text: `threads that share ${text}, with --tier fast (default 1)`,
    group,
  };
}

/** What is said of the kernels that models run on. */
export interface TierOptions {
  readonly tier: Tier;
  readonly threads?: number;
}

/**
 * What `--tier` and `--threads` say of a session; without `--tier` it runs on `usual`. Throws `usage/option` where that
 * cannot be.
 */
export function tierOptions(args: Arguments, usual: Tier = 'reference'): TierOptions {
  const tier = tierOf(args.last('--tier') ?? usual);
  const threads = args.value('--threads', parseCount);
  if (threads === undefined) return { tier };
  if (tier !== 'fast') throw new RefoldError('usage/option', '--threads needs --tier fast');
  if (threads < 1 || threads > MAX_THREADS)
    throw new RefoldError('usage/option', `--threads must be from 1 to ${MAX_THREADS}, not ${threads}`);
  return { tier, threads };
}

/** The kernels that `--tier` names. Throws `usage/option` for others. */
function tierOf(name: string): Tier {
  if (name === 'reference' || name === 'fast') return name;
  throw new RefoldError('usage/option', `--tier must be reference or fast, not '${name}'`);
}
