// Holds the layer rule: an import may only go to a lower floor, and files never import in a circle.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Package to the packages that it may import. */
const below = {
  '@refold/ir': [],
  '@refold/matcher': ['@refold/ir'],
  '@refold/runtime': ['@refold/ir'],
  '@refold/passes': ['@refold/ir', '@refold/matcher', '@refold/runtime'],
  refold: ['@refold/ir', '@refold/matcher', '@refold/runtime', '@refold/passes'],
};

const problems = [];
for (const folder of readdirSync(join(root, 'packages'))) {
  const { name } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
  const files = sources(join(root, 'packages', folder, 'src'));
  const imports = new Map(files.map((file) => [file, importsOf(file)]));
  for (const [file, specifiers] of imports) checkLayer(name, file, specifiers);
  findCycles(imports);
}
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

function sources(folder) {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/** Specifiers of imports and exports; those of types only do not run, but count for layers. */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/^(import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gms)];
  return found.map(([, , type, specifier]) => ({ specifier, type: type !== undefined }));
}

function checkLayer(name, file, specifiers) {
  for (const { specifier } of specifiers) {
    const target = specifier.startsWith('@refold/') ? specifier.split('/').slice(0, 2).join('/') : specifier;
    if (!(target in below) || target === name) continue;
    if (!below[name].includes(target))
      problems.push(`${relative(root, file)}: ${name} must not import ${target}`);
    if (specifier.split('/').includes('src'))
      problems.push(`${relative(root, file)}: deep import ${specifier}`);
  }
}

function findCycles(imports) {
  const state = new Map();
  for (const start of imports.keys()) {
    const stack = [[start, edges(imports, start)]];
    if (state.has(start)) continue;
    state.set(start, 'open');
    while (stack.length > 0) {
      const [file, rest] = stack.at(-1);
      const next = rest.pop();
      if (next === undefined) {
        state.set(file, 'done');
        stack.pop();
      } else if (state.get(next) === 'open') {
        const path = stack.map(([f]) => f);
        const cycle = [...path.slice(path.indexOf(next)), next].map((f) => relative(root, f));
        problems.push(`files import in a circle: ${cycle.join(' -> ')}`);
      } else if (!state.has(next)) {
        state.set(next, 'open');
        stack.push([next, edges(imports, next)]);
      }
    }
  }
}

/** Files that a file imports for more than types. */
function edges(imports, file) {
  return (imports.get(file) ?? [])
    .filter(({ specifier, type }) => !type && specifier.startsWith('.'))
    .map(({ specifier }) => resolve(dirname(file), specifier))
    .filter((path) => imports.has(path));
}
