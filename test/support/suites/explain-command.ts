import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type CommandExplanation, type EncryptedClientOptions, explainCommand, type SdkCommand } from 'fieldseal/dynamodb';
import { kms, multi } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { DOCUMENTED, type Explained } from './explained-commands.ts';
import { FURTHER, REFUSED } from './explained-further.ts';
import { FIVE, reading, type Server } from './reading.ts';

/** What explainCommand says, against what the same client then does. */
export function explainCommandSuite(server: Server): void {
  describe(`explainCommand on ${server.name}`, () => {
    const at = reading(server, 'explained');
    const fake = new FakeKms();
    const kmsClient = fake.client();
    const one = kms({ kmsKeyId: fake.createKey().arn, kmsClient });
    const two = multi({ generator: one, children: [kms({ kmsKeyId: fake.createKey().arn, kmsClient })] });
    const operations: string[] = [];
    const client = ({ raw = false, options = {} }: Partial<Explained>, keyring: EncryptedClientOptions['keyring']): Sender => {
      const base = at().tap(({ operation }) => operations.push(operation));
      const made = raw ? at().raw({ keyring, ...options }, base) : at().documents({ keyring, ...options }, base);
      return made as unknown as Sender; // the commands fit the client that their row asks for
    };

    afterAll(() => fake.close());

    const runnable = [...DOCUMENTED, ...FURTHER, ...REFUSED].filter(({ transaction }) => !transaction || server.features.transactions);
    it.each(runnable)('$path: $name', async row => {
      for (const keyring of [one, two]) {
        await filled(keyring);
        const db = client(row, keyring);
        const explanation = await explainCommand(db, row.command(at().TableName));
        expect(explanation.path).toBe(row.path);
        expect(operations, 'explaining sends nothing').toEqual([]);
        expect(fake.calls).toEqual([]);

        const outcome = await db.send(row.command(at().TableName)).then(
          () => undefined,
          (error: { code?: string; name: string; message: string }) => ({ code: error.code ?? error.name, message: error.message }),
        );
        if (row.failure === undefined) expect(withoutSize(outcome)).toEqual(withoutSize(explanation.refusal));
        else expect(outcome?.code).toBe(row.failure);
        expect(operations).toEqual(explanation.requests.map(({ operation }) => operation));
        expect(kmsCounts()).toEqual(forecast(explanation, row.opened ?? 0));
      }
    });

    async function filled(keyring: EncryptedClientOptions['keyring']): Promise<void> {
      const db = at().documents({ keyring });
      for (const Item of FIVE) await db.send(new PutCommand({ TableName: at().TableName, Item }));
      operations.length = 0;
      fake.reset();
    }

    function kmsCounts(): Record<string, number> {
      return { GenerateDataKey: fake.count('GenerateDataKey'), Decrypt: fake.count('Decrypt') };
    }
  });
}

/** How large an item would be is told nearly: keys of KMS have other lengths than those of the test. */
function withoutSize(refusal: CommandExplanation['refusal']): unknown {
  return refusal && { ...refusal, message: refusal.message.replace(/item has \d+ bytes/, 'item has … bytes') };
}

interface Sender {
  readonly config: object;
  readonly middlewareStack: object;
  send(command: SdkCommand): Promise<unknown>;
}

function forecast({ kmsCalls }: CommandExplanation, opened: number): Record<string, number> {
  const counts = { GenerateDataKey: 0, Decrypt: 0 };
  for (const { operation, calls, per } of kmsCalls) counts[operation] += calls * (per === 'item read' ? opened : 1);
  return counts;
}
