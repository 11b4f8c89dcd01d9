import { RefoldError } from '@refold/ir';
import type { Session } from '@refold/runtime';

/** The kernels that `--tier` names. Throws `usage/option` for others. */
export function tierOf(name = 'reference'): Session['tier'] {
  if (name === 'reference' || name === 'fast') return name;
  throw new RefoldError('usage/option', `--tier is reference or fast, not '${name}'`);
}
