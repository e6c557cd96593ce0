// How the clients of a SOAP route are understood and answered.
import { STATUS_CODES } from 'node:http';
import { headReader } from './action.ts';
import { identify, named } from './identify.ts';
import { addressedBy } from './message.ts';
import { problem } from './problem.ts';
import { soapFault } from './protocol-fault.ts';
import { envelopeScan } from './scan.ts';
import { sideDoor } from './side-door.ts';
import { watch } from './watch.ts';
import type { Call, Contract, Entrance, Identified, Protocol, Reply, Trouble } from '../adapter.ts';
import type { Reader } from './identify.ts';
import type { Names } from './names.ts';
import type { DecisionRules } from './operation.ts';
import type { SoapVersion } from './namespaces.ts';
import type { FaultDialect } from './protocol-fault.ts';

export interface SoapProtocolOptions extends DecisionRules {
  /** Null: no WSDL is known, and every operation is unknown. */
  readonly contract: (Contract & { readonly names: Names }) | null;
  /** Most bytes of a body that are looked at; 524 288 is the house's default. */
  readonly prefix: number;
  /** Where legacy stands, for its side doors; null or absent: there is none to be told. */
  readonly entrance?: Entrance | null;
  /** Faults have the status of their trouble where that is 503 or 504; absent or false: 500. */
  readonly plainStatus?: boolean;
  /** How the legacy service writes its faults. */
  readonly dialect?: FaultDialect;
}

const noNames: Names = { actions: new Map(), elements: new Map(), bodiless: [] };

/** Made once per route and table. */
export const soapProtocol = (options: SoapProtocolOptions): Protocol => {
  const { contract, prefix, dispatch, mismatch, dialect, entrance, plainStatus = false } = options;
  const withStatus = plainStatus ? asTold : (_trouble: Trouble, reply: Reply): Reply => reply;
  const readHead = headReader();
  const names = contract?.names ?? noNames;
  const reader: Reader = { names, readHead, scan: envelopeScan(), prefix, dispatch, mismatch };
  const protocol: Protocol = {
    kind: 'soap',
    contract,
    named: (head, header) => named(head, header, reader),
    identify: (call, deadline) => identify(call, deadline, reader),
    watch: (call, report) => watch(call, report, reader),
    fault: (trouble, call) =>
      isSoapCall(call, reader)
        ? withStatus(
            trouble,
            soapFault(trouble, versionOfCall(call, reader), dialect, { wsa: addressedBy(call.message) }),
          )
        : problem(trouble),
  };
  const isSideDoor = entrance == null ? null : sideDoor(entrance);
  return isSideDoor === null ? protocol : besides(protocol, isSideDoor);
};

/** .NET makes exceptions of their own of these two, and reads no body of theirs. */
const asTold = ({ status }: Trouble, reply: Reply): Reply =>
  status !== 503 && status !== 504
    ? reply
    : { ...reply, head: { ...reply.head, status, reason: STATUS_CODES[status] ?? '' } };

const other: Identified = { is: 'other' };

/** What comes by a side door is no call of an operation, whatever it carries: legacy makes of it what it likes. */
const besides = (protocol: Protocol, isSideDoor: (target: string) => boolean): Protocol => ({
  ...protocol,
  named: (head, header) => (isSideDoor(head.target) ? null : protocol.named(head, header)),
  identify: (call, deadline) =>
    isSideDoor(call.head.target) ? Promise.resolve(other) : protocol.identify(call, deadline),
  watch: (call, report) => (isSideDoor(call.head.target) ? report(other) : protocol.watch(call, report)),
});

/** Whoever posts is told in SOAP, unless the media type says that something else was spoken. */
const isSoapCall = (call: Call, reader: Reader): boolean => {
  if (call.head.method !== 'POST') return false;
  const head = reader.readHead(call.head, (name) => call.header(name));
  return head.carries !== 'other' || head.soapAction;
};

const versionOfCall = (call: Call, reader: Reader): SoapVersion =>
  call.message?.version ?? reader.readHead(call.head, (name) => call.header(name)).version ?? '1.1';
