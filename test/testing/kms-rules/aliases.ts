import { AWAY, CONTEXT, disable, idOf, newAlias, newKey, type Rules, SECRET, same, scheduleDeletion, sealed } from './rule.ts';

/** Aliases: by name and by ARN, moved and deleted, each in its region. */
export const aliasRules = {
  'key id, key ARN, alias name and alias ARN name the same key': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      const names = [arn, idOf(arn), alias, arn.replace(/key\/.*$/, alias)];
      const answers = await Promise.all(names.map(KeyId => home.encrypt({ KeyId, Plaintext: SECRET })));
      return answers.every(({ KeyId }) => KeyId === arn) ? 'ok' : answers.map(({ KeyId }) => KeyId).join(' ');
    },
  },
  'an alias that was moved names its new key': {
    answer: 'ok',
    async observe(home) {
      const alias = await newAlias(home, await newKey(home));
      const arn = await newKey(home);
      await home.updateAlias({ AliasName: alias, TargetKeyId: idOf(arn) });
      const { KeyId } = await home.encrypt({ KeyId: alias, Plaintext: SECRET });
      return KeyId === arn ? 'ok' : 'the old key';
    },
  },
  'a deleted alias': {
    answer: 'NotFoundException',
    async observe(home) {
      const alias = await newAlias(home, await newKey(home));
      await home.deleteAlias({ AliasName: alias });
      return await home.encrypt({ KeyId: alias, Plaintext: SECRET });
    },
  },
  'CreateAlias with a name that is taken': {
    answer: 'AlreadyExistsException',
    async observe(home) {
      const arn = await newKey(home);
      const AliasName = await newAlias(home, arn);
      return await home.createAlias({ AliasName, TargetKeyId: idOf(arn) });
    },
  },
  'ListAliases of a key lists its alias': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      const { Aliases = [] } = await home.listAliases({ KeyId: idOf(arn) });
      return Aliases.length === 1 && Aliases[0]?.AliasName === alias && Aliases[0].TargetKeyId === idOf(arn)
        ? 'ok'
        : JSON.stringify(Aliases);
    },
  },
  'Decrypt with an alias of its key': {
    answer: 'ok',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: await newAlias(home, arn) }));
    },
  },
  'Decrypt with an alias that was moved to another key': {
    answer: 'IncorrectKeyException',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      const alias = await newAlias(home, arn);
      await home.updateAlias({ AliasName: alias, TargetKeyId: idOf(await newKey(home)) });
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: alias });
    },
  },
  'what was encrypted under an alias opens after the alias was moved, without a KeyId': {
    answer: 'ok',
    async observe(home) {
      const alias = await newAlias(home, await newKey(home));
      const { CiphertextBlob } = await home.encrypt({ KeyId: alias, Plaintext: SECRET });
      await home.updateAlias({ AliasName: alias, TargetKeyId: idOf(await newKey(home)) });
      return same(await home.decrypt({ CiphertextBlob }));
    },
  },
  'an alias of another region': {
    answer: 'NotFoundException',
    observe: async (home, connect) => connect(AWAY).encrypt({ KeyId: await newAlias(home, await newKey(home)), Plaintext: SECRET }),
  },
  'the ARN of an alias of another region': {
    answer: 'NotFoundException',
    async observe(home, connect) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      return await connect(AWAY).encrypt({ KeyId: arn.replace(/key\/.*$/, alias), Plaintext: SECRET });
    },
  },
  'CreateAlias without the prefix alias/': {
    answer: 'refused',
    async observe(home) {
      const TargetKeyId = idOf(await newKey(home));
      const refused = await home.createAlias({ AliasName: 'no-prefix', TargetKeyId }).then(
        () => false,
        () => true, // AWS's pages name two errors for it
      );
      return refused ? 'refused' : 'ok';
    },
  },
  'CreateAlias for a disabled key': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      await disable(home, arn);
      return void (await newAlias(home, arn));
    },
  },
  'CreateAlias for a key pending deletion': {
    answer: 'KMSInvalidStateException',
    async observe(home) {
      const arn = await newKey(home);
      await scheduleDeletion(home, arn);
      return void (await newAlias(home, arn));
    },
  },
  'UpdateAlias to a key pending deletion': {
    answer: 'KMSInvalidStateException',
    async observe(home) {
      const alias = await newAlias(home, await newKey(home));
      const arn = await newKey(home);
      await scheduleDeletion(home, arn);
      return await home.updateAlias({ AliasName: alias, TargetKeyId: idOf(arn) });
    },
  },
  'UpdateAlias away from a key pending deletion': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      await scheduleDeletion(home, arn);
      return await home.updateAlias({ AliasName: alias, TargetKeyId: idOf(await newKey(home)) });
    },
  },
} satisfies Rules;
