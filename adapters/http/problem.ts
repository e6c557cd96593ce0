// A problem document (RFC 9457) read as a fault that the contract declares; any other 4xx is a breach, not an answer.
import type { ContractOperation, Json, TypedFault } from '../adapter.ts';
import { SendError } from '../errors.ts';

const standard = new Set(['type', 'title', 'status', 'detail', 'instance']);

/** The fault is named by the last part of `type`: `urn:contoso:orders:OrderNotFoundFault`. Its members are the extension members. */
export const faultOf = (problem: Json, operation: ContractOperation, status: number): TypedFault => {
  const members =
    typeof problem === 'object' && problem !== null && !Array.isArray(problem) ? (problem as Record<string, Json>) : {};
  const type = typeof members['type'] === 'string' ? members['type'] : '';
  const name = operation.faults.find(
    (fault) => type === fault || (/[/#:]/.test(type) && type.split(/[/#:]/).at(-1) === fault),
  );
  if (name === undefined) {
    const expected =
      operation.faults.length === 0 ? 'none is declared' : `expected one of ${operation.faults.join(', ')}`;
    throw new SendError(
      'ERR_CONTRACT',
      'contract',
      'all',
      `the service answered ${status} with a problem that is no declared fault of ${operation.name}: ${expected}`,
    );
  }
  const detail = Object.fromEntries(Object.entries(members).filter(([key]) => !standard.has(key)));
  const told = members['detail'] ?? members['title'];
  return { name, detail, message: typeof told === 'string' ? told : name };
};
