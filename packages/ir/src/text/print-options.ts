/** How models are printed. Without options the text holds everything that the syntax can say. */
export interface PrintOptions {
  /** Tensors with more elements are shown as `{...}`, and their data are not loaded. Such text cannot be read back. */
  readonly maxElements?: number | undefined;
  /** Shows a hash of the elements that `maxElements` leaves out, so that other weights give another text. */
  readonly digests?: boolean | undefined;
  /**
   * Elements of float16, bfloat16 and smaller floats as decimals (`0.5`) in place of the bit patterns
   * (`14336`) of ONNX's syntax. `parseModel` reads both, ONNX's own parser only the patterns.
   */
  readonly decimals?: boolean | undefined;
  /**
   * Which types of intermediate values are shown: those that the file states (the default), all that are
   * known, or none.
   */
  readonly types?: 'declared' | 'known' | 'none' | undefined;
}
