import type { KmsInput } from '../input.ts';
import type { Alias } from '../key-registry.ts';
import { KmsServiceError } from '../service-error.ts';
import type { KmsOperation } from './operation.ts';

export const describeKey: KmsOperation = {
  accepts: ['KeyId', 'GrantTokens'],
  run(input, { keys, region }) {
    return { KeyMetadata: keys.keyOrAlias(region, input.text('KeyId')).metadata() };
  },
};

export const listKeys: KmsOperation = {
  accepts: ['Limit', 'Marker'],
  run(input, { keys, region }) {
    const { page, ...rest } = pageOf(keys.keysIn(region), input, { greatest: 1000, usual: 100 });
    return { Keys: page.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...rest };
  },
};

export const listAliases: KmsOperation = {
  accepts: ['KeyId', 'Limit', 'Marker'],
  run(input, { keys, region }) {
    const key = input.optionalText('KeyId') === undefined ? undefined : keys.key(region, input.text('KeyId'));
    const aliases = keys.aliasesIn(region).filter(({ keyId }) => key === undefined || keyId === key.id);
    const { page, ...rest } = pageOf(aliases, input, { greatest: 100, usual: 50 });
    return { Aliases: page.map(aliasEntry), ...rest };
  },
};

function aliasEntry({ name, arn, keyId, createdAt, updatedAt }: Alias): Record<string, unknown> {
  return {
    AliasName: name,
    AliasArn: arn,
    TargetKeyId: keyId,
    CreationDate: createdAt.getTime() / 1000,
    LastUpdatedDate: updatedAt.getTime() / 1000,
  };
}

interface Page<T> {
  readonly page: T[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

function pageOf<T>(all: readonly T[], input: KmsInput, limits: { readonly greatest: number; readonly usual: number }): Page<T> {
  const limit = input.optionalInteger('Limit', [1, limits.greatest]) ?? limits.usual;
  const start = Number(input.optionalText('Marker') ?? '0');
  if (!Number.isSafeInteger(start) || start < 0)
    throw new KmsServiceError('InvalidMarkerException', 'The marker is not one that this KMS gave.');
  const end = start + limit;
  const page = all.slice(start, end);
  return end < all.length ? { page, Truncated: true, NextMarker: String(end) } : { page, Truncated: false };
}
