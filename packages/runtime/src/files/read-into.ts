import type { ByteSource } from '@refold/ir';

/** Fills `target` with the bytes of a source from `offset` on. */
export function readInto(source: ByteSource, offset: number, target: Uint8Array): void {
  if (source.readInto) source.readInto(offset, target);
  else target.set(source.read(offset, target.length));
}
