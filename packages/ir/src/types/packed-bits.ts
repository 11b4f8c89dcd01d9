/**
 * Elements narrower than a byte as `raw_data` has them: one stream of bits, low bits of a byte first. A
 * 6-bit element may reach into the next byte; 2- and 4-bit ones never do.
 */

/** Unpacks `count` elements of `bits` bits, one a byte. Signed ones are sign-extended. */
export function unpackBits(
  bytes: Uint8Array,
  bits: number,
  count: number,
  signed: boolean,
): Uint8Array | Int8Array {
  const out = signed ? new Int8Array(count) : new Uint8Array(count);
  const shift = 32 - bits;
  for (let i = 0, at = 0; i < count; i += 1, at += bits) {
    const byte = at >>> 3;
    const pair = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8);
    const code = (pair >>> (at & 7)) << shift;
    out[i] = signed ? code >> shift : code >>> shift;
  }
  return out;
}

/** The opposite of {@link unpackBits}; bits above the width are dropped, the last byte is padded with zeros. */
export function packBits(elements: ArrayLike<number>, bits: number): Uint8Array {
  const out = new Uint8Array(Math.ceil((elements.length * bits) / 8));
  const mask = (1 << bits) - 1;
  for (let i = 0, at = 0; i < elements.length; i += 1, at += bits) {
    const byte = at >>> 3;
    const code = ((elements[i] as number) & mask) << (at & 7);
    out[byte] = (out[byte] as number) | (code & 0xff);
    if (code > 0xff) out[byte + 1] = (out[byte + 1] as number) | (code >>> 8);
  }
  return out;
}
