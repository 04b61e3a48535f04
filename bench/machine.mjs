/** What the figures were measured on. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { versions } from 'node:process';

/** @typedef {{ node: string, openssl: string, processor: string, cores: number, loadAverage: number }} Machine */

/** @returns {Machine} */
export function machine() {
  return {
    node: versions.node,
    openssl: versions.openssl,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
