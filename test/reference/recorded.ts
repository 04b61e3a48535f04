/** The items that AWS's libraries wrote (../vectors/peers/README.md), as far as their keyrings have a reference. */
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Config, Item } from './formulas.ts';
import type { WrappingKey } from './wrapping.ts';

export interface Recorded {
  readonly name: string;
  readonly config: Config;
  readonly keys: readonly WrappingKey[];
  readonly encrypted: Item;
  /** What the library that wrote it opens. */
  readonly decrypted: Item;
}

interface Line {
  readonly name: string;
  readonly config: string;
  readonly plaintext: JsonItem;
  readonly encrypted: JsonItem;
  readonly decrypted?: JsonItem;
}

interface KeyringJson {
  readonly type: string;
  readonly keyNamespace: string;
  readonly keyName: string;
  readonly wrappingKey: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly paddingScheme?: string;
  readonly generator?: KeyringJson;
  readonly children?: readonly KeyringJson[];
}

type JsonItem = Readonly<Record<string, JsonValue>>;
type JsonValue = Readonly<Record<string, unknown>>;
type ConfigJson = Config & { readonly keyring: KeyringJson; readonly plaintextOverride?: string };

const folder = new URL('../vectors/peers/', import.meta.url);

/** `files`: `java`, `rust`, `tampered` or `harmless`. */
export function readRecorded(files: string): Recorded[] {
  const configs = new Map(linesOf<{ id: string; config: ConfigJson }>('configs.jsonl').map(({ id, config }) => [id, config]));
  const names = readdirSync(folder).filter(name => new RegExp(`^${files}(-\\d+)?\\.jsonl$`).test(name));
  return names.flatMap(linesOf<Line>).flatMap(line => {
    const config = configs.get(line.config);
    if (config === undefined || !Object.hasOwn(line.encrypted, 'aws_dbe_head')) return [];
    const decrypted = itemFrom(line.decrypted ?? line.plaintext ?? {});
    return [{ name: line.name, config, keys: keysOf(config.keyring), encrypted: itemFrom(line.encrypted), decrypted }];
  });
}

function linesOf<T>(file: string): T[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line)); // files of this repository: their shape is not checked
}

function keysOf(keyring: KeyringJson): WrappingKey[] {
  const { type, wrappingKey, paddingScheme = 'OAEP_SHA256_MGF1', generator, children = [] } = keyring;
  if (type === 'raw-aes') return [{ ...keyring, kind: 'raw-aes', wrappingKey: Buffer.from(wrappingKey, 'base64') }];
  if (type === 'raw-rsa') return paddingScheme === 'OAEP_SHA256_MGF1' ? [{ ...keyring, kind: 'raw-rsa' }] : [];
  return [...(generator ? [generator] : []), ...children].flatMap(keysOf);
}

/** DynamoDB JSON, in which bytes are base64. */
function itemFrom(json: JsonItem): Item {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, valueFrom(value)]));
}

function valueFrom(json: JsonValue): AttributeValue {
  if (typeof json.B === 'string') return { B: Buffer.from(json.B, 'base64') };
  if (Array.isArray(json.BS)) return { BS: json.BS.map(member => Buffer.from(member, 'base64')) };
  if (Array.isArray(json.L)) return { L: json.L.map(valueFrom) };
  if (typeof json.M === 'object') return { M: itemFrom(json.M as JsonItem) };
  return json as unknown as AttributeValue; // text and booleans are the same in both forms
}
