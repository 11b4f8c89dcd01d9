/** Thrown where no graph can be made of the decisions at hand: the next ones may do. */
export class NoInstance extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoInstance';
  }
}
