import { styleText } from 'node:util';
import { plain, type Style } from '../report/terminal.ts';

/** Colours when the stream is a terminal that wants them (NO_COLOR is honoured), else none. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  if (!stream.isTTY || process.env.NO_COLOR) return plain;
  return {
    bold: (t) => styleText('bold', t),
    dim: (t) => styleText('dim', t),
    good: (t) => styleText('green', t),
  };
}
