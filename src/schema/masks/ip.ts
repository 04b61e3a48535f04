import { isIPv4, isIPv6 } from 'node:net';
import { isAtMostHalf } from './characters.ts';
import { HIDDEN, type Mask } from './mask.ts';

/**
 * Shows the first part of an IP address, which tells a large network: `203.****`, `2001:****`. Addresses of which that would be more than
 * half, and other text, are hidden whole.
 */
export function ip(): Mask<string, string> {
  return Object.freeze({ name: 'ip', show: maskAddress });
}

function maskAddress(value: unknown): string {
  if (typeof value !== 'string') return HIDDEN;
  if (isIPv4(value)) return showFirst(value, '.');
  return isIPv6(value) ? showFirst(value, ':') : HIDDEN;
}

function showFirst(address: string, separator: string): string {
  const shown = address.slice(0, address.indexOf(separator) + 1);
  return shown !== separator && isAtMostHalf(shown, address) ? shown + HIDDEN : HIDDEN;
}
