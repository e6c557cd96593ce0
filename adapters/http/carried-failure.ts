// What Node's client says of a call that failed, in the words of our relay: the same failure has one name, one blame and one answer.
import type { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { SendError } from '../errors.ts';
import { isOutOfFiles } from '../wire/out-of-files.ts';
import { isOfCertificate, type Tls } from '../wire/tls.ts';

export interface Met {
  readonly socket: Socket | null;
  /** Did the connection stand? */
  readonly stood: boolean;
  /** Had it carried another call before? */
  readonly used: boolean;
  readonly tls: Tls | null;
}

export const carriedFailure = (error: NodeJS.ErrnoException, { socket, stood, used, tls }: Met): SendError => {
  if (!stood || (!used && turnedAway(socket, tls, error))) {
    const why = tls?.explain(error) ?? `no connection to the destination: ${error.message}`;
    const code = isOutOfFiles(error) ? 'ERR_FILES' : 'ERR_CONNECT';
    return new SendError(code, 'connect', 'nothing', why, { cause: error });
  }
  const { code = '', message } = error;
  if (code === 'ERR_TIMEOUT') return new SendError(code, 'timeout', 'some', message, { cause: error });
  if (code === 'ERR_MALFORMED' || code.startsWith('HPE_'))
    return new SendError('ERR_MALFORMED', '5xx', 'some', `the destination's reply is malformed: ${message}`, {
      cause: error,
    });
  return new SendError('ERR_RESET', 'reset', 'some', `the destination ended the connection: ${message}`, {
    cause: error,
  });
};

/** As our relay has it: in TLS 1.3 a server sees the certificate when the client takes the connection to stand. */
const turnedAway = (socket: Socket | null, tls: Tls | null, error: Error): boolean =>
  tls !== null && (socket as TLSSocket).getProtocol() === 'TLSv1.3' && isOfCertificate(error);
