import { ModelError } from '../errors.ts';
import type { TensorData } from '../types/tensor.ts';
import type { FileContext } from './decode/decode-context.ts';
import type { TensorProto } from './generated/messages.ts';
import { shown } from './shown.ts';
import { SourceData } from './source-data.ts';

/** Where external data lie, as the entries of a `TensorProto` say. */
interface ExternalEntries {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** The data of a tensor that lie in another file. Their range is checked when the file can be seen. */
export function externalData(ctx: FileContext, message: TensorProto, byteLength: number): TensorData {
  const { file, externalFiles } = ctx;
  const fail = (what: string): ModelError =>
    new ModelError('model/external-data', `tensor ${shown(message.name)} ${what}`, {
      file,
      value: message.name,
    });
  const { location, offset, length } = externalEntries(message, fail);
  checkLocation(location, fail);
  if (length !== undefined && length !== byteLength) {
    throw fail(`has ${length} bytes of external data, but its type and dimensions take ${byteLength}`);
  }
  if (!externalFiles) {
    return new UnreachableData(byteLength, () =>
      fail(`has its data in the file ${shown(location)}, which cannot be reached from here`),
    );
  }
  const source = externalFiles(location);
  if (offset + byteLength > source.size) {
    throw fail(
      `takes bytes ${offset} to ${offset + byteLength} of ${shown(location)}, which has only ${source.size}`,
    );
  }
  return new SourceData(source, offset, byteLength);
}

/** External data of a model that was read without its folder. */
export class UnreachableData implements TensorData {
  readonly byteLength: number;
  private readonly error: () => ModelError;

  constructor(byteLength: number, error: () => ModelError) {
    this.byteLength = byteLength;
    this.error = error;
  }

  load(): Uint8Array {
    throw this.error();
  }
}

function externalEntries(message: TensorProto, fail: (what: string) => ModelError): ExternalEntries {
  const entries = new Map((message.externalData ?? []).map((e) => [e.key ?? '', e.value ?? '']));
  const location = entries.get('location');
  if (location === undefined) throw fail('has external data without a location');
  const bytes = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value)) {
      throw fail(`has external data whose ${key} is ${shown(text)}, not a number of bytes`);
    }
    return value;
  };
  return { location, offset: bytes('offset') ?? 0, length: bytes('length') };
}

/** A location is a path below the model's folder, with `/` between its parts (the specification of external data). */
function checkLocation(location: string, fail: (what: string) => ModelError): void {
  const refuse = (why: string): ModelError => fail(`has its data in ${shown(location)}, which ${why}`);
  if (location === '') throw fail('has external data with an empty location');
  if (location.includes('\0')) throw refuse('is not a path');
  if (/^[/\\]/.test(location) || /^[A-Za-z]:/.test(location)) throw refuse('is not relative to the model');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) throw refuse('is not a file');
  if (location.split(/[/\\]/).includes('..')) throw refuse("leaves the model's folder");
}
