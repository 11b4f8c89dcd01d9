#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { isMainJob } from '../commands/names.ts';

/*
 * Starts the bundled command line. Most runs are short, and most of a short run is V8 reading and optimizing
 * code. So the main job has a script of its own, without what only other commands and options need; scripts come
 * with a cache of compiled code for the V8 that built them (any other one ignores it and compiles); and functions
 * must be hotter than usual before they are optimized, with less of others in them. The build makes a CommonJS
 * script of this file, which starts sooner than a module.
 */

/** The V8 versions that are known to have the flags. */
const major = Number.parseInt(process.versions.v8, 10);
if (major >= 11 && major <= 13) {
  setFlagsFromString('--interrupt-budget=600000');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=300');
  // What a run makes mostly stays until its end: fewer small steps towards the room that it needs.
  setFlagsFromString('--semi-space-growth-factor=4');
  // To share the collection of some megabytes among threads costs more than it saves.
  setFlagsFromString('--no-parallel-scavenge');
}

/** Stands for the global of this name: Node takes 3 ms to load that one when it is first used. */
const performance = {
  now(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
};

/** What a script is given, as Node gives it to a module, in this order. */
const parameters = 'exports, require, module, __filename, __dirname, performance';

function runScript(file: string): void {
  const cacheFile = `${file}.${process.versions.v8}-${process.arch}.cache`;
  const cachedData = readIfThere(cacheFile);
  const script = new Script(`(function (${parameters}) {${readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    ...(cachedData ? { cachedData } : {}),
  });
  // The build sets this, to keep what a run on an example has compiled.
  if (process.env.REFOLD_WRITE_CODE_CACHE === import.meta.dirname) {
    process.on('exit', () => writeFileSync(cacheFile, script.createCachedData()));
  }
  const start: unknown = script.runInThisContext();
  const bundle = { exports: {} };
  if (typeof start === 'function') {
    start(bundle.exports, createRequire(file), bundle, file, import.meta.dirname, performance);
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

runScript(join(import.meta.dirname, isMainJob(process.argv.slice(2)) ? 'main-job.cjs' : 'refold.cjs'));
