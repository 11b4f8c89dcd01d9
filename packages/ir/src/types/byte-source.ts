/**
 * Bytes that may lie in memory or in a file. Reading is synchronous, so that a weight can be looked at
 * wherever it is met; a browser only has sources in memory.
 */
export interface ByteSource {
  /** Number of bytes. */
  readonly size: number;
  /** A path or a label, for messages. */
  readonly name: string;
  /** The bytes `offset .. offset + length`; a view where that is possible, so never write to it. */
  read(offset: number, length: number): Uint8Array;
  /** Fills `target` with the bytes from `offset` on, for copying without an allocation per piece. */
  readInto?(offset: number, target: Uint8Array): void;
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array, name = 'model'): ByteSource {
  // Node's Buffer answers `slice` with a view where Uint8Array gives a copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    size: plain.byteLength,
    name,
    read: (offset, length) => plain.subarray(offset, offset + length),
  };
}
