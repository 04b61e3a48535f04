import { type DiagLogger, DiagLogLevel, diag, metrics, trace } from '@opentelemetry/api';
import { instrument } from 'fieldseal/otel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ann, codeOf, encryptor } from '../security/support.ts';
import { seriesOf, type Telemetry, telemetry } from './support.ts';

const logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn(), verbose: vi.fn() } satisfies DiagLogger;

beforeEach(() => {
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
});
afterEach(() => {
  vi.clearAllMocks();
  diag.disable();
  trace.disable();
  metrics.disable();
});

async function operationsOf(sdk: Telemetry): Promise<number> {
  return seriesOf((await sdk.metrics()).get('fieldseal.operation.duration')).reduce((sum, [, count]) => sum + count, 0);
}

describe('instrument()', () => {
  it('ends with stop(), which may be called again, and with its block', async () => {
    const sdk = telemetry();
    const { encryptAttributes } = encryptor();
    const instrumentation = instrument(sdk.providers);
    await encryptAttributes(ann);
    instrumentation.stop();
    instrumentation.stop();
    await encryptAttributes(ann);
    {
      using _inForce = instrument(sdk.providers);
      await encryptAttributes(ann);
    }
    await encryptAttributes(ann);
    expect(sdk.spans()).toHaveLength(2);
    expect(await operationsOf(sdk)).toBe(2);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('uses the global providers, also those that are registered after it', async () => {
    using _inForce = instrument();
    const { encryptAttributes } = encryptor();
    await encryptAttributes(ann);
    const sdk = telemetry();
    trace.setGlobalTracerProvider(sdk.providers.tracerProvider);
    metrics.setGlobalMeterProvider(sdk.providers.meterProvider);
    await encryptAttributes(ann);
    expect(sdk.spans()).toHaveLength(1);
    expect(await operationsOf(sdk)).toBe(1);
  });

  it('records for each pair of providers that it is given', async () => {
    const [one, other] = [telemetry(), telemetry()];
    using _first = instrument(one.providers);
    using _second = instrument(other.providers);
    await encryptor().encryptAttributes(ann);
    expect([one.spans().length, other.spans().length]).toEqual([1, 1]);
    expect([await operationsOf(one), await operationsOf(other)]).toEqual([1, 1]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('says so when it is called twice for the same provider, and records twice', async () => {
    const sdk = telemetry();
    using _first = instrument(sdk.providers);
    using _second = instrument(sdk.providers);
    await encryptor().encryptAttributes(ann);
    expect(sdk.spans()).toHaveLength(2);
    expect(await operationsOf(sdk)).toBe(2);
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('twice'));
  });

  it('breaks nothing when a provider throws, and says so', async () => {
    const sdk = telemetry();
    const fail = (): never => {
      throw new Error('a mistake of the provider');
    };
    using _inForce = instrument({
      ...sdk.providers,
      tracerProvider: { getTracer: () => ({ startSpan: fail, startActiveSpan: fail }) },
    } as never);
    const { encryptAttributes, decryptAttributes } = encryptor();
    expect(await decryptAttributes(await encryptAttributes(ann))).toEqual(ann);
    expect(logger.error).toHaveBeenCalledTimes(2);
    expect(await operationsOf(sdk)).toBe(2);
  });

  it('refuses an option that there is not', async () => {
    expect(await codeOf(() => instrument({ traceProvider: telemetry().providers.tracerProvider } as never))).toBe('CONFIG_INVALID');
  });
});
