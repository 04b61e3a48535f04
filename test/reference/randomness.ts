import type { Buffer } from 'node:buffer';
import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Randomness } from './write-item.ts';

const { privateKey: signingKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });

/** What looks random and follows from the seed, but for the signing key: Node cannot derive one. */
export function randomness(recipients: number, seed = 'seed'): Randomness {
  const bytes = (label: string, length: number): Buffer => createHash('sha256').update(`${seed} ${label}`).digest().subarray(0, length);
  const wrapping = Array.from({ length: recipients }, (_, index) => ({
    intermediateKey: bytes(`intermediate key ${index}`, 32),
    iv: bytes(`iv ${index}`, 12),
    salt: bytes(`salt ${index}`, 16),
  }));
  return { messageId: bytes('message id', 32), dataKey: bytes('data key', 32), wrapping, signingKey };
}
