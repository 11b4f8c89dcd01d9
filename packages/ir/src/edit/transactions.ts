import { type Change, Journal } from './journal.ts';
import { undo } from './undo.ts';

/** Told of each change as it happens, so that a worklist or a table can follow. */
export type ChangeListener = (change: Change) => void;

/** What was changed, in transactions that can be kept or taken back. */
export class Transactions {
  private readonly journal = new Journal();
  private readonly listeners: ChangeListener[] = [];

  /** Opens a transaction; transactions nest. */
  begin(): void {
    this.journal.mark();
  }

  /** Keeps what was done since `begin`. */
  commit(): void {
    this.journal.commit();
  }

  /** What was done since the innermost `begin`, in order. */
  changes(): readonly Change[] {
    return this.journal.since();
  }

  /** Takes back everything since `begin`, in O(changes). */
  rollback(): void {
    for (const change of this.journal.take()) undo(change);
  }

  /** Changes since the innermost `begin`. */
  get pending(): number {
    return this.journal.length;
  }

  /** Runs `body` in a transaction: kept when it returns, rolled back when it throws. */
  transact<T>(body: () => T): T {
    this.begin();
    try {
      const result = body();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Calls `listener` after each change, undone ones (in reverse form) not included. Returns the way to stop. */
  listen(listener: ChangeListener): () => void {
    this.listeners.push(listener);
    return () => {
      const at = this.listeners.indexOf(listener);
      if (at >= 0) this.listeners.splice(at, 1);
    };
  }

  /** Notes a change that was made, and tells of it. */
  protected done(change: Change): void {
    if (this.journal.open) this.journal.record(change);
    for (const listener of this.listeners) listener(change);
  }
}
