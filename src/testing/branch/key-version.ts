import { copyKey, zero } from '../../bytes/secret.ts';
import { isUuid } from '../../bytes/uuid.ts';
import { FieldsealError } from '../../errors.ts';
import type { BranchKeyMaterial } from '../../keys/branch/store.ts';

/** A branch key version that a test supplies itself. */
export interface BranchKeyVersion {
  readonly branchKeyId: string;
  /** A UUID. */
  readonly version: string;
  /** 32 bytes. They are copied. */
  readonly key: Uint8Array;
  /** As ISO 8601 in UTC. `memoryKeyStore` takes the present time, `staticKeyStore` none. */
  readonly createTime?: string;
}

/** A copy of what the caller gave. Throws CONFIG_INVALID for what no key store would hold. */
export function checkedVersion({ branchKeyId, version, key, createTime }: BranchKeyVersion): BranchKeyVersion {
  if (branchKeyId === '') throw new FieldsealError('CONFIG_INVALID', 'a branch key id is not empty');
  if (!isUuid(version.toLowerCase())) throw new FieldsealError('CONFIG_INVALID', `the version of branch key ${branchKeyId} is not a UUID`);
  if (!(key instanceof Uint8Array) || key.length !== 32)
    throw new FieldsealError('CONFIG_INVALID', `branch key ${branchKeyId} is not 32 bytes`);
  if (createTime !== undefined && Number.isNaN(Date.parse(createTime)))
    throw new FieldsealError('CONFIG_INVALID', `the createTime of branch key ${branchKeyId} is no time`);
  return { branchKeyId, version, key: copyKey(key), ...(createTime !== undefined && { createTime }) };
}

/** Hands out a copy of its own, which `release` zeroes. */
export function handOut<K extends Pick<BranchKeyMaterial, 'key'>>(
  material: K,
  onRelease?: () => void,
): K & { readonly release: () => void } {
  const copy = copyKey(material.key);
  let released = false;
  return {
    ...material,
    key: copy,
    release() {
      if (released) return;
      released = true;
      zero(copy);
      onRelease?.();
    },
  };
}
