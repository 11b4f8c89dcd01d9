import { RefoldError } from '@refold/ir';

/** The error for bytes that are not the array file they should be. */
export function badData(format: string, reason: string): RefoldError {
  return new RefoldError('usage/data', `not a usable ${format} file: ${reason}`);
}
