// Faults as problem documents (RFC 9457).
import { STATUS_CODES } from 'node:http';
import type { Json, PlainFault, Reply, TypedFault, Verdict } from '../adapter.ts';
import type { SoapContract, SoapOperation } from '../soap/contract/contract.ts';
import { localCode } from '../soap/names.ts';
import { expanded } from '../soap/contract/xml/qname.ts';
import { jsonText } from '../json-text.ts';
import { replyOf } from '../wire/accept.ts';

/** What RFC 9457 §3.1 keeps for itself, and what we add beside the detail's members. */
const taken = new Set(['type', 'title', 'status', 'detail', 'instance', 'soap']);

/** HTTP status of a fault that the contract declares. */
export const faultStatus = 422;

/** `type` of a declared fault's problem: `urn:soap-fault:contoso.example/orders:OrderNotFoundFault`. */
export const faultType = (contract: Pick<SoapContract, 'targetNamespace'>, name: string): string => {
  const home = contract.targetNamespace.replace(/^[a-z][a-z0-9+.-]*:(\/\/)?/i, '').replace(/\/+$/, '');
  // RFC 8141 §2: what a name-specific string may hold.
  const plain = (text: string): string => encodeURI(text).replaceAll(/[#?[\]]/g, encodeURIComponent);
  return `urn:soap-fault:${plain(home === '' ? 'service' : home)}:${plain(name)}`;
};

/**
 * A declared fault: its detail's members are extension members, and all of it is under `soap` too, where a member's name is
 * one that problem documents have for themselves.
 */
export const faultProblem = (contract: SoapContract, operation: SoapOperation, fault: TypedFault): Reply => {
  const { name, detail, message } = fault;
  const isObject = typeof detail === 'object' && detail !== null && !Array.isArray(detail);
  const members = isObject ? Object.entries(detail).filter(([key]) => !taken.has(key)) : [];
  const element = operation.faultElements.get(name);
  return problem(
    faultStatus,
    { blame: 'nobody', fault: { name, code: '' } },
    {
      type: faultType(contract, name),
      title: name,
      status: faultStatus,
      detail: message,
      ...Object.fromEntries(members),
      soap: { detailType: element === undefined ? name : expanded(element), detail },
    },
  );
};

/** A fault that the contract does not have. What legacy says of itself in its detail stays with the gateway: it may be a stack. */
export const plainProblem = ({ blame, codes, message, status }: PlainFault): Reply => {
  const fault = { name: null, code: localCode(codes, blame) };
  const verdict: Verdict = blame === 'client' ? { blame, fault } : { blame, reason: 'fault', fault };
  return problem(status, verdict, {
    type: 'about:blank',
    title: blame === 'client' ? 'Client fault' : 'Server fault',
    status,
    detail: message,
    soap: { codes },
  });
};

const problem = (status: number, verdict: Verdict, json: Json): Reply => {
  const bytes = Buffer.from(jsonText(json));
  // RFC 9110 §15.5.2: a 401 says how to do better.
  const lines = status === 401 ? ['WWW-Authenticate', 'Basic'] : [];
  const raw = ['Content-Type', 'application/problem+json', ...lines];
  const reply = replyOf(status, STATUS_CODES[status] ?? 'Error', raw, bytes);
  return { ...reply, verdict };
};
