#!/usr/bin/env node
/**
 * What somebody who installs the package takes on trust.
 *
 *   npm run check:security     writes the software bill of materials to .cache/sbom.cdx.json
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform, report } from 'node:process';
import { fileURLToPath } from 'node:url';
import { runChecks, Skip } from './shared/checks.mjs';
import { capture } from './shared/process-group.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const sbomFile = join(root, '.cache', 'sbom.cdx.json');

/** npm runs these on the machine of whoever installs the package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** The property that npm gives to what only development needs. */
const DEVELOPMENT_ONLY = 'cdx:npm:package:development';

/** @typedef {{ version?: string, dev?: boolean, devOptional?: boolean, link?: boolean, integrity?: string, os?: string[], cpu?: string[], libc?: string[], hasInstallScript?: boolean }} Locked */

/** @typedef {{ 'bom-ref': string, name: string, version: string, properties?: { name: string }[] }} Component */
/** @typedef {{ metadata: { component: Component }, components: Component[], dependencies: { ref: string, dependsOn: string[] }[] }} Sbom */

process.exitCode = await runChecks([
  { name: 'the package has no install scripts', check: checkOwnScripts },
  { name: 'no dependency of the package has install scripts', check: checkScriptsOfDependencies },
  { name: 'every locked package for this platform has an integrity hash', check: checkIntegrity },
  { name: 'no known vulnerability in the dependencies of the package', check: checkAudit },
  { name: 'the software bill of materials lists the dependencies of the package', check: writeSbom },
]);

function checkOwnScripts() {
  const { scripts = {} } = readJson('package.json');
  const found = INSTALL_SCRIPTS.filter(name => Object.hasOwn(scripts, name));
  if (found.length > 0) throw new Error(`package.json has ${found.join(', ')}`);
}

function checkScriptsOfDependencies() {
  const found = shippedPackages().filter(([, locked]) => locked.hasInstallScript);
  if (found.length > 0) throw new Error(found.map(([path]) => path).join('\n'));
}

/** Packages for other platforms may come from scripts/complete-lock.mjs, which knows no hash. */
function checkIntegrity() {
  const { glibcVersionRuntime } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (report.getReport()).header;
  const here = { os: platform, cpu: arch, libc: glibcVersionRuntime === undefined ? 'musl' : 'glibc' };
  const isForHere = (/** @type {Locked} */ { os = [here.os], cpu = [here.cpu], libc = [here.libc] }) =>
    os.includes(here.os) && cpu.includes(here.cpu) && libc.includes(here.libc);
  const found = lockedPackages().filter(([, locked]) => !locked.link && locked.integrity === undefined && isForHere(locked));
  if (found.length > 0) throw new Error(found.map(([path]) => path).join('\n'));
}

async function checkAudit() {
  const { stdout } = await npm('audit', '--omit=dev', '--json');
  const audit = parse(stdout);
  // Some registries and mirrors have no audit service.
  if (audit?.metadata?.vulnerabilities === undefined) throw new Skip(`the registry gives no audit: ${audit?.message ?? 'no answer'}`);
  const { vulnerabilities = {} } = audit;
  const found = Object.entries(vulnerabilities).map(([name, { severity }]) => `${name}: ${severity}`);
  if (found.length > 0) throw new Error(`${found.join('\n')}\n'npm audit --omit=dev' tells more`);
}

/** npm's own `--omit dev` also leaves out what the package shares with its development tools; so everything is listed, then filtered. */
async function writeSbom() {
  const { code, stdout, stderr } = await npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only');
  if (code !== 0) throw new Error(stderr);
  /** @type {Sbom} */
  const sbom = JSON.parse(stdout);
  const { name, version } = readJson('package.json');
  const shipped = new Set(shippedPackages().map(([path, locked]) => `${path.split('node_modules/').at(-1)}@${locked.version}`));
  // npm lists two copies of one version once, as the first of them is: a copy of a development tool may stand for one of the package.
  const components = sbom.components.flatMap(({ properties, ...component }) => {
    const isDevelopment = properties?.some(property => property.name === DEVELOPMENT_ONLY);
    if (!isDevelopment) return [{ ...component, ...(properties && { properties }) }];
    const others = properties?.filter(property => property.name !== DEVELOPMENT_ONLY) ?? [];
    return shipped.has(`${component.name}@${component.version}`) ? [{ ...component, properties: others }] : [];
  });
  const kept = new Set([sbom.metadata.component, ...components].map(component => component['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(each => kept.has(each)) }));
  // npm takes the name of the folder for the name of the package.
  const metadata = { ...sbom.metadata, component: { ...sbom.metadata.component, name } };
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(sbomFile, `${JSON.stringify({ ...sbom, metadata, components, dependencies }, null, 2)}\n`);

  const listed = new Set(components.map(component => `${component.name}@${component.version}`));
  const missing = [...shipped].filter(package_ => !listed.has(package_));
  if (missing.length > 0) throw new Error(`${name} ${version} ships with ${missing.join(', ')}, which it lacks`);
}

/** @returns {[path: string, Locked][]} */
function lockedPackages() {
  const packages = Object.entries(/** @type {Record<string, Locked>} */ (readJson('package-lock.json').packages));
  return packages.filter(([path]) => path !== '');
}

function shippedPackages() {
  return lockedPackages().filter(([, locked]) => !locked.dev && !locked.devOptional);
}

/** @param {string[]} args */
function npm(...args) {
  return capture({ command: 'npm', args, cwd: root });
}

/** @param {string} name */
function readJson(name) {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
