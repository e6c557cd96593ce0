import type { OperationSettings } from '../config/settle.ts';
import type { OperationParts } from './route-parts.ts';

/**
 * May modern be asked in JSON? False for an operation that can only be passed through and is given nothing: it is listed,
 * and legacy answers. Throws where the file gives it something.
 */
export const mayBeAsked = ({ route, operation, settings }: OperationParts): boolean => {
  const { contract, modernIsSoap, protocol } = route;
  const why = contract?.operations.get(operation)?.passThroughOnly ?? null;
  if (why === null || modernIsSoap || protocol === 'rest') return true;
  const given = givenTo(settings);
  if (given === null) return false;
  throw new Error(`${given}, but ${operation} can only be passed through, not answered from JSON: ${why}`);
};

const givenTo = ({ call, points, include }: OperationSettings): string | null => {
  if (call !== null) return 'call';
  if (points > 0) return 'a weight above 0';
  return include.length > 0 ? 'include' : null;
};
