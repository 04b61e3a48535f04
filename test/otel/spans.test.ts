import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { kms } from 'fieldseal/kms';
import { instrument } from 'fieldseal/otel';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../../src/diagnostics/publish.ts';
import { ann, codeOf, encryptor, flipped, SYMMETRIC, withBytes } from '../security/support.ts';
import { contextManager, type Telemetry, telemetry } from './support.ts';

const fake = new FakeKms();
const { arn } = fake.createKey();
let sdk: Telemetry;
let stop: () => void;

beforeAll(() => {
  context.setGlobalContextManager(contextManager());
});
beforeEach(() => {
  sdk = telemetry();
  stop = instrument(sdk.providers).stop;
});
afterEach(() => {
  stop();
  fake.reset();
});
afterAll(async () => {
  context.disable();
  await fake.close();
});

const underKms = (): ReturnType<typeof encryptor> =>
  encryptor({ keyring: kms({ kmsKeyId: arn, kmsClient: fake.client({ maxAttempts: 1 }) }) });
const msOf = ([seconds, nanos]: [number, number]): number => seconds * 1000 + nanos / 1e6;

/** Does work inside a span of its own, as an application would. */
async function insideSpan<T>(work: (span: Span) => Promise<T>): Promise<T> {
  return sdk.providers.tracerProvider.getTracer('application').startActiveSpan('handler', async span => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}

describe('a span', () => {
  it('for an encryption and a decryption, with counts, suite and keys', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    await decryptAttributes(await encryptAttributes(ann));
    const attributes = {
      'fieldseal.table': 'users',
      'fieldseal.algorithm_suite': SYMMETRIC,
      'fieldseal.signed_attributes': 4,
      'fieldseal.key_ids': ['test'],
    };
    expect(sdk.spans().map(({ name, kind, status, attributes: given }) => ({ name, kind, status, given }))).toEqual([
      {
        name: 'fieldseal.encrypt',
        kind: SpanKind.INTERNAL,
        status: { code: SpanStatusCode.UNSET },
        given: { ...attributes, 'fieldseal.encrypted_attributes': 2 },
      },
      {
        name: 'fieldseal.decrypt',
        kind: SpanKind.INTERNAL,
        status: { code: SpanStatusCode.UNSET },
        given: { ...attributes, 'fieldseal.decrypted_attributes': 2 },
      },
    ]);
  });

  it('for a call of KMS, with operation and key', async () => {
    await underKms().encryptAttributes(ann);
    const span = sdk.spans().find(({ kind }) => kind === SpanKind.CLIENT);
    expect(span).toMatchObject({
      name: 'fieldseal.kms.GenerateDataKey',
      attributes: { 'fieldseal.kms.operation': 'GenerateDataKey', 'fieldseal.kms.key_id': arn },
    });
  });

  it('begins and ends when the work did', async () => {
    using _slow = fake.fail({ latencyMs: 50 });
    const before = Date.now();
    await underKms().encryptAttributes(ann);
    for (const { startTime, endTime } of sdk.spans()) {
      expect(msOf(startTime)).toBeGreaterThanOrEqual(before);
      expect(msOf(endTime) - msOf(startTime)).toBeGreaterThan(45);
      expect(msOf(endTime)).toBeLessThanOrEqual(Date.now() + 2);
    }
    expect(sdk.spans()).toHaveLength(2);
  });

  it('belongs to the span that is active where the work was asked for, also when several run at once', async () => {
    const { encryptAttributes, decryptAttributes } = underKms();
    const callers = await Promise.all(
      [1, 2, 3].map(() =>
        insideSpan(async span => {
          await decryptAttributes(await encryptAttributes(ann));
          return span.spanContext();
        }),
      ),
    );
    for (const { traceId, spanId } of callers) {
      const children = sdk.spans().filter(span => span.parentSpanContext?.spanId === spanId);
      expect(children.map(({ name }) => name).sort()).toEqual([
        'fieldseal.decrypt',
        'fieldseal.encrypt',
        'fieldseal.kms.Decrypt',
        'fieldseal.kms.GenerateDataKey',
      ]);
      expect(children.every(child => child.spanContext().traceId === traceId)).toBe(true);
    }
  });

  it('of what failed has the code as its status, and no more', async () => {
    const { encryptAttributes, decryptAttributes } = underKms();
    const stored = await encryptAttributes(ann);
    await codeOf(() => decryptAttributes(withBytes(stored, 'ssn', bytes => flipped(bytes, 5))));
    using _fault = fake.fail({ error: 'access-denied' });
    await codeOf(() => decryptAttributes(stored));
    const failed = sdk.spans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ name, status, attributes, events }) => [name, status.message, attributes['error.type'], events])).toEqual([
      ['fieldseal.decrypt', 'NOT_AUTHENTIC', 'NOT_AUTHENTIC', []],
      ['fieldseal.kms.Decrypt', 'KEY_ACCESS_DENIED', 'KEY_ACCESS_DENIED', []],
      ['fieldseal.decrypt', 'KEY_ACCESS_DENIED', 'KEY_ACCESS_DENIED', []],
    ]);
  });
});

describe('what an auditor wants to know', () => {
  const rotated = { action: 'key-rotated', time: Date.now(), keyStore: 'store', branchKeyId: 'b-1', version: 'v-2' } as const;

  it('is an event of the active span', async () => {
    await insideSpan(async () => publish('fieldseal:audit', () => rotated));
    expect(sdk.spans().map(({ name, events }) => [name, events.map(event => [event.name, event.attributes])])).toEqual([
      [
        'handler',
        [
          [
            'fieldseal.audit',
            {
              'fieldseal.audit.action': 'key-rotated',
              'fieldseal.key_store': 'store',
              'fieldseal.branch_key.id': 'b-1',
              'fieldseal.branch_key.version': 'v-2',
            },
          ],
        ],
      ],
    ]);
  });

  it('is no span where none is active', () => {
    publish('fieldseal:audit', () => rotated);
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(sdk.spans()).toEqual([]);
  });
});
