export type { Instrumentation, InstrumentOptions } from './instrument.ts';
export { instrument } from './instrument.ts';
