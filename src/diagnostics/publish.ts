import { type Channel, channel } from 'node:diagnostics_channel';
import { isFieldsealError } from '../errors.ts';
import type { DiagnosticsEvents, EventErrorCode, Timed } from './events.ts';

/** Names of the channels, as `node:diagnostics_channel` takes them. */
export type DiagnosticsChannel = keyof DiagnosticsEvents;

/** The channels whose events have a start and a duration. */
export type TimedChannel = { [C in DiagnosticsChannel]: DiagnosticsEvents[C] extends Timed ? C : never }[DiagnosticsChannel];

/** Looked up once: whether anybody listens is then a property, asked for every item. */
const CHANNELS: Readonly<Record<DiagnosticsChannel, Channel>> = {
  'fieldseal:encrypt': channel('fieldseal:encrypt'),
  'fieldseal:decrypt': channel('fieldseal:decrypt'),
  'fieldseal:kms': channel('fieldseal:kms'),
  'fieldseal:cache': channel('fieldseal:cache'),
  'fieldseal:audit': channel('fieldseal:audit'),
};

/** Publishes what `event` makes; nothing is made while nobody listens. */
export function publish<C extends DiagnosticsChannel>(name: C, event: () => DiagnosticsEvents[C]): void {
  if (CHANNELS[name].hasSubscribers) CHANNELS[name].publish(Object.freeze(event()));
}

/** What is told of work beside its times: made from its result, or from undefined when it failed. Must not throw. */
export type Told<C extends TimedChannel, R> = (result: R | undefined) => Omit<DiagnosticsEvents[C], keyof Timed>;

/**
 * Does `work` and publishes how it ended. While nobody listens it is `work()` and nothing else. `codeOf` names failures whose code the
 * caller decides later; by default it is the code that they have.
 */
export function timed<C extends TimedChannel, R>(
  name: C,
  work: () => Promise<R>,
  event: Told<C, R>,
  codeOf: (error: unknown) => EventErrorCode = ownCode,
): Promise<R> {
  return CHANNELS[name].hasSubscribers ? measured(name, work, event, codeOf) : work();
}

async function measured<C extends TimedChannel, R>(
  name: C,
  work: () => Promise<R>,
  event: Told<C, R>,
  codeOf: (error: unknown) => EventErrorCode,
): Promise<R> {
  const startTime = Date.now();
  const began = performance.now();
  const ended = (result: R | undefined, error?: EventErrorCode): void => {
    const times: Timed = { startTime, durationMs: performance.now() - began, ...(error !== undefined && { error }) };
    publish(name, () => ({ ...event(result), ...times }) as DiagnosticsEvents[C]); // the two halves of the event
  };
  let result: R;
  try {
    result = await work();
  } catch (error) {
    ended(undefined, codeOf(error));
    throw error;
  }
  ended(result);
  return result;
}

function ownCode(error: unknown): EventErrorCode {
  return isFieldsealError(error) ? error.code : 'UNKNOWN';
}
