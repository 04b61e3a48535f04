import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { fieldsealMatchers } from 'fieldseal/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { ann, FORMS, fakeKms, SSN, storedUser } from './stored-items.ts';

expect.extend(fieldsealMatchers);
afterAll(() => fakeKms.close());

const BYTES = Buffer.from(SSN);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe.each(FORMS)('toContainNoPlaintext of %s', (_, form) => {
  it.each<[string, unknown]>([
    ['a text', SSN],
    ['part of a text', `SSN: ${SSN}.`],
    ['bytes', BYTES],
    ['a slice of bytes', Buffer.concat([Buffer.of(1, 2), BYTES, Buffer.of(3)]).subarray(1)],
    ['base64', base64(SSN)],
    ['base64 that begins before it', base64(`x${SSN}`)],
    ['base64 that begins two bytes before it', base64(`xy${SSN}`)],
    ['base64 inside a text', `data:text/plain;base64,${base64(`SSN ${SSN}`)}`],
    ['base64 for URLs', Buffer.from(`???${SSN}`).toString('base64url')],
    ['hexadecimal digits', `0x${BYTES.toString('hex').toUpperCase()}`],
    ['bytes that are base64', Buffer.from(base64(SSN))],
    ['JSON', JSON.stringify({ ssn: SSN })],
    ['a list', ['a', [SSN]]],
    ['a map', { deep: { er: SSN } }],
    ['the name of a member', { [SSN]: true }],
    ['a set', new Set(['a', SSN])],
    ['a set of bytes', new Set([BYTES])],
  ])('finds it in %s', (_name, value) => {
    const item = form({ id: 'u-1', held: value });
    expect(item).not.toContainNoPlaintext(SSN);
    expect(item).not.toContainNoPlaintext(BYTES);
    expect(() => expect(item).toContainNoPlaintext(SSN)).toThrow('the marker is found in attribute "held" of the item');
    expect(() => expect({ Items: [{ id: 'x' }, item] }).toContainNoPlaintext(SSN)).toThrow('of the item at Items[1]');
    expect(item).toContainNoPlaintext('078-05-1121');
    expect(() => expect(item).not.toContainNoPlaintext('078-05-1121')).toThrow('the marker is found nowhere');
  });

  it('finds nothing in what is encrypted', async () => {
    const stored = form(await storedUser({ ...ann, note: 'likes Ωmega' }));
    expect(stored).toContainNoPlaintext(SSN, BYTES, 'likes', 'Ωmega');
    expect({ Item: stored, $metadata: {} }).toContainNoPlaintext(SSN);
    expect(stored).not.toContainNoPlaintext('aws_dbe_head');
  });

  it('numbers', () => {
    const item = form({ id: 'u-1', salary: 123456, deep: [{ year: 1980 }] });
    expect(item).not.toContainNoPlaintext(123456, 1980, 123456n);
    expect(item).toContainNoPlaintext(654321);
  });

  it('after .not, each marker must be found', () => {
    const item = form({ id: 'user-1', ssn: SSN });
    expect(item).not.toContainNoPlaintext(SSN, 'user-1');
    expect(() => expect(item).not.toContainNoPlaintext(SSN, 'user-2')).toThrow('marker 2 is found nowhere');
    expect(() => expect(item).toContainNoPlaintext('user-2', SSN)).toThrow('marker 2 is found in attribute "ssn" of the item');
  });

  it('texts in another case, and in their written forms', () => {
    expect(form({ id: 'a', gsi: 'ANN@EXAMPLE.COM' })).not.toContainNoPlaintext('ann@example.com');
    expect(form({ id: 'a', url: 'https://x?m=ann%40example.com' })).not.toContainNoPlaintext('ann@example.com');
    expect(form({ id: 'a', json: JSON.stringify('say "hi"\n') })).not.toContainNoPlaintext('say "hi"\n');
  });
});

describe('toContainNoPlaintext', () => {
  it('looks at Maps, at texts and bytes alone, at errors, and into what contains itself', () => {
    expect(new Map([['a', new Map([['b', SSN]])]])).not.toContainNoPlaintext(SSN);
    expect(new Map([[SSN, 1]])).not.toContainNoPlaintext(SSN);
    expect(`log line: ${SSN}`).not.toContainNoPlaintext(SSN);
    expect(BYTES).not.toContainNoPlaintext(SSN);
    expect(new Uint8Array(BYTES).buffer).not.toContainNoPlaintext(SSN);
    expect(new Error(`no ${SSN}`)).not.toContainNoPlaintext(SSN);
    expect(new Error('no', { cause: { ssn: SSN } })).not.toContainNoPlaintext(SSN);
    expect(['a', `log ${SSN}`]).not.toContainNoPlaintext(SSN);
    const ring: Record<string, unknown> = { id: 'u-1' };
    ring.self = ring;
    expect(ring).toContainNoPlaintext(SSN);
  });

  it('looks at everything else of a request', () => {
    const put = new PutCommand({ TableName: 'users', Item: { id: 'u-1' }, ExpressionAttributeValues: { ':ssn': SSN } });
    expect(() => expect(put).toContainNoPlaintext(SSN)).toThrow('found in ExpressionAttributeValues');
    const update = new UpdateCommand({ TableName: 'users', Key: { id: 'u-1' }, ExpressionAttributeValues: { ':ssn': SSN } });
    expect(() => expect(update).toContainNoPlaintext(SSN)).toThrow('attribute "ExpressionAttributeValues"');
  });

  it('repeats neither a marker nor a name that holds one', () => {
    let message = '';
    try {
      expect({ id: 'u-1', [`x-${SSN}`]: SSN, other: { [SSN]: SSN } }).toContainNoPlaintext(SSN);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(
      'the names of the attributes of the item, an attribute of the item with a marker in its name, attribute "other"',
    );
    expect(message).toContainNoPlaintext(SSN);
  });

  it('is not content with nothing', () => {
    for (const received of [{ $metadata: {} }, { Items: [], Count: 0 }, [], {}]) {
      expect(() => expect(received).toContainNoPlaintext(SSN)).toThrow('there is no item');
      expect(() => expect(received).not.toContainNoPlaintext(SSN)).toThrow('there is no item');
    }
  });

  it('refuses markers that would be found by chance, and none', () => {
    const refused = expect.objectContaining({ code: 'INPUT_INVALID' });
    for (const markers of [[], ['abc'], [12], [new Uint8Array(3)], [SSN, '']]) {
      expect(() => expect(ann).toContainNoPlaintext(...markers)).toThrow(refused);
      expect(() => expect(ann).not.toContainNoPlaintext(...markers)).toThrow(refused);
    }
    // The types refuse this; plain JavaScript does not.
    expect(() => expect(ann).toContainNoPlaintext({} as string)).toThrow(refused);
  });
});
