import { RefoldError } from '@refold/ir';

/** What `body` gives, or the error of ours that it throws; an abort goes on. */
export function orError<T>(body: () => T): T | RefoldError {
  try {
    return body();
  } catch (error) {
    if (error instanceof RefoldError && error.code !== 'usage/aborted') return error;
    throw error;
  }
}
