import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { MOST_LEVELS } from '../serialize.ts';

/**
 * The strings of a value, and those inside it: of lists, maps and string sets. `with names`: the names of map members as well. What is deeper than
 * DynamoDB stores is left out.
 */
export function textsIn(value: AttributeValue, names: 'with names' | 'values only'): string[] {
  const texts: string[] = [];
  const visit = (inner: unknown, level: number): void => {
    if (typeof inner !== 'object' || inner === null || level > MOST_LEVELS) return;
    const { S, SS, L, M } = inner as Partial<Record<'S' | 'SS' | 'L' | 'M', unknown>>; // unsigned values come unchecked
    if (typeof S === 'string') texts.push(S);
    if (Array.isArray(SS)) for (const member of SS) if (typeof member === 'string') texts.push(member);
    if (Array.isArray(L)) for (const element of L) visit(element, level + 1);
    if (typeof M !== 'object' || M === null) return;
    for (const [name, member] of Object.entries(M)) {
      if (names === 'with names') texts.push(name);
      visit(member, level + 1);
    }
  };
  visit(value, 1);
  return texts;
}
