// An operation that only reads, asked to see whether the service is well.
import type { Answer, Ask, Asked, Deadline, Invoke, Json } from '../adapter.ts';
import { SettingError } from '../errors.ts';
import type { Probed } from '../wire/prober.ts';
import { encodeRequestInSlices } from './contract/codec.ts';
import type { SoapContract } from './contract/contract.ts';
import { wcf } from './contract/dialect.ts';

export interface Safe {
  readonly asked: Asked;
  readonly asking: (invoke: Invoke) => (deadline: Deadline) => Promise<Probed>;
}

interface Said {
  readonly name: string;
  readonly input: Json;
  /** Null: the destination has no wsdl. */
  readonly contract: SoapContract | null;
}

/** Rejects with a SettingError for an operation, or an input, that it cannot be asked with. */
export const safeOperation = async ({ name, input, contract }: Said): Promise<Safe> => {
  const operation = contract?.operations.get(name);
  if (contract === null || operation === undefined) {
    const known = contract === null ? 'there is no wsdl' : `its WSDL has ${[...contract.operations.keys()].join(', ')}`;
    throw new SettingError(['health', 'operation'], `${name} is no operation of it: ${known}`);
  }
  if (operation.passThroughOnly !== null)
    throw new SettingError(['health', 'operation'], `${name} cannot be asked: ${operation.passThroughOnly}`);
  try {
    await encodeRequestInSlices(operation, input, { version: '1.1', dialect: wcf });
  } catch (cause) {
    const found = `${name} cannot be asked with this: ${(cause as Error).message}`;
    throw new SettingError(['health', 'input'], found, { cause });
  }
  const ask: Ask = {
    operation: name,
    input,
    headers: {},
    caller: { address: '', certificate: null, credentials: null },
    soapHeader: () => null,
    soapHeaders: {},
  };
  return {
    asked: { operation, call: null, treat: {}, write: false, face: 'rest' },
    asking: (invoke) => async (deadline) => probed(name, await invoke(ask, deadline)),
  };
};

const probed = (name: string, answer: Answer): Probed => {
  if (answer.kind === 'plain-fault')
    return { isWell: false, what: `${name} was answered with a fault: ${answer.fault.message}` };
  return { isWell: true, what: `${name} was answered` };
};
