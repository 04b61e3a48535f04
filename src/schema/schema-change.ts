/**
 * What must be done about a change. `breaking`: items written before do not open, or belong to no entity. `order`: they open, but readers
 * must be deployed before writers, or items written anew, before the change can be relied on. `safe`: nothing.
 */
export type SchemaChangeSeverity = 'breaking' | 'order' | 'safe';

/** A difference between two schemas of one table. */
export interface SchemaChange {
  /** The entity of a single table, where the change is not one of the whole table. */
  readonly entity: string | undefined;
  /** Undefined for changes of the table itself. */
  readonly attribute: string | undefined;
  readonly change: SchemaChangeKind;
  readonly severity: SchemaChangeSeverity;
  /** What happens, and what to do, in a sentence for people. */
  readonly advice: string;
}

/** What can differ between two schemas. */
export type SchemaChangeKind =
  | 'logical-name'
  | 'partition-key-name'
  | 'sort-key-name'
  | 'signed-to-unsigned'
  | 'unsigned-to-signed'
  | 'unsigned-removed'
  | 'unsigned-prefix-removed'
  | 'entity-removed'
  | 'unsigned-prefix-added'
  | 'unsigned-added'
  | 'signed-under-old-prefix'
  | 'entity-added'
  | 'discriminator'
  | 'encrypted-to-signed'
  | 'signed-to-encrypted'
  | 'context-added'
  | 'context-removed'
  | 'removed'
  | 'added-required'
  | 'optional-to-required'
  | 'required-to-optional'
  | 'codec'
  | 'undeclared-refused'
  | 'added'
  | 'format-version'
  | 'codec-object';

interface Known {
  readonly severity: SchemaChangeSeverity;
  readonly advice: string;
}

const breaking = (advice: string): Known => ({ severity: 'breaking', advice });
const order = (advice: string): Known => ({ severity: 'order', advice });
const safe = (advice: string): Known => ({ severity: 'safe', advice });

/** The most serious first. */
export const SEVERITIES: readonly SchemaChangeSeverity[] = Object.freeze(['breaking', 'order', 'safe']);

/** Every change that is looked for, the most serious first. */
export const SCHEMA_CHANGES: Readonly<Record<SchemaChangeKind, Known>> = Object.freeze({
  'logical-name': breaking('no item written under the other logical table name opens; keep the name, it need not be that of the table'),
  'partition-key-name': breaking('no item written under another partition key name opens; keep the name'),
  'sort-key-name': breaking('no item written with another sort key name, or without one, opens; keep it as it is'),
  'signed-to-unsigned': breaking('items that hold it do not open: signed or unsigned is forever; add an attribute of another name'),
  'unsigned-to-signed': breaking('items that hold it do not open: signed or unsigned is forever; add an attribute of another name'),
  'unsigned-removed': breaking(
    'items that hold it do not open, because undeclared names count as signed; keep it as unsigned().optional()',
  ),
  'unsigned-prefix-removed': breaking('items that hold undeclared names under the prefix do not open; keep the prefix'),
  'entity-removed': breaking('its items are ENTITY_UNKNOWN; keep the entity while there are any'),
  'unsigned-prefix-added': order(
    'older readers do not open items with names under it, and items with signed names under it do not open; readers first',
  ),
  'signed-under-old-prefix': order(
    'older readers take the name, which their unsigned prefix covers, for an unsigned one, and do not open items that hold it; deploy readers before writers',
  ),
  'unsigned-added': order('older readers do not open items that hold it; deploy readers before writers'),
  'entity-added': order('for older readers its items are ENTITY_UNKNOWN; deploy readers before writers'),
  discriminator: order('items written before may not say their entity so, and are then ENTITY_UNKNOWN; write them anew first'),
  'encrypted-to-signed': order(
    'stored in clear from now on; older items stay encrypted, unseen by filters and indexes, until written anew',
  ),
  'signed-to-encrypted': order('older items open, and hold it in clear until they are written anew'),
  'context-added': order(
    'older items open without it in their context: do not require it on read, nor tell branch keys by it, before all are written anew',
  ),
  'context-removed': order(
    'older items open; new ones lack it in their context: change key policies, branch key suppliers and required context first',
  ),
  removed: order('items open and still hold it; written back as they are read they are ATTRIBUTE_UNKNOWN: remove it from the items first'),
  'added-required': order('older items lack it, though types say it is there; declare it .optional(), or write them anew first'),
  'optional-to-required': order('older items may lack it, though types say it is there; write them anew first'),
  'required-to-optional': order('older readers count on it; deploy readers before writers'),
  codec: order('items hold the older form until they are written anew: make decode take both forms, and deploy readers before writers'),
  'undeclared-refused': order('undeclared names outside the signature are left out of reads and refused in writes; declare what is in use'),
  added: safe('items open both ways; programs with the older schema refuse to write such items back'),
  'format-version': safe('new items have another version of the format, because of the encryption context; both versions are read'),
  'codec-object': safe('codecs cannot be compared; see that decode takes what the other one encoded'),
});
