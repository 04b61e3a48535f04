// Items as AWS's vectors spell them: a bare string is S, a bare number is N, everything else names its type.
import { isLosslessNumber, parse } from 'lossless-json';

/** Parses JSON and keeps every digit of its numbers. Of members with one name the last counts, as for JSON.parse. */
export function parseVectors(text) {
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue });
}

/** @returns {Record<string, import('@aws-sdk/client-dynamodb').AttributeValue>} */
export function itemOf(json) {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(json) {
  if (typeof json === 'string') return { S: json };
  if (isLosslessNumber(json)) return { N: json.toString() };
  const [[type, content] = [], ...others] = Object.entries(json ?? {});
  if (type === undefined || others.length > 0) throw new TypeError('a vector has a value of no known form');
  return { [type]: contentOf(type, content) };
}

function contentOf(type, content) {
  if (type === 'B') return Buffer.from(content, 'base64');
  if (type === 'BS') return content.map(member => Buffer.from(member, 'base64'));
  if (type === 'N') return String(content);
  if (type === 'NS') return content.map(String);
  if (type === 'L') return content.map(valueOf);
  if (type === 'M') return itemOf(content);
  if (type === 'NULL') return true;
  return content;
}

/** One spelling of equal items: numbers are compared as numbers, sets without order. */
export function comparable(value) {
  if ('N' in value) return { N: normalNumber(value.N) };
  if ('NS' in value) return { NS: value.NS.map(normalNumber).sort() };
  if ('SS' in value) return { SS: [...value.SS].sort() };
  if ('B' in value) return { B: Buffer.from(value.B).toString('base64') };
  if ('BS' in value) return { BS: value.BS.map(member => Buffer.from(member).toString('base64')).sort() };
  if ('L' in value) return { L: value.L.map(comparable) };
  if ('M' in value) return { M: comparableItem(value.M) };
  return value;
}

export function comparableItem(item) {
  return Object.fromEntries(
    Object.entries(item)
      .map(([name, value]) => [name, comparable(value)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Digits and exponent without zeros at the ends; independent of the library's own normalisation. */
function normalNumber(text) {
  const [, sign, whole, fraction = '', exponent = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  let digits = BigInt(whole + fraction || '0');
  let power = Number(exponent) - fraction.length;
  if (digits === 0n) return '0';
  while (digits % 10n === 0n) {
    digits /= 10n;
    power += 1;
  }
  return `${sign === '-' ? '-' : ''}${digits}e${power}`;
}
