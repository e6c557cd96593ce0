// rpc/literal: what stands in the Body is no element of a schema. It is named after the operation, its parts are in no namespace.
import { slotsOf } from './slots.ts';
import type { QName } from '../xml/qname.ts';
import type { Schema } from './schema.ts';
import type { DraftGroup } from './simplify.ts';
import type { ElementDeclaration } from './types.ts';
import type { RpcMember } from '../loading/wsdl.ts';

/** WS-I Basic Profile 1.1 §4.7: parts in the order of the message, each there once, none nil. */
export const rpcElement = (name: QName, parts: readonly RpcMember[], schema: Schema): ElementDeclaration => {
  const root: DraftGroup = {
    is: 'group',
    order: 'sequence',
    min: 1,
    max: 1,
    parts: parts.map((part) => ({
      is: 'member',
      name: { ns: '', local: part.name },
      key: part.name,
      min: 1,
      max: 1,
      nillable: false,
      type: schema.type(part.type),
    })),
    items: null,
  };
  const content = { is: 'members', ordered: true, ...slotsOf(root, new Set(), () => undefined) } as const;
  return Object.freeze<ElementDeclaration>({
    name,
    nillable: false,
    type: {
      kind: 'complex',
      name: null,
      abstract: false,
      base: null,
      content,
      attributes: [],
      anyAttribute: null,
      derived: new Map(),
      unsupported: null,
    },
  });
};
