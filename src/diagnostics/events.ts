import type { FieldsealErrorCode } from '../errors.ts';

/** Why something failed. `UNKNOWN`: with something that is no FieldsealError, which nothing of this library should throw. */
export type EventErrorCode = FieldsealErrorCode | 'UNKNOWN';

/** When something was done, and how it ended. */
export interface Timed {
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly durationMs: number;
  /** The code that it failed with; absent when it was done. */
  readonly error?: EventErrorCode;
}

/** An item was encrypted. On `fieldseal:encrypt`. */
export interface EncryptEvent extends Timed {
  /** Logical table name. */
  readonly table: string;
  readonly algorithmSuiteId: string;
  readonly encryptedAttributes: number;
  /** Signed attributes, the encrypted ones among them. */
  readonly signedAttributes: number;
  /**
   * Ids of the keys that can open it, in the order of its encrypted data keys: the ARN of a KMS key, the id of a branch key, the namespace
   * of any other key. Empty when it failed.
   */
  readonly keyIds: readonly string[];
}

/** An item was verified and decrypted. On `fieldseal:decrypt`. */
export interface DecryptEvent extends Timed {
  /** Logical table name. */
  readonly table: string;
  /** Absent when the header could not be read. */
  readonly algorithmSuiteId?: string;
  /** How many attributes were decrypted: fewer than the item has when only some were wanted, and none when it failed. */
  readonly decryptedAttributes: number;
  readonly signedAttributes: number;
  /** Ids of the keys that can open it, as for {@link EncryptEvent}. Empty when it failed: a header is not authentic before. */
  readonly keyIds: readonly string[];
}

/** KMS was called. On `fieldseal:kms`; what the SDK repeats by itself is one call. */
export interface KmsEvent extends Timed {
  readonly operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext' | 'Encrypt' | 'Decrypt' | 'ReEncrypt';
  /** As the call names it. */
  readonly keyId: string;
  /** The branch key that the call is about; absent where KMS wraps the key of an item itself. */
  readonly branchKeyId?: string;
}

/** What a cache of keys did. */
export type CacheAction =
  /** A key was there. */
  | 'hit'
  /** A key was not there, or could not be used any more. */
  | 'miss'
  /** A key was fetched because somebody waits for it. */
  | 'load'
  /** A key was fetched anew before it expired; nobody waits for it. */
  | 'refresh'
  /** An expired key was used because the key store or KMS is out. */
  | 'stale'
  /** It was remembered that a key is not there. */
  | 'negative'
  /** A read of the key store was refused: too many unknown keys were asked for. */
  | 'limited'
  /** A key was dropped: to make room, because it expired, or because access was denied. */
  | 'evict'
  /** All keys of a branch key, or all of the cache, were dropped on request. */
  | 'purge'
  /** A warning: the cache was asked many times, and had nothing. */
  | 'useless';

/** What happened in a cache. On `fieldseal:cache`. */
export interface CacheEvent {
  readonly cache: 'branch-key' | 'reread';
  /** The keyring's name, which holds the name of the key store or the id of the key. */
  readonly keyring: string;
  readonly action: CacheAction;
  readonly branchKeyId?: string;
  readonly version?: string;
  /** Of loads and refreshes. */
  readonly durationMs?: number;
  readonly error?: FieldsealErrorCode;
  /** Of `useless`: how often the cache was asked. */
  readonly lookups?: number;
}

/** What an auditor wants to know. */
export type AuditAction =
  | 'key-created'
  /** A branch key was created because an item was to be encrypted under it. */
  | 'key-provisioned'
  | 'key-rotated'
  | 'key-shredded'
  | 'keys-purged'
  /** The key store answered with an older active branch key than before: it was put back to an older state. */
  | 'rollback-refused'
  | 'item-reencrypted'
  /** An item was read under a policy. */
  | 'read-allowed'
  /** A policy denied to read an item. */
  | 'read-denied';

/** Why a policy denied a read. Whoever was denied is not told. */
export type DenialReason =
  /** Nobody was named as the actor. */
  | 'no-actor'
  /** What the read is for is not said, or not among the policy's purposes. */
  | 'unknown-purpose'
  /** `preCheck` returned false. */
  | 'pre-check'
  /** `preCheck` threw, read an attribute that it may not, or returned something else than true and false. */
  | 'pre-check-failed'
  /** The item belongs to no entity of its single table. */
  | 'unknown-entity'
  /** `classify` returned null. */
  | 'no-role'
  /** `classify` returned a name that is no role. */
  | 'unknown-role'
  /** `classify` threw, read an attribute that it may not, or returned something else than a name and null. */
  | 'classify-failed';

/** Something that changes who can read what. On `fieldseal:audit`. */
export interface AuditEvent {
  readonly action: AuditAction;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Logical name of the key store. */
  readonly keyStore?: string;
  readonly branchKeyId?: string;
  readonly version?: string;
  /** Logical table name. */
  readonly table?: string;
  readonly keyIds?: readonly string[];
  /** Of reads under a policy: an id of the actor that the application chose. */
  readonly actor?: string;
  /** Of reads under a policy: what the read was for, as the application said. */
  readonly purpose?: string;
  /** Of `read-allowed`: the role of the actor for this item. */
  readonly role?: string;
  /** Of `read-allowed`: names of the encrypted attributes that were shown in some form. */
  readonly fields?: readonly string[];
  /** Of `read-denied`. */
  readonly reason?: DenialReason;
}

/** What is published on each channel. */
export interface DiagnosticsEvents {
  readonly 'fieldseal:encrypt': EncryptEvent;
  readonly 'fieldseal:decrypt': DecryptEvent;
  readonly 'fieldseal:kms': KmsEvent;
  readonly 'fieldseal:cache': CacheEvent;
  readonly 'fieldseal:audit': AuditEvent;
}
