import type { KernelContext } from '../kernel.ts';
import { compilePattern, type Program } from './regex/program.ts';
import { PatternError } from './regex/syntax.ts';

/** The machine of a pattern of a node; an error of the node for what is not a pattern. */
export function programOf(ctx: KernelContext, pattern: string): Program {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) throw ctx.op.invalid(`its pattern cannot be read: ${error.message}`);
    throw error;
  }
}
