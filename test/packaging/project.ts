import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../', import.meta.url));

/** Folder and name of every package, lower floors first. */
export const packages: readonly (readonly [string, string])[] = [
  ['ir', '@refold/ir'],
  ['matcher', '@refold/matcher'],
  ['runtime', '@refold/runtime'],
  ['passes', '@refold/passes'],
  ['cli', 'refold'],
];

/** Runs a program; answers what it printed, or throws with it. */
export function runIn(cwd: string, command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Path of a program of the workspace. */
export const tool = (name: string): string => join(root, 'node_modules/.bin', name);

/** Builds and packs all packages into a folder; answers the paths of the archives by name. */
export function packAll(into: string): ReadonlyMap<string, string> {
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'ignore' });
  return new Map(
    packages.map(([folder, name]) => {
      const args = ['pack', '--json', '--pack-destination', into];
      const printed = runIn(join(root, 'packages', folder), tool('pnpm'), args);
      return [name, (JSON.parse(printed) as { readonly filename: string }).filename];
    }),
  );
}

/**
 * Makes an empty project and installs the archives in it, with npm. What they depend on comes from the
 * workspace, so that nothing is fetched.
 */
export function installInto(folder: string, archives: ReadonlyMap<string, string>): void {
  const dependencies: Record<string, string> = {};
  for (const [name, path] of archives) dependencies[name] = `file:${path}`;
  for (const [own] of packages) {
    for (const [name, path] of foreignDependencies(join(root, 'packages', own))) {
      dependencies[name] ??= `file:${archiveOf(path, join(folder, '../foreign', name))}`;
    }
  }
  // So that what the packages name by version is what the project has, not what a registry has.
  const overrides = Object.fromEntries(Object.keys(dependencies).map((name) => [name, `$${name}`]));
  const manifest = { private: true, type: 'module', dependencies, overrides };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  runIn(folder, 'npm', ['install', '--offline', ...quiet]);
}

/** Packs an installed package again. */
function archiveOf(installed: string, into: string): string {
  cpSync(installed, join(into, 'package'), { recursive: true });
  runIn(into, 'tar', ['-czf', 'package.tgz', 'package']);
  return join(into, 'package.tgz');
}

type Versions = Readonly<Record<string, string>>;

/** The packages that are not ours which a package needs, its peers included, directly or not, by name with their folders. */
function foreignDependencies(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (from: string): void => {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    ) as { readonly dependencies?: Versions; readonly peerDependencies?: Versions };
    const peers = from === folder ? peerDependencies : {};
    for (const name of Object.keys({ ...dependencies, ...peers })) {
      if (found.has(name) || packages.some((p) => p[1] === name)) continue;
      const path = folderOf(name, from);
      found.set(name, path);
      visit(path);
    }
  };
  visit(folder);
  return found;
}

function folderOf(name: string, from: string): string {
  for (let at = from; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (existsSync(path)) return realpathSync(path);
    if (at === dirname(at)) throw new Error(`${name}, which ${from} needs, is not installed`);
  }
}
