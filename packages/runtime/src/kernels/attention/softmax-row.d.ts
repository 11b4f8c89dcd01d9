/**
 * Softmax of a row of `length` scores in place, the maximum taken out first. A row in which every score is
 * -Inf becomes zeros: no key takes part.
 */
export declare function softmaxRow(scores: Float64Array, at: number, length: number): void;
