import { isIPv4 } from 'node:net';
import { Problem } from './problem.mjs';

/** Host name of the service in compose.yaml. */
const COMPOSE_SERVICE = 'localstack';
const DOMAINS_OF_AWS = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'aws', 'ic.gov', 'sgov.gov', 'adc-e.uk'];

/**
 * The origin of a URL that leads to an emulator: this machine, the service of compose.yaml, or a host that the user named. AWS itself is
 * refused whatever the user named.
 *
 * @param {string} option for messages
 * @param {string} text
 * @param {readonly string[]} allowedHosts
 */
export function localEndpoint(option, text, allowedHosts = []) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Problem(`${option} must be a URL such as http://127.0.0.1:4566`);
  }
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new Problem(`${option} must name a host and a port, and nothing else`);
  }
  const host = withoutDot(url.hostname.toLowerCase());
  if (DOMAINS_OF_AWS.some(domain => host === domain || host.endsWith(`.${domain}`))) {
    throw new Problem(`${option} names ${host}, which belongs to AWS: this program is for emulators only`);
  }
  const allowed = allowedHosts.map(each => withoutDot(each.toLowerCase()));
  if (!isLoopback(host) && host !== COMPOSE_SERVICE && !allowed.includes(host)) {
    throw new Problem(`${option} names ${host}, which is not this machine: add --allow-host ${host} if an emulator runs there`);
  }
  return url.origin;
}

/** @param {string} host as URL has it: IPv4 addresses in four decimal parts, IPv6 in brackets */
function isLoopback(host) {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/** @param {string} host */
function withoutDot(host) {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
