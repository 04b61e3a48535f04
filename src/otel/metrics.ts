import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { Timed } from '../diagnostics/events.ts';
import type { Listeners } from '../diagnostics/subscribe.ts';

/** The metrics. A histogram counts, too: there is no counter beside it. */
export interface Instruments {
  readonly operations: Histogram;
  readonly kmsCalls: Histogram;
  readonly cacheEvents: Counter;
  readonly cacheFetches: Histogram;
  readonly auditEvents: Counter;
}

/** From a tenth of a millisecond, for an item under a cached key, to calls that wait for a service. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the metrics of a meter. */
export function instrumentsOf(meter: Meter): Instruments {
  const durations = (name: string, description: string): Histogram =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } });
  const events = (name: string, description: string): Counter => meter.createCounter(name, { description, unit: '{event}' });
  return {
    operations: durations(
      'fieldseal.operation.duration',
      'Duration of the encryption or decryption of an item, calls for its keys included',
    ),
    kmsCalls: durations('fieldseal.kms.duration', 'Duration of a call of KMS, repetitions by the SDK included'),
    cacheEvents: events('fieldseal.cache.events', 'What the caches of keys did: hits, misses, evictions'),
    cacheFetches: durations('fieldseal.cache.fetch.duration', 'Duration of a fetch for a cache of keys'),
    auditEvents: events('fieldseal.audit.events', 'Creation, rotation and removal of keys, and what else an auditor wants to know'),
  };
}

/**
 * Records events. Their attributes are names that a configuration has few of: an id of a branch key, or of a KMS key that an item names, would
 * be a time series each.
 */
export function metricListeners(current: () => Instruments): Listeners {
  return {
    'fieldseal:encrypt': event =>
      recordDuration(current().operations, event, { 'fieldseal.operation': 'encrypt', 'fieldseal.table': event.table }),
    'fieldseal:decrypt': event =>
      recordDuration(current().operations, event, { 'fieldseal.operation': 'decrypt', 'fieldseal.table': event.table }),
    'fieldseal:kms': event => recordDuration(current().kmsCalls, event, { 'fieldseal.kms.operation': event.operation }),
    'fieldseal:cache': event => {
      const { cacheEvents, cacheFetches } = current();
      const { cache, action, keyring, durationMs, error } = event;
      const attributes: Attributes = {
        'fieldseal.cache.name': cache,
        'fieldseal.cache.action': action,
        'fieldseal.cache.keyring': keyring,
      };
      cacheEvents.add(1, withError(attributes, error));
      if (durationMs !== undefined) recordDuration(cacheFetches, { durationMs, error }, attributes);
    },
    'fieldseal:audit': ({ action, table, keyStore }) =>
      current().auditEvents.add(1, {
        'fieldseal.audit.action': action,
        ...(table !== undefined && { 'fieldseal.table': table }),
        ...(keyStore !== undefined && { 'fieldseal.key_store': keyStore }),
      }),
  };
}

function recordDuration(histogram: Histogram, { durationMs, error }: Ended, attributes: Attributes): void {
  histogram.record(durationMs / 1000, withError(attributes, error));
}

interface Ended {
  readonly durationMs: number;
  readonly error?: Timed['error'] | undefined;
}

function withError(attributes: Attributes, error: Timed['error'] | undefined): Attributes {
  return error === undefined ? attributes : { ...attributes, 'error.type': error };
}
