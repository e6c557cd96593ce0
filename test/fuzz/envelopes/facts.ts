// What a whole document says of a call: SOAP 1.1 §4, SOAP 1.2 part 1 §5, WS-Addressing 1.0 §3.
import { addressingNamespaces, securityNamespaces, sessionNamespaces } from '../../../adapters/soap/namespaces.ts';
import { soap11, soap12 } from './envelope-case.ts';
import type { Element } from './full-read.ts';

export interface Facts {
  readonly version: '1.1' | '1.2';
  /** `{namespace}local` of the first child of Body. */
  readonly child: string | null;
  readonly actions: readonly string[];
  readonly session: boolean;
  readonly header: boolean;
  readonly texts: ReadonlyMap<string, string>;
  readonly username: string | null;
}

/** Null: this is no envelope, or one that two readers may read in two ways. */
export const factsOf = (root: Element): Facts | null => {
  const version = root.ns === soap11 ? '1.1' : root.ns === soap12 ? '1.2' : null;
  if (version === null || root.local !== 'Envelope') return null;
  const parts = only(root);
  const header = parts?.[0]?.local === 'Header' ? parts[0] : null;
  const [body, ...more] = parts?.slice(header === null ? 0 : 1) ?? [];
  if (body === undefined || body.local !== 'Body' || more.length > 0) return null;
  if (body.ns !== root.ns || (header !== null && header.ns !== root.ns)) return null;
  const [blocks, children] = [header === null ? [] : only(header), only(body)];
  if (blocks === null || children === null || children.length > 1) return null;
  const actions = blocks.filter(({ ns, local }) => local === 'Action' && addressingNamespaces.has(ns));
  if (actions.some((action) => !isLeaf(action))) return null;
  const [child] = children;
  return {
    version,
    child: child === undefined ? null : child.ns === '' ? child.local : `{${child.ns}}${child.local}`,
    actions: [...new Set(actions.map(textOf).filter((text) => text !== ''))],
    session: blocks.flatMap(all).some(({ ns }) => sessionNamespaces.has(ns)),
    header: blocks.length > 0,
    texts: textsOf(blocks),
    username: usernameOf(blocks),
  };
};

const elements = ({ children }: Element): readonly Element[] => children.filter((child) => typeof child !== 'string');
const isLeaf = (element: Element): boolean => elements(element).length === 0;
const textOf = ({ children }: Element): string =>
  children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim();
const all = (element: Element): readonly Element[] => [element, ...elements(element).flatMap(all)];

/** The elements in one that has no text of its own; null where it has. */
const only = (element: Element): readonly Element[] | null =>
  element.children.some((child) => typeof child === 'string' && /[^ \t\r\n]/.test(child)) ? null : elements(element);

const textsOf = (blocks: readonly Element[]): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  for (const leaf of blocks.flatMap((block) => (isLeaf(block) ? [block] : elements(block).filter(isLeaf)))) {
    const text = textOf(leaf);
    if (text !== '' && !texts.has(leaf.local)) texts.set(leaf.local, text);
  }
  return texts;
};

const usernameOf = (blocks: readonly Element[]): string | null => {
  const isOf = (local: string) => (element: Element) => element.local === local && securityNamespaces.has(element.ns);
  const tokens = blocks.filter(isOf('Security')).flatMap(elements).filter(isOf('UsernameToken'));
  const names = tokens.flatMap(elements).filter((element) => element.local === 'Username' && isLeaf(element));
  return names.map(textOf).find((text) => text !== '') ?? null;
};
