// Namespaces that xs:any and xs:anyAttribute let in.
import { attribute } from '../xml/xml.ts';
import type { Node } from './schema.ts';
import type { Namespaces } from './types.ts';

/** XML Schema part 1 §3.10.2. */
export const namespacesOf = ({ element, document }: Node): Namespaces => {
  const value = attribute(element, 'namespace')?.trim() ?? '##any';
  if (value === '##any') return { only: null, not: [] };
  if (value === '##other') return { only: null, not: [...new Set([document.namespace, ''])] };
  const named = value.split(/\s+/).map((each) => {
    if (each === '##targetNamespace') return document.namespace;
    return each === '##local' ? '' : each;
  });
  return { only: named, not: [] };
};
