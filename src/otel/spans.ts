import { type Attributes, context, type HrTime, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { AuditEvent, Timed } from '../diagnostics/events.ts';
import type { Listeners } from '../diagnostics/subscribe.ts';

/**
 * Spans of what has ended: their parent is the span that is active where it was asked for, so that a call of KMS stands beside the
 * encryption that it is for. What an auditor wants to know becomes an event of the active span.
 */
export function spanListeners(tracer: Tracer): Listeners {
  return {
    'fieldseal:encrypt': event =>
      record(tracer, 'fieldseal.encrypt', SpanKind.INTERNAL, event, {
        'fieldseal.table': event.table,
        'fieldseal.algorithm_suite': event.algorithmSuiteId,
        'fieldseal.encrypted_attributes': event.encryptedAttributes,
        'fieldseal.signed_attributes': event.signedAttributes,
        'fieldseal.key_ids': [...event.keyIds],
      }),
    'fieldseal:decrypt': event =>
      record(tracer, 'fieldseal.decrypt', SpanKind.INTERNAL, event, {
        'fieldseal.table': event.table,
        'fieldseal.algorithm_suite': event.algorithmSuiteId,
        'fieldseal.decrypted_attributes': event.decryptedAttributes,
        'fieldseal.signed_attributes': event.signedAttributes,
        'fieldseal.key_ids': [...event.keyIds],
      }),
    'fieldseal:kms': event =>
      record(tracer, `fieldseal.kms.${event.operation}`, SpanKind.CLIENT, event, {
        'fieldseal.kms.operation': event.operation,
        'fieldseal.kms.key_id': event.keyId,
        'fieldseal.branch_key.id': event.branchKeyId,
      }),
    'fieldseal:audit': addToActiveSpan,
  };
}

function record(tracer: Tracer, name: string, kind: SpanKind, { startTime, durationMs, error }: Timed, attributes: Attributes): void {
  const options = { kind, startTime: hrTime(startTime), attributes: known({ ...attributes, 'error.type': error }) };
  const span = tracer.startSpan(name, options, context.active());
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end(hrTime(startTime + durationMs));
}

function addToActiveSpan({ action, time, keyStore, branchKeyId, version, table, keyIds }: AuditEvent): void {
  const attributes = known({
    'fieldseal.audit.action': action,
    'fieldseal.key_store': keyStore,
    'fieldseal.branch_key.id': branchKeyId,
    'fieldseal.branch_key.version': version,
    'fieldseal.table': table,
    'fieldseal.key_ids': keyIds && [...keyIds],
  });
  const span = trace.getActiveSpan();
  if (span?.isRecording()) span.addEvent('fieldseal.audit', attributes, hrTime(time));
}

/** SDKs keep attributes that are undefined, and exporters send something for them. */
function known(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

/** A plain number would be read as one of `performance.now()` when the clock was put back. */
function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.floor((ms % 1000) * 1e6)];
}
