/** Says that a step cannot be taken with the types that are wanted; the step is left out. */
export class Misfit extends Error {}
