// What the WSDL of a destination asks of connections, and cannot get through a gateway that ends TLS: said before a call fails.
import type { PortTransport } from '../../adapters/adapter.ts';
import type { Config } from '../config/settle.ts';
import type { OpenedByName } from './destinations.ts';

export interface TransportFlaw {
  readonly path: readonly string[];
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** An error only where no call of the route could succeed. */
export const transportFlaws = (config: Config, opened: OpenedByName): readonly TransportFlaw[] =>
  [...config.routes].flatMap(([name, route]) =>
    (['legacy', 'modern'] as const).flatMap((side) => {
      const destination = config.destinations.get(route[side] ?? '');
      const transports = opened.get(route[side] ?? '')?.destination.contract?.transports ?? [];
      if (destination === undefined || !('url' in destination) || route.protocol === 'http') return [];
      const path = ['routes', name, side];
      const own = { name: route[side] ?? '', isHttps: /^https:/i.test(destination.url) };
      const hasCertificate = destination.tls?.cert !== undefined;
      const certificates = hasCertificate ? [] : certificateFlaws(path, own, transports);
      return certificates.concat(own.isHttps ? [] : credentialFlaws(path, own, transports));
    }),
  );

interface Own {
  readonly name: string;
  readonly isHttps: boolean;
}

const certificateFlaws = (
  path: readonly string[],
  { name, isHttps }: Own,
  transports: readonly PortTransport[],
): readonly TransportFlaw[] => {
  const asking = transports.filter(({ clientCertificate }) => clientCertificate);
  if (asking.length === 0) return [];
  const message =
    `${ports(asking)} of its WSDL ${asking.length === 1 ? 'asks' : 'ask'} for a client certificate, and those of the clients end at the gateway; ` +
    `expected tls.cert and tls.key on destination ${name}${isHttps ? '' : ' and an https url'}, one certificate for all clients, or TLS that passes by the gateway`;
  // Behind http something of its own ends TLS, and may know better.
  return [{ path, message, severity: isHttps && asking.length === transports.length ? 'error' : 'warning' }];
};

const credentialFlaws = (
  path: readonly string[],
  { name }: Own,
  transports: readonly PortTransport[],
): readonly TransportFlaw[] => {
  const asking = transports.filter(({ credentials }) => credentials);
  if (asking.length === 0) return [];
  const message =
    `${ports(asking)} of its WSDL ${asking.length === 1 ? 'takes' : 'take'} credentials in messages over TLS only (WCF: TransportWithMessageCredential), ` +
    `and destination ${name} is asked over http; expected an https url, or a binding there that takes http (allowInsecureTransport)`;
  return [{ path, message, severity: 'warning' }];
};

const ports = (asking: readonly PortTransport[]): string =>
  `${asking.length === 1 ? 'port' : 'ports'} ${asking.map(({ port }) => port).join(', ')}`;
