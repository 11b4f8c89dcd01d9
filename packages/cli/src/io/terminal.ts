/** Where text goes: `process.stdout` and `process.stderr`, or something that a test collects it with. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
}
