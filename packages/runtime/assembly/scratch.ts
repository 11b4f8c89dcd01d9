/** Working memory of the kernels, above what the compiler placed: no segment of the module fills it with zeros. */

const base: usize = (__heap_base + 63) & ~63;

/** A block of rows of the left operand of a product: 64 rows, 256 products. */
export const rowBlock: usize = base;

/** The first byte that no kernel uses for itself. */
export const free: usize = base + 64 * 256 * 4;
