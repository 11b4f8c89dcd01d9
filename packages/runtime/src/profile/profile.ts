/** What one kernel did in a run. */
export interface ProfileEntry {
  /** The name of the node, else of what it computes; empty for conversions of graph results. */
  readonly node: string;
  readonly op: string;
  /** `reference` for a kernel of the reference tier. */
  readonly kernel: string;
  /** Milliseconds since the run began. */
  readonly start: number;
  readonly duration: number;
  /** Arithmetic of the direct way to compute the result, whatever the way that was taken. */
  readonly flops: number;
  /** Bytes read and written. */
  readonly bytes: number;
  /** Bytes of values and working memory that are in use while it runs, where that is planned. */
  readonly live?: number | undefined;
}

/** Collects what the kernels of one run do: give it to `run` as `profile`. */
export class Profile {
  private readonly list: ProfileEntry[] = [];
  private origin = 0;

  /** In the order in which kernels ran. What nested graphs do is part of the node that holds them. */
  get entries(): readonly ProfileEntry[] {
    return this.list;
  }

  /** Sum of all durations, in milliseconds. */
  get total(): number {
    return this.list.reduce((sum, entry) => sum + entry.duration, 0);
  }

  /** Starts anew. The session calls it at the beginning of a run. */
  begin(): void {
    this.list.length = 0;
    this.origin = performance.now();
  }

  /** Notes a kernel that began at `started`, by `performance.now()`, and ends now. */
  note(started: number, what: Omit<ProfileEntry, 'start' | 'duration'>): void {
    const duration = performance.now() - started;
    this.list.push({ ...what, start: started - this.origin, duration });
  }
}
