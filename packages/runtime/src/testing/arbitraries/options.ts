import { type DType, dtypes } from '@refold/ir';
import type { ElementStyle } from '../build/elements.ts';
import type { BuildOptions } from '../build/scope.ts';

/** What models are made of. */
export interface ModelOptions {
  /** Operators of the standard domain; all that the kit knows when absent. */
  readonly ops?: readonly string[] | undefined;
  /** One opset version or several; all from 7 on when absent. */
  readonly opset?: number | readonly number[] | undefined;
  /** Element types of the data that nodes compute with. */
  readonly dtypes?: readonly DType[] | undefined;
  /** Largest size of an axis that is chosen freely; 4 when absent. */
  readonly maxSize?: number | undefined;
  /** Whether axes of size 0 are made now and then; true when absent. */
  readonly zero?: boolean | undefined;
  /** Which elements inputs have where operators leave it open; plain, normal and adversarial ones when absent. */
  readonly styles?: readonly ElementStyle[] | undefined;
}

const usualStyles: readonly ElementStyle[] = ['normal', 'plain', 'normal', 'adversarial'];

export function buildOptions(options: ModelOptions, usual: readonly DType[] = dtypes): BuildOptions {
  return {
    maxSize: options.maxSize ?? 4,
    zero: options.zero ?? true,
    dtypes: new Set(options.dtypes ?? usual),
    styles: options.styles ?? usualStyles,
  };
}
