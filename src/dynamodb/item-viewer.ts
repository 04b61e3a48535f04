import { tellAllowed, tellDenied } from '../access/audit.ts';
import { denied } from '../access/denied.ts';
import { type Asker, type Decision, type Denial, decide, isDenial, preCheck } from '../access/policy/decide.ts';
import { type ActorOf, type AnyPolicy, type PurposeOf, rulesOf } from '../access/policy/policy.ts';
import type { AnyView } from '../access/view/view.ts';
import { viewOf } from '../access/view/view-of.ts';
import type { DenialReason } from '../diagnostics/events.ts';
import { FieldsealError } from '../errors.ts';
import type { NativeItem } from '../schema/native-item.ts';
import { decodeAfterRead } from '../schema/validate.ts';
import { type AttributeMap, requireItem } from './attribute-value.ts';
import { isEncrypted } from './item.ts';
import { toAttributes, toNatives } from './native.ts';
import { notEncrypted, type TableCipherOptions, tableCipher } from './table-cipher.ts';
import type { TranslateOptions } from './validate-attributes.ts';

/** Options of {@link itemViewer}. */
export interface ItemViewerOptions<P extends AnyPolicy> extends Omit<TableCipherOptions, 'plaintextOverride'> {
  readonly policy: P;
  /** As the document client takes them in `translateConfig`. */
  readonly translate?: TranslateOptions;
  /** An id of an actor for the audit: no name, no address. */
  readonly actorId?: (actor: ActorOf<P>) => string | undefined;
}

/** Who looks at an item, and what for. */
export interface Looking<P extends AnyPolicy> {
  readonly actor: ActorOf<P>;
  /** Required where the policy has `purposes`. */
  readonly purpose?: PurposeOf<P>;
}

/** Opens single items for actors, under a policy. */
export interface ItemViewer<P extends AnyPolicy> extends Disposable {
  /**
   * What the actor sees of an item that was read with the document client, or encrypted by an item encryptor. The policy's `preCheck` comes before any
   * key is used; `classify` decides on what is verified and in clear; only then are the attributes decrypted that the role sees, and no others.
   * Throws ACCESS_DENIED, the same for every reason; NOT_ENCRYPTED for an item that nobody signed; and what decryption throws.
   */
  readonly viewItem: (item: object, looking: Looking<P>) => Promise<AnyView<P>>;
  readonly dispose: () => void;
}

/** Applies a policy to items, without a database. Throws CONFIG_INVALID or KEYRING_REFUSED. */
export function itemViewer<P extends AnyPolicy>({ policy, translate = {}, actorId, ...options }: ItemViewerOptions<P>): ItemViewer<P> {
  const rules = rulesOf(policy);
  const { table } = rules;
  const cipher = tableCipher(table, options);
  if (actorId !== undefined && typeof actorId !== 'function') throw new FieldsealError('CONFIG_INVALID', 'actorId must be a function');

  const decoded = (attributes: AttributeMap): NativeItem => decodeAfterRead(table, toNatives(attributes, translate));
  const keyNames = [table.structure.partitionKeyName, table.structure.sortKeyName];

  async function viewItem(given: object, looking: Looking<P>): Promise<AnyView<P>> {
    const item = toAttributes(requireItem(given), translate);
    const { actor, purpose }: Partial<Looking<P>> = looking ?? {}; // read once: a caller may use one object for several calls
    const asker: Asker = { actor, purpose };
    const isKnown = purpose !== undefined && rules.purposes?.has(purpose) === true;
    const audited = { actorId: idOf(actor), ...(isKnown && { purpose }) };
    const refuse = (reason: DenialReason): FieldsealError => {
      tellDenied(table, reason, audited);
      return denied();
    };
    const decideOn = (verified: AttributeMap): Decision | Denial => {
      try {
        return decide(rules, asker, decoded(verified));
      } catch {
        return { denied: 'classify-failed' }; // a codec failed: whoever has no role must not learn that
      }
    };
    const key = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
    const refused = preCheck(rules, asker, decoded(key));
    if (refused !== undefined) throw refuse(refused.denied);
    if (!isEncrypted(item)) throw notEncrypted(table);
    let decision: Decision | undefined;
    const { item: opened } = await cipher.open(item, verified => {
      const verdict = decideOn(verified);
      if (isDenial(verdict)) throw refuse(verdict.denied);
      decision = verdict;
      return verdict.wanted;
    });
    if (decision === undefined) throw refuse('no-role'); // open() asks, or throws
    const view = viewOf(decision, decoded(opened));
    tellAllowed(decision, audited);
    return view as AnyView<P>; // the decision is that of the policy whose type P is
  }

  function idOf(actor: ActorOf<P> | undefined): string | undefined {
    try {
      const id: unknown = actor === undefined ? undefined : actorId?.(actor);
      if (id instanceof Promise) id.catch(() => undefined); // no id, and no rejection that nobody handles
      return typeof id === 'string' ? id : undefined;
    } catch {
      return undefined; // the audit goes on without it
    }
  }

  const dispose = (): void => cipher.setup.signingKeys.dispose();
  return Object.freeze({ viewItem, dispose, [Symbol.dispose]: dispose });
}
