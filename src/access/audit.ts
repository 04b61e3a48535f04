import type { AuditEvent, DenialReason } from '../diagnostics/events.ts';
import { publish } from '../diagnostics/publish.ts';
import type { Table } from '../schema/table.ts';
import type { Decision } from './policy/decide.ts';

/** Who read, in words of the application, and what for. */
export interface AuditedAsker {
  /** An id of the actor: no name, no address. */
  readonly actorId?: string | undefined;
  readonly purpose?: string | undefined;
}

/** Tells on `fieldseal:audit` that an item was read, under which role and which of its encrypted attributes. Never a value. */
export function tellAllowed({ policy, role, fields }: Decision, asker: AuditedAsker): void {
  publish('fieldseal:audit', () => ({
    ...aboutRead('read-allowed', policy.table, asker),
    role,
    fields: Object.freeze([...fields.keys()]),
  }));
}

/** Tells on `fieldseal:audit` that a read was denied, and why. */
export function tellDenied(table: Table, reason: DenialReason, asker: AuditedAsker): void {
  publish('fieldseal:audit', () => ({ ...aboutRead('read-denied', table, asker), reason }));
}

function aboutRead(action: AuditEvent['action'], table: Table, { actorId, purpose }: AuditedAsker): AuditEvent {
  return {
    action,
    time: Date.now(),
    table: table.logicalName,
    ...(actorId !== undefined && { actor: actorId }),
    ...(purpose !== undefined && { purpose }),
  };
}
