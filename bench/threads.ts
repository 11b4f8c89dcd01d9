import { decodeModel } from '@refold/ir';
import {
  createSession,
  endThreads,
  loadFastKernels,
  type Session,
  type SessionOptions,
} from '@refold/runtime';
import { type Feeds, feedsOf, modelOf, modelsFolder, networkFiles, nodeCases, timesOf } from './inference.ts';
import { row } from './measure.ts';

/*
 * The fast tier on several threads (`--threads N`, 2 when absent) against one, in turns in one run. `x` says how many
 * times as fast several are by the clock on the wall, by the medians and by the best of all rounds, which other programs
 * disturb; `cpu` how many times as much processor time they take together. Only rounds in which all cores are free say
 * what threads can do.
 */

/** How long one line goes on, in milliseconds. */
const PATIENCE = 4000;

const WARM = 3;

const flag = process.argv.indexOf('--threads');
const threads = flag > 0 ? Number(process.argv[flag + 1]) : 2;

interface Turn {
  readonly wall: number;
  readonly processor: number;
}

function timed(session: Session, feeds: Feeds): Turn {
  const before = process.cpuUsage();
  const started = performance.now();
  session.run(feeds);
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { wall, processor: (user + system) / 1000 };
}

async function versus(name: string, make: (options: SessionOptions) => Session, feeds: Feeds): Promise<void> {
  const sessions = [1, threads].map((count) => make({ tier: 'fast', threads: count, checkShapes: false }));
  const turns: Turn[][] = sessions.map(() => []);
  const started = performance.now();
  for (let round = -WARM; round < 2 || performance.now() - started < PATIENCE; round += 1) {
    sessions.forEach((session, i) => {
      const turn = timed(session, feeds);
      if (round >= 0) turns[i]?.push(turn);
    });
    // Threads hear of new sessions whether this one waits or not; but it is to be measured with them there.
    if (round < 0) await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const [one, many] = turns.map((list) => timesOf(list.map(({ wall }) => wall)));
  const [oneCpu, manyCpu] = turns.map((list) => timesOf(list.map(({ processor }) => processor)));
  if (!one || !many || !oneCpu || !manyCpu) return;
  const cells = [one.best, many.best, one.median / many.median, one.best / many.best];
  const more = manyCpu.median / oneCpu.median;
  console.log(
    row(
      name.padEnd(30),
      [...cells, more].map((x) => x.toFixed(2)),
    ),
  );
}

await loadFastKernels({ threads });
console.log(row(''.padEnd(30), ['1 thread ms', `${threads} threads ms`, 'x', 'x (best)', 'cpu']));
if (!process.argv.includes('--networks')) {
  for (const [name, node, winograd] of nodeCases) {
    const model = modelOf(node);
    await versus(name, (options) => createSession(model, { ...options, winograd }), node.inputs);
  }
}
const folder = modelsFolder();
for (const [file, bytes, size] of folder === undefined ? [] : networkFiles(folder)) {
  const model = decodeModel(bytes);
  const feeds = feedsOf(createSession(model), size);
  await versus(`${file} ${size}`, (options) => createSession(model, options), feeds);
}
endThreads();
