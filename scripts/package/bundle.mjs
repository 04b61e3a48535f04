/** What a bundle of an entry point would contain, and through which imports. */
import { build } from 'esbuild';

/** @typedef {Record<string, { imports: { path: string, external?: boolean }[] }>} Modules by path; the entry is the first */

/**
 * @param {string} specifier
 * @param {string} folder the project that imports it
 * @returns {Promise<Modules>}
 */
export async function modulesOf(specifier, folder) {
  const { metafile } = await build({
    stdin: { contents: `export * from '${specifier}';`, resolveDir: folder, sourcefile: 'entry.js' },
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    // Whatever is imported counts, also when a bundler could drop it.
    treeShaking: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  return metafile.inputs;
}

/**
 * The shortest chain of imports from the entry to a package.
 *
 * @param {string} packageName
 * @param {Modules} modules
 * @returns {string | undefined} undefined when the package is not there
 */
export function chainTo(packageName, modules) {
  const belongs = (/** @type {string} */ path) => path === packageName || path.includes(`node_modules/${packageName}/`);
  /** @type {string[][]} */
  const queue = [['entry.js']];
  const seen = new Set(['entry.js']);
  for (const chain of queue) {
    const last = chain.at(-1) ?? '';
    if (belongs(last)) return chain.slice(1).map(shortPath).join('\n  → ');
    for (const { path } of modules[last]?.imports ?? []) {
      if (seen.has(path)) continue;
      seen.add(path);
      queue.push([...chain, path]);
    }
  }
  return undefined;
}

/** @param {string} path */
function shortPath(path) {
  return path.split('node_modules/').at(-1);
}
