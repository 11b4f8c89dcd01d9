import { InternalError } from '../../errors.ts';

/** How the value of a field is written; one letter of the generated tables each. */
export type FieldKind = 's' | 'y' | 'i' | 'u' | 'n' | 'f' | 'd' | 'm';

/** One field of a message. */
export interface Field {
  readonly no: number;
  readonly key: string;
  /** string, bytes (as text, see utf8.ts), int64, uint64, int32 or enum, float, double, message. */
  readonly kind: FieldKind;
  readonly repeated: boolean;
  /** Whether a list of numbers is written as one block. Both forms are read. */
  readonly packed: boolean;
  /** Whether the bytes stay where they are (`WireBytes`). */
  readonly lazy: boolean;
  /** Whether equal bytes give one shared message. */
  readonly interned: boolean;
  /** Whether the messages of the list, when not nested in others of their kind, are read one at a time. */
  readonly streamed: boolean;
  /** Whether setting it clears the other members of the message's only `oneof`. */
  readonly oneof: boolean;
  /** Wire type of a single value: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
  readonly wire: number;
  /** Type of a nested message. */
  readonly type: MessageType | undefined;
}

const types = new Map<string, MessageType>();

/**
 * What the reader and the writer of messages know about one message: its fields, from a line of text such
 * as `1 name s, 5 attribute m:AttributeProto *`.
 */
export class MessageType<T extends object = object> {
  readonly name: string;
  /** A message with all fields absent, always of one hidden class. */
  readonly create: () => T;
  private readonly text: string;
  private table: readonly (Field | undefined)[] | undefined;
  private order: readonly Field[] | undefined;

  constructor(name: string, text: string, create: () => T) {
    this.name = name;
    this.text = text;
    this.create = create;
    types.set(name, this);
  }

  /** Fields by number. */
  get byNumber(): readonly (Field | undefined)[] {
    if (!this.table) {
      const table: (Field | undefined)[] = [];
      for (const field of this.fields) {
        while (table.length < field.no) table.push(undefined);
        table[field.no] = field;
      }
      this.table = table;
    }
    return this.table;
  }

  /** Fields in the order in which they are written: by number. */
  get fields(): readonly Field[] {
    this.order ??= this.text
      .split(', ')
      .map(parseField)
      .sort((a, b) => a.no - b.no);
    return this.order;
  }
}

const wireTypes: Record<FieldKind, number> = { s: 2, y: 2, i: 0, u: 0, n: 0, f: 5, d: 1, m: 2 };

function parseField(text: string): Field {
  const [no, key, kindText, flags = ''] = text.split(' ');
  const [letter, of] = (kindText ?? '').split(':');
  const kind = letter as FieldKind;
  const type = of === undefined ? undefined : types.get(of);
  if (key === undefined || wireTypes[kind] === undefined || (of !== undefined && !type)) {
    throw new InternalError(`message table: ${text}`);
  }
  return {
    no: Number(no),
    key,
    kind,
    repeated: flags.includes('*'),
    packed: flags.includes('p'),
    lazy: flags.includes('l'),
    interned: flags.includes('n'),
    streamed: flags.includes('t'),
    oneof: flags.includes('o'),
    wire: wireTypes[kind],
    type,
  };
}
