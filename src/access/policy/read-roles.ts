import { isPlain, isRecord } from '../../bytes/objects.ts';
import { quoted, quotedList } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { AnyAttribute } from '../../schema/attribute.ts';
import { FrozenMap, FrozenSet } from '../../schema/frozen.ts';
import type { Table } from '../../schema/table.ts';
import { entitiesOf } from './entities.ts';
import type { FieldRule, RoleRules } from './policy.ts';
import type { Treatment } from './roles.ts';

const TREATMENTS: readonly unknown[] = ['reveal', 'mask', 'pseudonym'] satisfies Treatment[];

/** The roles of a policy, checked against the table; maps, so that no name is inherited. Throws SCHEMA_INVALID. */
export function readRoles(table: Table, roles: unknown): ReadonlyMap<string, RoleRules> {
  const reader = new RoleReader(table);
  return new FrozenMap(reader.entries('the roles', roles).map(([name, role]) => [name, reader.role(name, role)]));
}

class RoleReader {
  readonly #table: Table;
  readonly #entities: readonly Table[];

  constructor(table: Table) {
    this.#table = table;
    this.#entities = entitiesOf(table);
    if (this.#declared('toJSON').length > 0)
      this.#refuse('"toJSON" cannot be an attribute of a table with a policy: JSON of a view would show what it reveals; rename it');
  }

  role(name: string, role: unknown): RoleRules {
    const where = `role ${quoted(name)}`;
    const parts = new Map(this.entries(where, role));
    const unknown = [...parts.keys()].filter(part => part !== 'read' && part !== 'write');
    if (unknown.length > 0) this.#refuse(`${where} has ${quotedList(unknown)}; a role has read and write`);
    const read = this.entries(`read of ${where}`, parts.get('read')).map(
      ([attribute, grant]) => [attribute, this.#grant(where, attribute, grant)] as const,
    );
    return Object.freeze({ read: new FrozenMap(read), write: this.#writable(where, parts.get('write')) });
  }

  entries(what: string, value: unknown): [string, unknown][] {
    if (!isRecord(value) || !isPlain(value)) return this.#refuse(`${what} must be a plain object with names of its own`);
    return Object.entries(value);
  }

  #grant(where: string, name: string, grant: unknown): FieldRule {
    const rule = isRecord(grant) ? this.#conditional(where, name, grant) : { as: grant, when: undefined };
    if (!isTreatment(rule.as)) return this.#refuse(`${where} reads ${quoted(name)} as none of ${quotedList(TREATMENTS.map(String))}`);
    this.#requireEncrypted(where, name);
    if (rule.as === 'mask') this.#requireMask(where, name);
    return Object.freeze({ as: rule.as, when: rule.when });
  }

  #conditional(where: string, name: string, grant: Record<string, unknown>): { as: unknown; when: FieldRule['when'] } {
    const { as, when } = grant;
    if (typeof when !== 'function' || Object.keys(grant).length !== 2)
      return this.#refuse(`${where} must read ${quoted(name)} as a name, or as { as, when } with a function`);
    return { as, when: (actor, item) => Reflect.apply(when, undefined, [actor, item]) };
  }

  #requireEncrypted(where: string, name: string): void {
    const declared = this.#declared(name);
    if (declared.length === 0) this.#refuse(`${where} reads ${quoted(name)}, which is not declared; declare it, or leave it out`);
    if (declared.some(({ kind }) => kind !== 'encrypted'))
      this.#refuse(
        `${where} reads ${quoted(name)}, which is stored in clear and which every role sees; leave it out, or declare it encrypted()`,
      );
  }

  #requireMask(where: string, name: string): void {
    if (this.#declared(name).some(({ settings }) => settings.mask === undefined))
      this.#refuse(`${where} sees ${quoted(name)} masked, but it has no mask; declare it with .mask()`);
  }

  #writable(where: string, names: unknown): ReadonlySet<string> {
    if (names === undefined) return new FrozenSet<string>([]);
    if (!Array.isArray(names)) return this.#refuse(`write of ${where} must be a list of attributes`);
    const strangers = names.filter(name => typeof name !== 'string' || this.#declared(name).length === 0);
    if (strangers.length > 0)
      this.#refuse(`${where} writes ${quotedList(strangers.map(String))}, not declared; declare them, or leave them out`);
    const keys = names.filter(name => this.#declared(name).some(({ kind }) => kind === 'partition' || kind === 'sort'));
    if (keys.length > 0) this.#refuse(`${where} writes the key ${quotedList(keys)}; the key of an item never changes, leave it out`);
    return new FrozenSet<string>(names);
  }

  #declared(name: string): AnyAttribute[] {
    return this.#entities.flatMap(({ fields }) => fields[name] ?? []);
  }

  #refuse(message: string): never {
    throw new FieldsealError('SCHEMA_INVALID', `definePolicy() for table ${quoted(this.#table.logicalName)}: ${message}`);
  }
}

function isTreatment(value: unknown): value is Treatment {
  return TREATMENTS.includes(value);
}
