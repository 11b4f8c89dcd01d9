/*
 * Working memory of the kernels. Several instances may share one memory, each on a thread of its own, so each is told
 * where its own begins. Nothing in it is read that the same call has not written.
 */

/** Where the working memory of this instance begins, aligned to 64 bytes. */
// @ts-ignore: decorator
@external('env', 'scratch')
declare const scratch: usize;

/** A block of rows of the left operand of a product: 64 rows, 256 products. */
// @ts-ignore: decorator
@inline
export function rowBlock(): usize {
  return scratch;
}

/** A panel of the right operand that stands in memory with fewer than 32 bits a number: 256 products of 8 columns. */
// @ts-ignore: decorator
@inline
export function widePanel(): usize {
  return scratch + 64 * 256 * 4;
}

/** A few vectors that do not fit where they belong: at most two tiles of 6 x 6. */
// @ts-ignore: decorator
@inline
export function spare(): usize {
  return scratch + 64 * 256 * 4 + 256 * 8 * 4;
}

/** Bytes of working memory. */
export const scratchBytes: usize = 64 * 256 * 4 + 256 * 8 * 4 + 2 * 36 * 16;

/** The first byte of memory that this module does not use for itself: what is below is constant. */
export const free: usize = (__heap_base + 63) & ~63;
