import { FieldsealError } from '../errors.ts';

/** How a wrapped client behaves, for all its tables. */
export interface ClientSettings {
  /**
   * What this client may do. `encrypt`: only write, without reading what is encrypted. `decrypt`: only read. Default: `both`. A convenience
   * against mistakes, no access control: that is the key's policy.
   */
  readonly mode?: 'encrypt' | 'decrypt' | 'both' | undefined;
  /** `rewrite` (default): an update of signed or encrypted attributes reads, changes and writes the item. `refuse`: as DB-ESDK, it is an error. */
  readonly updates?: 'rewrite' | 'refuse' | undefined;
  /** How long an update tries again when other writers keep changing the item, in milliseconds. Default: 5000. */
  readonly updateTimeoutMs?: number | undefined;
  /** Items of a list that cannot be opened. `throw` (default): the first fails the call. `collect`: they are left out, and told by `itemFailures`. */
  readonly onItemError?: 'throw' | 'collect' | undefined;
  /**
   * Items of an index that does not hold all that is signed. `refetch` (default): read from the table. `error`: refused. `keysOnly`: the key
   * attributes are given, unverified.
   */
  readonly onPartialIndex?: 'refetch' | 'error' | 'keysOnly' | undefined;
  /** Tables that `tables` does not name. `pass` (default): requests go through as they are. `refuse`: a misspelt name is an error, not plaintext. */
  readonly otherTables?: 'pass' | 'refuse' | undefined;
  /** How many items of one call are encrypted or decrypted at a time. Default: 16. */
  readonly concurrency?: number | undefined;
  /** Encrypted attributes whose values updates may copy into attributes that are not encrypted. Default: none. */
  readonly allowDeclassify?: readonly string[] | undefined;
  /** Unsigned attributes whose values, which anyone who can write to the table can change, updates may copy into signed ones. Default: none. */
  readonly allowUnsignedSources?: readonly string[] | undefined;
  /**
   * Looks, before a write, for encrypted strings of four or more characters inside attributes that are not encrypted, as index templates of
   * mappers put them there. Default: `off`, or `error` for tables with a mapper's preset.
   */
  readonly leakCheck?: 'error' | 'warn' | 'off' | undefined;
}

/** Checked {@link ClientSettings}, defaults filled in. */
export interface Settings {
  readonly mode: 'encrypt' | 'decrypt' | 'both';
  readonly updates: 'rewrite' | 'refuse';
  readonly updateTimeoutMs: number;
  readonly onItemError: 'throw' | 'collect';
  readonly onPartialIndex: 'refetch' | 'error' | 'keysOnly';
  readonly otherTables: 'pass' | 'refuse';
  readonly concurrency: number;
  readonly allowDeclassify: ReadonlySet<string>;
  readonly allowUnsignedSources: ReadonlySet<string>;
  readonly leakCheck: 'error' | 'warn' | 'off' | undefined;
}

/** Names of all settings. */
export const SETTINGS: readonly (keyof ClientSettings)[] = [
  'mode',
  'updates',
  'updateTimeoutMs',
  'onItemError',
  'onPartialIndex',
  'otherTables',
  'concurrency',
  'allowDeclassify',
  'allowUnsignedSources',
  'leakCheck',
];

/** Checks settings, and gives back what else the options hold. Throws CONFIG_INVALID. */
export function readSettings<O extends ClientSettings>(options: O): { settings: Settings; rest: Omit<O, keyof ClientSettings> } {
  const {
    mode,
    updates,
    updateTimeoutMs,
    onItemError,
    onPartialIndex,
    otherTables,
    concurrency,
    allowDeclassify,
    allowUnsignedSources,
    leakCheck,
    ...rest
  } = options;
  const settings = Object.freeze({
    mode: oneOf('mode', mode ?? 'both', ['both', 'encrypt', 'decrypt']),
    updates: oneOf('updates', updates ?? 'rewrite', ['rewrite', 'refuse']),
    updateTimeoutMs: positive('updateTimeoutMs', updateTimeoutMs ?? 5000),
    onItemError: oneOf('onItemError', onItemError ?? 'throw', ['throw', 'collect']),
    onPartialIndex: oneOf('onPartialIndex', onPartialIndex ?? 'refetch', ['refetch', 'error', 'keysOnly']),
    otherTables: oneOf('otherTables', otherTables ?? 'pass', ['pass', 'refuse']),
    concurrency: positive('concurrency', concurrency ?? 16),
    allowDeclassify: names('allowDeclassify', allowDeclassify ?? []),
    allowUnsignedSources: names('allowUnsignedSources', allowUnsignedSources ?? []),
    leakCheck: leakCheck === undefined ? undefined : oneOf('leakCheck', leakCheck, ['error', 'warn', 'off']),
  });
  return { settings, rest };
}

function oneOf<T extends string>(option: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find(each => each === value);
  if (found === undefined) throw new FieldsealError('CONFIG_INVALID', `${option} must be one of ${allowed.join(', ')}`);
  return found;
}

function positive(option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new FieldsealError('CONFIG_INVALID', `${option} must be a whole number above 0`);
}

function names(option: string, value: unknown): ReadonlySet<string> {
  if (Array.isArray(value) && value.every(name => typeof name === 'string')) return new Set(value);
  throw new FieldsealError('CONFIG_INVALID', `${option} must be a list of attribute names`);
}
