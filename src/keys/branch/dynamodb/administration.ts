import type { CreateKeyInput } from '@aws-crypto/client-node';
import { isRecord } from '../../../bytes/objects.ts';
import { quoted } from '../../../bytes/quoted.ts';
import { FieldsealError } from '../../../errors.ts';
import { isText, kindOf, type OptionNames, refusal, requireOptions, requireText } from '../../options.ts';
import type { BranchKeyVersionId, NewBranchKey } from '../store.ts';
import { LostRace } from './failures.ts';
import type { KeyTable } from './options.ts';
import { writeWithEsdk } from './writing.ts';

const NEW_KEY: OptionNames<NewBranchKey> = { branchKeyId: true, encryptionContext: true };

/** Makes a branch key and its beacon key. Throws KEY_EXISTS, KEY_SHREDDED, CONFIG_INVALID. */
export async function createKey(keys: KeyTable, key: NewBranchKey): Promise<BranchKeyVersionId> {
  const input = createKeyInput(key);
  const write = { act: 'createKey', conflict: keyExists } as const;
  return onceMoreAfterARace(() => writeWithEsdk(keys, { ...write, run: store => store.createKey(input) }));
}

/** Makes a new version. When somebody else rotates at the same time, theirs counts for them and ours is made after it. */
export async function rotateKey(keys: KeyTable, branchKeyId: string): Promise<BranchKeyVersionId> {
  requireText('rotate: branchKeyId', branchKeyId);
  const write = { act: 'rotate', conflict: (id: string, cause: unknown) => new LostRace(id, cause) } as const;
  return onceMoreAfterARace(() => writeWithEsdk(keys, { ...write, run: store => store.versionKey({ branchKeyIdentifier: branchKeyId }) }));
}

async function onceMoreAfterARace<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LostRace)) throw error;
    return work();
  }
}

function keyExists(branchKeyId: string, cause: unknown): FieldsealError {
  return new FieldsealError('KEY_EXISTS', `branch key ${quoted(branchKeyId)} exists: rotate it for a new version, or choose another id`, {
    cause,
  });
}

/** Throws CONFIG_INVALID for an id or a context that no key store takes. */
function createKeyInput(key: NewBranchKey): CreateKeyInput {
  requireOptions('createKey', key, NEW_KEY);
  const { branchKeyId, encryptionContext } = key;
  if (encryptionContext !== undefined) requireContext(encryptionContext);
  if (branchKeyId === undefined) return { ...(encryptionContext && { encryptionContext: { ...encryptionContext } }) };
  requireText('createKey: branchKeyId', branchKeyId);
  if (encryptionContext === undefined || Object.keys(encryptionContext).length === 0) {
    throw refusal(
      'createKey: a branchKeyId of your own needs an encryptionContext, such as { tenant: … }; without branchKeyId the id is a random UUID',
    );
  }
  return { branchKeyIdentifier: branchKeyId, encryptionContext: { ...encryptionContext } };
}

function requireContext(context: Readonly<Record<string, unknown>>): void {
  if (!isRecord(context)) throw refusal(`createKey: encryptionContext must be an object of texts; got ${kindOf(context)}`);
  for (const [name, value] of Object.entries(context)) {
    if (!isText(name)) throw refusal('createKey: a name in encryptionContext must be a text that is not empty');
    requireText(`createKey: ${quoted(name)} of encryptionContext`, value);
  }
}
