import { RefoldError } from '../errors.ts';

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'its links lead in a circle'],
]);

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons.get(code) ?? (code || 'the system refused');
}

/** The error for a file that the system would not let us read. */
export function readError(path: string, error: unknown): RefoldError {
  if (error instanceof RefoldError) return error;
  return new RefoldError(
    'file/read',
    `cannot read ${path}: ${reasonOf(error)}`,
    { file: path },
    undefined,
    error,
  );
}

/** The error for a file that the system would not let us write. Errors of refold's own pass. */
export function writeError(path: string, error: unknown): unknown {
  if (error instanceof RefoldError || !(error instanceof Error && 'syscall' in error)) return error;
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return new RefoldError(
    'file/write',
    `cannot write ${path}: ${isMissing ? 'its folder does not exist' : reasonOf(error)}`,
    { file: path },
    undefined,
    error,
  );
}
