import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { equalSecrets } from '../../bytes/compare.ts';
import { FieldsealError } from '../../errors.ts';
import { Age } from './age.ts';
import type { PlaintextDigest } from './digest.ts';
import { TransactionAttempts } from './transaction-attempts.ts';

const MOST_TOKENS = 1000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Keys, expressions and the like of a transaction, next to its values. */
const OVERHEAD_BYTES = 1024;
/** DynamoDB's limit. */
const MOST_TOKEN_CHARACTERS = 36;

interface Remembered {
  readonly digest: Uint8Array;
  readonly attempts: TransactionAttempts;
  readonly size: number;
  readonly age: Age;
}

/**
 * The finished bytes of transactions by their `ClientRequestToken`. DynamoDB takes a token for the same transaction only with the same bytes, and
 * encryption makes other bytes each time. Held as long as DynamoDB knows a token; the oldest go when there are too many.
 */
export class TokenMemory {
  readonly #remembered = new LRUCache<string, Remembered>({
    max: MOST_TOKENS,
    maxSize: MOST_BYTES,
    sizeCalculation: ({ size }) => size,
  });

  /** The attempts at the transaction of a token. Throws TOKEN_REUSED when the token was used for another transaction. */
  attempts(token: string, plaintext: PlaintextDigest): TransactionAttempts {
    this.#forgetOld();
    const digest = plaintext.finish();
    const remembered = this.#remembered.get(token);
    if (remembered === undefined || remembered.age.isOver) {
      const attempts = new TransactionAttempts();
      this.#remembered.set(token, { digest, attempts, size: plaintext.bytes + OVERHEAD_BYTES, age: new Age() });
      return attempts;
    }
    if (equalSecrets(remembered.digest, digest)) return remembered.attempts;
    throw new FieldsealError(
      'TOKEN_REUSED',
      'the ClientRequestToken was used for another transaction within the last ten minutes; use a new token for each transaction',
    );
  }

  /** After a request, from whose end DynamoDB counts. `bytes`: of what was sent, which is kept. */
  renew(token: string, bytes: number): void {
    const remembered = this.#remembered.get(token);
    if (remembered !== undefined) this.#remembered.set(token, { ...remembered, size: bytes + OVERHEAD_BYTES, age: new Age() });
  }

  /** For a token that nothing was sent under. */
  forget(token: string, attempts: TransactionAttempts): void {
    if (attempts.isUnused && this.#remembered.get(token)?.attempts === attempts) this.#remembered.delete(token);
  }

  /** From the one that was used longest ago. */
  #forgetOld(): void {
    for (const token of this.#remembered.rkeys()) {
      if (this.#remembered.peek(token)?.age.isOver !== true) return;
      this.#remembered.delete(token);
    }
  }
}

/** The token of the nth attempt at a transaction: other bytes need another token, and a repetition of them the same one. */
export function derivedToken(token: string, attempt: number): string {
  if (attempt === 1) return token;
  return createHash('sha256').update(`${attempt}:${token}`).digest('base64url').slice(0, MOST_TOKEN_CHARACTERS);
}
