import { FileWriter } from './file-writer.ts';

/**
 * Writes files that belong together, by path: all of them appear whole, or none does. Throws a `RefoldError`
 * with code `file/write` where the file system refuses.
 */
export function writeFiles(files: ReadonlyMap<string, Uint8Array>): void {
  const writer = new FileWriter(() => {});
  try {
    for (const [path, bytes] of files) {
      for (const _ of writer.write(path, { size: bytes.length, chunks: () => [bytes] }));
    }
    writer.commit();
  } catch (error) {
    writer.rollback();
    throw error;
  }
}
