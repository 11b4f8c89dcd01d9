import { RefoldError } from '@refold/ir';

/** What is thrown for rules as data that cannot be taken as they are; `where.file` says where the text stood. */
export function dataError(message: string, file?: string, hint?: string): RefoldError {
  return new RefoldError('usage/option', message, file === undefined ? {} : { file }, hint);
}
