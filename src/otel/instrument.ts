import { diag, type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { quoted } from '../bytes/quoted.ts';
import { listen } from '../diagnostics/subscribe.ts';
import { FieldsealError } from '../errors.ts';
import { type Instruments, instrumentsOf, metricListeners } from './metrics.ts';
import { spanListeners } from './spans.ts';

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /** Who gets the spans. Default: the global one, also when it is registered later. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Who gets the metrics. Default: the global one, also when it is registered later. */
  readonly meterProvider?: MeterProvider | undefined;
}

/** What {@link instrument} returns. */
export interface Instrumentation extends Disposable {
  /** Ends it; what was recorded stays with the providers. May be called again. */
  stop(): void;
}

const SCOPE = 'fieldseal';
const OPTIONS: Readonly<Record<keyof InstrumentOptions, true>> = { tracerProvider: true, meterProvider: true };

const running = new Set<InstrumentOptions>();

/**
 * Records spans and metrics of everything that this process encrypts and decrypts, until `stop()`. Values never become part of them, and ids of
 * keys only of spans. Called again for the same provider, it records everything twice, and says so to OpenTelemetry's `diag` logger. Throws
 * CONFIG_INVALID for an option that there is not.
 */
export function instrument(options: InstrumentOptions = {}): Instrumentation {
  refuseUnknownOptions(options);
  warnOfDoubles(options);
  const own = { ...options };
  running.add(own);
  const { tracerProvider = trace.getTracerProvider() } = own;
  const spans = listen(spanListeners(tracerProvider.getTracer(SCOPE)), notRecorded);
  const measures = listen(metricListeners(latestInstruments(own.meterProvider)), notRecorded);
  const stop = (): void => {
    spans();
    measures();
    running.delete(own);
  };
  return Object.freeze({ stop, [Symbol.dispose]: stop });
}

/** Tracers follow the global provider by themselves; meters stay with the one that made them. */
function latestInstruments(given: MeterProvider | undefined): () => Instruments {
  let provider: MeterProvider | undefined;
  let instruments: Instruments | undefined;
  return () => {
    const current = given ?? metrics.getMeterProvider();
    if (instruments === undefined || provider !== current) instruments = instrumentsOf(current.getMeter(SCOPE));
    provider = current;
    return instruments;
  };
}

function warnOfDoubles({ tracerProvider, meterProvider }: InstrumentOptions): void {
  const doubled = [...running].some(other => other.tracerProvider === tracerProvider || other.meterProvider === meterProvider);
  if (doubled) diag.warn('fieldseal/otel: instrument() is in force for this provider already; everything will be recorded twice');
}

function notRecorded(error: unknown): void {
  diag.error('fieldseal/otel: an event could not be recorded', error);
}

function refuseUnknownOptions(options: object): void {
  const unknown = Object.keys(options).find(name => !Object.hasOwn(OPTIONS, name));
  if (unknown === undefined) return;
  throw new FieldsealError(
    'CONFIG_INVALID',
    `instrument: there is no option ${quoted(unknown)}; there are ${Object.keys(OPTIONS).join(', ')}`,
  );
}
