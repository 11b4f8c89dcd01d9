/** Working memory of the kernels, above what the compiler placed: no segment of the module fills it with zeros. */

const base: usize = (__heap_base + 63) & ~63;

/** A block of rows of the left operand of a product: 64 rows, 256 products. */
export const rowBlock: usize = base;

/** A panel of the right operand that stands in memory with 16 bits a number: 256 products of 8 columns. */
export const widePanel: usize = rowBlock + 64 * 256 * 4;

/** The first byte that no kernel uses for itself. */
export const free: usize = widePanel + 256 * 8 * 4;
