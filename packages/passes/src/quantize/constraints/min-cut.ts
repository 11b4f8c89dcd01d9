/** A network of `size` vertices, among them a source (0) and a sink (1), and of edges with capacities. */
export class Network {
  readonly size: number;
  /** By edge, each followed by its reverse: where it ends, what still fits through it, the next edge of its start. */
  private readonly head: number[] = [];
  private readonly room: number[] = [];
  private readonly next: number[] = [];
  private readonly first: Int32Array;

  constructor(size: number) {
    this.size = size;
    this.first = new Int32Array(size).fill(-1);
  }

  connect(from: number, to: number, capacity: number): void {
    this.half(from, to, capacity);
    this.half(to, from, 0);
  }

  /**
   * Cuts the sink off at the least cost, and says by vertex whether it is still with the source: of several cuts the
   * one that leaves most there, whatever the order of edges. Finds a greatest preflow: pushes what the source gives
   * towards the sink, along edges to vertices that are nearer to it, and lifts vertices from which there is none.
   */
  minimumCut(): readonly boolean[] {
    const { head, room, next, first, size } = this;
    const excess = new Float64Array(size);
    const queue: number[] = [];
    const push = (edge: number, from: number, amount: number): void => {
      const to = head[edge] as number;
      room[edge] = (room[edge] as number) - amount;
      room[edge ^ 1] = (room[edge ^ 1] as number) + amount;
      excess[from] = (excess[from] as number) - amount;
      if (excess[to] === 0 && to !== SOURCE && to !== SINK) queue.push(to);
      excess[to] = (excess[to] as number) + amount;
    };
    for (let e = first[SOURCE] as number; e >= 0; e = next[e] as number) {
      if (room[e] as number) push(e, SOURCE, room[e] as number);
    }
    const height = this.distancesToSink();
    const atHeight = new Int32Array(size + 1);
    for (const h of height) atHeight[h] = (atHeight[h] as number) + 1;
    const current = first.slice();
    for (let at = 0; at < queue.length; at += 1) {
      const v = queue[at] as number;
      while ((excess[v] as number) > 0 && (height[v] as number) < size) {
        const e = current[v] as number;
        if (e < 0) {
          this.lift(v, height, atHeight);
          current[v] = first[v] as number;
        } else if ((room[e] as number) > 0 && height[v] === (height[head[e] as number] as number) + 1) {
          push(e, v, Math.min(excess[v] as number, room[e] as number));
        } else current[v] = next[e] as number;
      }
    }
    return Array.from(this.distancesToSink(), (distance) => distance === size);
  }

  private half(from: number, to: number, capacity: number): void {
    this.head.push(to);
    this.room.push(capacity);
    this.next.push(this.first[from] as number);
    this.first[from] = this.head.length - 1;
  }

  /** Edges with room to the sink, by vertex; `size` where there is no way. */
  private distancesToSink(): Int32Array {
    const { head, room, next, first, size } = this;
    const distance = new Int32Array(size).fill(size);
    distance[SINK] = 0;
    const queue = [SINK];
    for (let at = 0; at < queue.length; at += 1) {
      const v = queue[at] as number;
      for (let e = first[v] as number; e >= 0; e = next[e] as number) {
        const u = head[e] as number;
        if (distance[u] !== size || u === SINK || (room[e ^ 1] as number) === 0) continue;
        distance[u] = (distance[v] as number) + 1;
        queue.push(u);
      }
    }
    return distance;
  }

  /** Just above the lowest vertex that it can push to. Where a height becomes empty, nothing above it reaches the sink. */
  private lift(v: number, height: Int32Array, atHeight: Int32Array): void {
    const { head, room, next, first, size } = this;
    let lowest = size;
    for (let e = first[v] as number; e >= 0; e = next[e] as number) {
      if (room[e] as number) lowest = Math.min(lowest, (height[head[e] as number] as number) + 1);
    }
    const before = height[v] as number;
    atHeight[before] = (atHeight[before] as number) - 1;
    atHeight[lowest] = (atHeight[lowest] as number) + 1;
    height[v] = lowest;
    if (atHeight[before] !== 0) return;
    height.forEach((h, u) => {
      if (h <= before || h >= size) return;
      atHeight[h] = (atHeight[h] as number) - 1;
      atHeight[size] = (atHeight[size] as number) + 1;
      height[u] = size;
    });
  }
}

export const SOURCE = 0;
export const SINK = 1;
