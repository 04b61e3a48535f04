/**
 * The real services that tests run against. A new one is one file and one row here.
 */
import { stderr } from 'node:process';
import { dynamodbLocal } from './dynamodb-local.mjs';
import { ministack } from './ministack.mjs';
import { moto } from './moto.mjs';
import { startService } from './start.mjs';

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} version
 * @property {string} variable the environment variable that tells the tests its address
 * @property {() => Promise<void>} install does nothing when it is installed
 * @property {(port: number) => import('../shared/process-group.mjs').Command} command what runs it, once installed
 */

/** @type {readonly Service[]} */
export const services = [dynamodbLocal, moto, ministack];

/**
 * @param {string} [names] separated by commas; all when undefined
 * @returns {readonly Service[]}
 */
export function servicesNamed(names) {
  if (names === undefined) return services;
  return names.split(',').map(name => {
    const service = services.find(candidate => candidate.name === name);
    if (service === undefined) throw new Error(`no such service: ${name} (there are ${services.map(each => each.name).join(', ')})`);
    return service;
  });
}

/**
 * Installs one after the other: they share the network and the processor.
 *
 * @param {readonly Service[]} chosen
 */
export async function installServices(chosen) {
  for (const service of chosen) await service.install();
}

/**
 * Starts all of them, or none.
 *
 * @param {readonly Service[]} chosen installed ones
 */
export async function startServices(chosen) {
  stderr.write(`starting ${chosen.map(service => service.name).join(', ')}…\n`);
  const results = await Promise.allSettled(chosen.map(startService));
  const running = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = () => Promise.all(running.map(each => each.stop()));
  const failures = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.map(failure => (failure instanceof Error ? failure.message : String(failure))).join('\n'));
  }
  /** @type {Record<string, string>} */
  const variables = Object.fromEntries(running.map(({ service, url }) => [service.variable, url]));
  return { running, variables, stop };
}
