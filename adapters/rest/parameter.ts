// Text of a path, query or header parameter → the value that its member has in JSON.
import type { Json } from '../adapter.ts';
import type { SoapOperation } from '../soap/contract/contract.ts';
import { Misfit } from '../soap/contract/values/misfit.ts';
import { textCodec } from '../soap/contract/values/simple.ts';
import { leafSlots, listItem, type SimpleType } from '../soap/contract/schema/types.ts';

export interface ParameterType {
  readonly type: SimpleType;
  /** A list in JSON: the parameter may be repeated. */
  readonly repeats: boolean;
}

/** The type of an input's member, if it can stand in a parameter; null: it is a structure, or not known. */
export const memberOf = ({ input }: Pick<SoapOperation, 'input'>, name: string): ParameterType | null => {
  if (input === null) return null;
  if (input.type.kind === 'simple') return { type: input.type, repeats: false };
  const { content } = input.type;
  const member = content.is === 'members' ? leafSlots(content.slots).find(({ key }) => key === name) : undefined;
  if (member?.is !== 'member') return null;
  const { type } = member;
  if (type.kind === 'simple') return { type, repeats: member.max > 1 };
  const item = member.max > 1 ? null : listItem(type);
  return item?.type.kind === 'simple' ? { type: item.type, repeats: true } : null;
};

/** Throws Misfit. */
export const parameterValue = (declared: ParameterType | null, texts: readonly string[]): Json => {
  if (declared === null) throw new Misfit('a structure, which cannot be a parameter');
  // What is empty here is no empty element: no default stands for it.
  const codec = textCodec({ ...declared.type, whenEmpty: null });
  const valueOf = (text: string): Json => {
    if (codec.nameIn === null) return codec.read(text, null);
    // Names stand in parameters as they do in JSON, for prefixes mean nothing there.
    codec.nameIn(text);
    return text;
  };
  if (declared.repeats) return texts.map(valueOf);
  const [text = '', second] = texts;
  if (second !== undefined) throw new Misfit('found twice; expected once');
  return valueOf(text);
};
