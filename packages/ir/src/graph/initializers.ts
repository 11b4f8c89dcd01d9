import type { Value } from './value.ts';

/** The initializers of a graph, in the order of the file. */
export interface Initializers extends Iterable<Value> {
  readonly size: number;
  has(value: Value): boolean;
}

/** A place in the list. One that was taken out keeps its `next`, so that a walk finds its way back. */
interface Place {
  readonly value: Value;
  prev: Place | undefined;
  next: Place | undefined;
}

/** A set of values whose order can be restored: everything but a walk takes constant time. */
export class InitializerList implements Initializers {
  private readonly places = new Map<Value, Place>();
  private first: Place | undefined;
  private last: Place | undefined;

  get size(): number {
    return this.places.size;
  }

  has(value: Value): boolean {
    return this.places.has(value);
  }

  /** The list may be changed while it is walked: values that are added are visited, removed ones are not. */
  *[Symbol.iterator](): Generator<Value> {
    for (let place = this.first; place; place = place.next) {
      if (this.places.get(place.value) === place) yield place.value;
    }
  }

  /** Puts a value that is not in the list before `next`, or at the end. */
  insert(value: Value, next?: Value): void {
    const after = next && this.places.get(next);
    const place: Place = { value, prev: after ? after.prev : this.last, next: after };
    if (place.prev) place.prev.next = place;
    else this.first = place;
    if (after) after.prev = place;
    else this.last = place;
    this.places.set(value, place);
  }

  /** Takes a value out; the one that it stood before. */
  remove(value: Value): Value | undefined {
    const place = this.places.get(value);
    if (!place) return undefined;
    this.places.delete(value);
    if (place.prev) place.prev.next = place.next;
    else this.first = place.next;
    if (place.next) place.next.prev = place.prev;
    else this.last = place.prev;
    return place.next?.value;
  }
}
