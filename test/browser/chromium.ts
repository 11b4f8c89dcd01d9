import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Chromium on this machine: `CHROMIUM` says which, or one of its usual names is on the path. */
export function findChromium(): string | undefined {
  const names = [process.env.CHROMIUM ?? '', 'chromium', 'chromium-browser', 'google-chrome'];
  return names.find((name) => name !== '' && spawnSync(name, ['--version']).status === 0);
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What is found under a path. */
export interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a page is made of: paths to content. */
export type Site = ReadonlyMap<string, Content>;

/** Opens the page `/` of a site in a browser of its own, and answers what the page posts to `/result`. */
export async function resultOf(chromium: string, site: Site, patience: number): Promise<Uint8Array> {
  const profile = mkdtempSync(join(tmpdir(), 'refold-chromium-'));
  let answer: (result: Uint8Array) => void = () => {};
  const posted = new Promise<Uint8Array>((resolve) => {
    answer = resolve;
  });
  const listener: RequestListener = async (request, response) => {
    const page = site.get(request.url ?? '');
    if (request.method === 'POST') answer(await bodyOf(request));
    response.writeHead(page || request.method === 'POST' ? 200 : 404, {
      'content-type': page?.type ?? 'text/plain',
      ...page?.headers,
    });
    response.end(page?.body);
  };
  const server = createServer(listener);
  const port = await new Promise<number>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    detached: true,
  });
  const gone = new Promise<void>((resolve) => browser.on('close', () => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the page posted nothing within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([posted, late]);
  } finally {
    clearTimeout(timer);
    killGroup(browser);
    await gone;
    server.closeAllConnections();
    server.close();
    await removed(profile);
  }
}

/** Ends a browser with all processes that it has started. */
function killGroup(browser: ChildProcess): void {
  try {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
  } catch {
    browser.kill('SIGKILL');
  }
}

/** Removes a folder into which processes that are about to end may still write. What then stays does no harm. */
async function removed(folder: string): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
