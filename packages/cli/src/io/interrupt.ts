const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets an interrupt end the writing of files in good order. Before `listen` an interrupt ends the process as
 * it does any other; from then on it fires {@link signal}, and `stop` ends the process by it once the caller
 * has cleaned up.
 */
export class Interrupt {
  private readonly controller = new AbortController();
  private received: NodeJS.Signals | undefined;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  listen(): void {
    for (const name of signals) process.on(name, this.receive);
  }

  stop(): void {
    for (const name of signals) process.off(name, this.receive);
    // So that whoever waits for this process sees what ended it.
    if (this.received) process.kill(process.pid, this.received);
  }

  private readonly receive = (name: NodeJS.Signals): void => {
    this.received = name;
    this.controller.abort();
  };
}
