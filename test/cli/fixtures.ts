import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const SYMMETRIC = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';

/** 32 bytes, in base64. Public: never use it for anything else. */
export const TEST_KEY = Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => i + 1)).toString('base64');

export const RAW_AES = { type: 'raw-aes', keyNamespace: 'ns', keyName: 'name', wrappingKey: TEST_KEY };

const VERSION = '11111111-2222-4333-8444-555555555555';

export const STATIC_HIERARCHICAL = {
  type: 'hierarchical',
  branchKeyId: 'tenant',
  keyStore: { type: 'static', branchKeyId: 'tenant', version: VERSION, branchKey: TEST_KEY },
};

/** A table of users, without a signature so that tests are quick. */
export const USERS = {
  logicalTableName: 'users',
  partitionKeyName: 'id',
  algorithmSuiteId: SYMMETRIC,
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN', note: 'SIGN_ONLY', seenAt: 'DO_NOTHING' },
  allowedUnsignedAttributes: ['seenAt'],
  keyring: RAW_AES,
};

/** A folder for the files of one test file. */
export class Scratch {
  readonly path: string = mkdtempSync(join(tmpdir(), 'fieldseal-cli-'));

  constructor() {
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  /** Writes a file that only its owner can read, unless `mode` says otherwise; returns its path. */
  write(name: string, content: string | Uint8Array, mode = 0o600): string {
    const path = join(this.path, name);
    writeFileSync(path, content, { mode });
    return path;
  }

  config(config: object = USERS, name = 'config.json'): string {
    return this.write(name, JSON.stringify(config));
  }
}

/** Items as lines of DynamoDB JSON. */
export function lines(...items: readonly unknown[]): string {
  return items.map(item => `${JSON.stringify(item)}\n`).join('');
}

export function user(id: string, ssn = `secret of ${id}`): object {
  return { id: { S: id }, ssn: { S: ssn } };
}

export function parsed(text: string): unknown[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
}
