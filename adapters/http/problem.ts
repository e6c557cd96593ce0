// What a 4xx of a JSON service means: a fault that the contract declares, one that SOAP tells by itself, or a breach. A missing
// route of the service must not become everybody's final fault, so a status alone means nothing unless the file says so.
import type { Answer, Asked, Json, PlainFault } from '../adapter.ts';
import { SendError, SettingError } from '../errors.ts';

type Members = Readonly<Record<string, Json>>;
type Meaning = Pick<Asked, 'operation' | 'treat'>;

// `soap` is what a REST face of ours adds beside a detail's members.
const standard = new Set(['type', 'title', 'status', 'detail', 'instance', 'soap']);

/** Throws a SettingError for a `treat` that names no declared fault. */
export const checkTreat = ({ operation, treat }: Meaning): void => {
  for (const [status, fault] of Object.entries(treat)) {
    if (fault === 'client' || fault === 'failure' || operation.faults.includes(fault)) continue;
    const known = [...operation.faults, 'client', 'failure'].join(', ');
    throw new SettingError(
      ['treat', status],
      `found "${fault}", which ${operation.name} does not declare; expected one of ${known}`,
    );
  }
};

/**
 * Reads a problem document (RFC 9457); `body` is null where the answer had no JSON. In this order: a `type` that ends in a declared
 * fault's name (`urn:contoso:orders:OrderNotFoundFault`), whose extension members are the detail; what `treat` says of the
 * status; a `soap` member that tells an undeclared fault. Throws SendError `contract` for everything else.
 */
export const faultOf = (body: Json, meaning: Meaning, status: number): Answer => {
  if (meaning.treat[status] === 'failure')
    throw new SendError(
      'ERR_CONTRACT',
      'contract',
      'all',
      `the service answered ${status}, which treat calls a failure`,
    );
  const members = membersOf(body);
  const declared = declaredIn(members, meaning) ?? meaning.treat[status];
  const told = members['detail'] ?? members['title'];
  const message = typeof told === 'string' ? told : null;
  if (declared === 'client')
    return plain({ blame: 'client', codes: [], message: message ?? 'The request was refused.', status });
  if (declared !== undefined)
    return { kind: 'fault', fault: { name: declared, detail: detailOf(members), message: message ?? declared } };
  const codes = codesOf(members['soap']);
  if (codes !== null) return plain({ blame: blameOf(codes), codes, message: message ?? '', status });
  const { operation } = meaning;
  const expected =
    operation.faults.length === 0 ? 'none is declared' : `expected one of ${operation.faults.join(', ')}`;
  throw new SendError(
    'ERR_CONTRACT',
    'contract',
    'all',
    `the service answered ${status} with a problem that is no declared fault of ${operation.name}: ${expected}`,
  );
};

const plain = (fault: PlainFault): Answer => ({ kind: 'plain-fault', fault });

const membersOf = (json: Json | undefined): Members =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Members) : {};

const declaredIn = (members: Members, { operation }: Meaning): string | undefined => {
  const type = typeof members['type'] === 'string' ? members['type'] : '';
  return operation.faults.find(
    (fault) => type === fault || (/[/#:]/.test(type) && type.split(/[/#:]/).at(-1) === fault),
  );
};

/** The whole detail where it is told, else the extension members. */
const detailOf = (members: Members): Json => {
  const whole = membersOf(members['soap'])['detail'];
  if (whole !== undefined) return whole;
  return Object.fromEntries(Object.entries(members).filter(([key]) => !standard.has(key)));
};

const codesOf = (soap: Json | undefined): readonly string[] | null => {
  const codes = membersOf(soap)['codes'];
  if (!Array.isArray(codes) || codes.length === 0) return null;
  return codes.every((code) => typeof code === 'string') ? codes : null;
};

const blameOf = ([first = '']: readonly string[]): PlainFault['blame'] =>
  /(?:^|\})(?:Client|Sender)(?:\.|$)/.test(first) ? 'client' : 'destination';
