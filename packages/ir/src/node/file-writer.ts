import {
  chmodSync,
  closeSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RefoldError } from '../errors.ts';
import type { Chunked } from '../onnx/wire/rope.ts';
import { writeError } from './file-error.ts';

/** Node passes at most 2 GiB in one call. */
const PIECE = 1 << 30;

/** Told how many bytes were written since the last time. What it throws ends the writing. */
export type Written = (bytes: number) => void;

interface Pending {
  readonly target: string;
  readonly temporary: string;
  /** Where the file that was there before waits until all files are in place. */
  backup: string | undefined;
  moved: boolean;
}

/**
 * Writes several files that belong together: first under temporary names beside their targets, then all are
 * moved into place. Until then, and when something goes wrong on the way, the old files are as they were.
 */
export class FileWriter {
  private readonly pending: Pending[] = [];
  private readonly written: Written;

  constructor(written: Written) {
    this.written = written;
  }

  /** Writes the content of the file `path`, a piece a step. */
  *write(path: string, content: Chunked): Generator<void, void> {
    const before = statOf(path);
    if (before?.isDirectory())
      throw new RefoldError('file/write', `cannot write ${path}: it is a folder`, { file: path });
    try {
      if (before && !before.isFile()) {
        // A pipe or a device: there is nothing to put in its place.
        yield* this.fill(path, 'w', content);
        return;
      }
      const target = before ? realpathSync(path) : path;
      const temporary = besides(target);
      this.pending.push({ target, temporary, backup: undefined, moved: false });
      yield* this.fill(temporary, 'wx', content);
      if (before) chmodSync(temporary, before.mode);
    } catch (error) {
      throw writeError(path, error);
    }
  }

  /** Moves all files into place, or none. */
  commit(): void {
    for (const file of this.pending) {
      try {
        if (this.pending.length > 1 && statOf(file.target)) {
          const backup = besides(file.target);
          renameSync(file.target, backup);
          file.backup = backup;
        }
        renameSync(file.temporary, file.target);
        file.moved = true;
      } catch (error) {
        throw writeError(file.target, error);
      }
    }
    for (const file of this.pending) if (file.backup) remove(file.backup);
    this.pending.length = 0;
  }

  /** Takes away what was written and puts back what was there before. After `commit` it does nothing. */
  rollback(): void {
    for (const file of this.pending) {
      remove(file.moved ? file.target : file.temporary);
      if (file.backup) renameSync(file.backup, file.target);
    }
    this.pending.length = 0;
  }

  private *fill(path: string, flags: string, content: Chunked): Generator<void, void> {
    const fd = openSync(path, flags);
    try {
      for (const chunk of content.chunks()) {
        for (let at = 0; at < chunk.length; )
          at += writeSync(fd, chunk, at, Math.min(PIECE, chunk.length - at));
        this.written(chunk.length);
        yield;
      }
    } finally {
      closeSync(fd);
    }
  }
}

/** A name that nobody else is likely to use. That nobody does is seen when the file is made. */
function besides(path: string): string {
  const random = Math.random().toString(36).slice(2);
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${random}.tmp`);
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw writeError(path, error);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or it is gone already.
  }
}
