import { ModelError } from '../errors.ts';
import type { ByteSource } from '../types/byte-source.ts';

interface Format {
  /** What the file starts with, one character a byte. */
  readonly start: string | RegExp;
  readonly hint: string;
}

/** What people take for ONNX files by mistake. */
const formats: readonly Format[] = [
  { start: /^$/, hint: 'The file is empty.' },
  {
    start: /^version https:\/\/git-lfs/,
    hint: 'This is a pointer of Git LFS, not the model: fetch the model with "git lfs pull".',
  },
  { start: '\u001f\u008b', hint: 'The file is compressed with gzip: unpack it first.' },
  {
    start: 'PK\u0003\u0004',
    hint: 'The file is a zip archive, as PyTorch saves models: export it to ONNX first.',
  },
  { start: '\u00fd7zXZ', hint: 'The file is compressed with xz: unpack it first.' },
  { start: '\u0028\u00b5\u002f\u00fd', hint: 'The file is compressed with zstd: unpack it first.' },
  { start: '\u0089HDF', hint: 'The file is HDF5, as Keras saves models: convert it to ONNX first.' },
  { start: /^....TFL3/s, hint: 'The file is a TensorFlow Lite model.' },
  { start: /^\s*<(?:!doctype|html)/i, hint: 'The file is a web page: the download went wrong.' },
  { start: /^\s*\{/, hint: 'The file is JSON text.' },
  { start: /^\s*<\s*ir_version/, hint: 'The file is a model in textual syntax.' },
  { start: /^\s*[a-z_]+\s*(?::|\{)/, hint: 'The file is protobuf text, not its binary form.' },
];

/** Adds to an error about unreadable bytes what the file seems to be instead. */
export function withFormatHint(error: unknown, source: ByteSource): unknown {
  if (!(error instanceof ModelError) || !(error.code === 'model/wire' || source.size === 0)) return error;
  const start = String.fromCharCode(...source.read(0, Math.min(64, source.size)));
  const format = formats.find((f) =>
    typeof f.start === 'string' ? start.startsWith(f.start) : f.start.test(start),
  );
  return format ? new ModelError(error.code, error.message, error.where, format.hint, error) : error;
}
