// Every name under which a contract's operations may be called.
import { expanded } from '../xml/qname.ts';
import type { Names } from '../../names.ts';
import type { WsdlOperation } from './wsdl.ts';

/** Names of all operations, translatable or not. */
export const namesOf = (operations: readonly WsdlOperation[]): Names => {
  const actions = new Map<string, string[]>();
  const elements = new Map<string, string[]>();
  const bodiless: string[] = [];
  for (const { name, input, actions: own } of operations) {
    for (const action of own.flatMap(spellings)) add(actions, action, name);
    if (input.element === null) bodiless.push(name);
    else add(elements, expanded(input.element), name);
  }
  return { actions, elements, bodiless: [...new Set(bodiless)] };
};

/** Calls are percent-decoded once: a client that does not encode then shows the decoded name, one that does the name itself. */
const spellings = (action: string): string[] => {
  if (!action.includes('%')) return [action];
  try {
    return [action, decodeURIComponent(action)];
  } catch {
    return [action];
  }
};

const add = (to: Map<string, string[]>, key: string, name: string): void => {
  const names = to.get(key) ?? [];
  if (!names.includes(name)) names.push(name);
  to.set(key, names);
};
