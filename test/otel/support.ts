import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Providers of the real SDK that keep in memory what they get. */
export interface Telemetry {
  readonly providers: { readonly tracerProvider: BasicTracerProvider; readonly meterProvider: MeterProvider };
  spans(): readonly ReadableSpan[];
  metrics(): Promise<ReadonlyMap<string, MetricData>>;
}

export function telemetry(): Telemetry {
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    providers: { tracerProvider, meterProvider },
    spans: () => spanExporter.getFinishedSpans(),
    async metrics() {
      metricExporter.reset();
      await meterProvider.forceFlush();
      const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(scope => scope.metrics));
      return new Map(all.map(metric => [metric.descriptor.name, metric]));
    },
  };
}

/** The attributes of a metric's series, and how often each was recorded: the sum of a counter, the count of a histogram. */
export function seriesOf(metric: MetricData | undefined): readonly (readonly [attributes: object, count: number])[] {
  if (metric === undefined) return [];
  if (metric.dataPointType === DataPointType.SUM) return metric.dataPoints.map(({ attributes, value }) => [attributes, value]);
  if (metric.dataPointType === DataPointType.HISTOGRAM) return metric.dataPoints.map(({ attributes, value }) => [attributes, value.count]);
  throw new TypeError(`${metric.descriptor.name} is neither a counter nor a histogram`);
}

export function contextManager(): AsyncLocalStorageContextManager {
  return new AsyncLocalStorageContextManager().enable();
}
