import type { Option } from '../arguments/command.ts';
import type { Arguments } from '../arguments/parse.ts';
import type { Style } from '../report/render.ts';
import { styleFor } from './style.ts';
import type { Output } from './terminal.ts';

/** The option that makes {@link printReport} print JSON. */
export function jsonOption(group: string, what = 'report'): Option {
  return { name: '--json', takes: { kind: 'nothing' }, text: `print the ${what} as JSON`, group };
}

/** Prints a report: as JSON where `--json` was given, else as text. */
export function printReport<T>(
  args: Arguments,
  stdout: Output,
  report: T,
  textOf: (report: T, style: Style) => string,
): void {
  const text = args.has('--json') ? JSON.stringify(report, null, 2) : textOf(report, styleFor(stdout));
  stdout.write(`${text}\n`);
}
