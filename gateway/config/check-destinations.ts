// What destinations demand of the routes that name them, and of the gateway's own addresses.
import type { HeaderEdit } from '../../adapters/adapter.ts';
import { nearest } from '../lib/nearest.ts';
import type { Checking } from './checks.ts';

export const checkDestinations = (checking: Checking): void => {
  checkListeners(checking);
  checkLoops(checking);
  checkKinds(checking);
  checkAuth(checking);
  checkTls(checking);
  checkHeaders(checking);
  checkRewrites(checking);
  checkUrls(checking);
  checkHealth(checking);
  checkQueues(checking);
};

const checkQueues = ({ config, report }: Checking): void => {
  for (const [name, { queue, maxInFlight }] of config.destinations)
    if (queue !== undefined && maxInFlight === undefined)
      report(['destinations', name, 'queue'], 'is where calls over maxInFlight wait; expected maxInFlight beside it');
};

/** What is asked of its own accord, again and again, must not change anything. */
const checkHealth = ({ config, report }: Checking): void => {
  for (const [name, destination] of config.destinations) {
    if (destination.adapter === 'handler' || destination.health?.operation === undefined) continue;
    const { operation, effect } = destination.health;
    const path = ['destinations', name, 'health', 'operation'];
    if (destination.adapter === 'http') report(path, 'is for a soap destination; expected path');
    const known = [...config.routes.values()]
      .filter(({ legacy, modern }) => legacy === name || modern === name)
      .flatMap(({ operations }) => Array.from(operations.keys()));
    const isRead = [...config.routes.values()].some(
      ({ legacy, modern, operations }) =>
        (legacy === name || modern === name) && operations.get(operation)?.effect === 'read',
    );
    if (isRead || effect === 'read') continue;
    const near = known.includes(operation) ? null : nearest(operation, known);
    if (near !== null) report(path, `no route to ${name} has an operation ${operation}; did you mean ${near}?`);
    else
      report(
        path,
        `${operation} may change something, for all that is said; expected an operation with effect: read in a route to ${name}, or effect: read here`,
      );
  }
};

/** Whichever of them is asked, it is the same service. */
const checkUrls = ({ config, report }: Checking): void => {
  for (const [name, destination] of config.destinations) {
    if (destination.adapter === 'handler' || destination.urls === undefined) continue;
    const first = new URL(destination.url);
    const seen = new Set<string>();
    for (const [index, said] of destination.urls.entries()) {
      const { protocol, pathname, host } = new URL(said);
      const path = ['destinations', name, 'urls', index];
      if (protocol !== first.protocol || pathname !== first.pathname)
        report(
          path,
          `is ${said}, and the first is ${destination.url}; expected the same scheme and path, for all are one service`,
        );
      else if (seen.has(host)) report(path, `${host} is there already; expected each url once`);
      seen.add(host);
    }
    if (destination.adapter === 'soap' && destination.rewriteTo && destination.urls.length > 1)
      report(
        ['destinations', name, 'rewriteTo'],
        'writes the address of one url into calls, and there are several; expected one url, or services that take any wsa:To',
      );
  }
};

/** A path is replaced in one way, and what is replaced is in every call's. */
const checkRewrites = ({ config, report }: Checking): void => {
  for (const [name, { rewrite, match, legacy, modern }] of config.routes) {
    if (rewrite === null) continue;
    const fold = (path: string): string => (match.iis ? path.toLowerCase() : path);
    const [prefix, path] = [fold(rewrite.prefix.replace(/\/+$/, '')), fold(match.path.replace(/\/\*\*$/, ''))];
    if (path !== prefix && !path.startsWith(`${prefix}/`))
      report(
        ['routes', name, 'rewrite', 'prefix'],
        `is no part of every path that match.path (${match.path}) takes; expected that path without /**, or whole segments of it from its start`,
      );
    for (const side of [legacy, modern]) {
      const destination = config.destinations.get(side ?? '');
      if (destination === undefined || !('url' in destination)) continue;
      const { pathname } = new URL(destination.url);
      if (pathname !== '/')
        report(
          ['routes', name, 'rewrite'],
          `excludes a path in a destination's url, which replaces match.path by itself; ${side} has ${pathname}`,
        );
    }
  }
};

/** What stands in a message takes a destination that gets messages. */
const checkAuth = ({ config, report }: Checking): void => {
  for (const [name, destination] of config.destinations) {
    if (destination.adapter !== 'http') continue;
    for (const kind of ['usernameToken', 'signature'] as const)
      if (destination.auth?.[kind] !== undefined)
        report(
          ['destinations', name, 'auth', kind],
          'is WS-Security, which only a soap destination takes; expected basic or bearer',
        );
  }
};

const checkTls = ({ config, report }: Checking): void => {
  for (const [name, destination] of config.destinations) {
    if (destination.adapter === 'handler' || destination.tls === undefined) continue;
    if (!/^https:/i.test(destination.url))
      report(['destinations', name, 'tls'], 'is for an https url; this one is http, where nothing is encrypted');
  }
};

/** Of a SOAP message, these two say what it is. */
const ofSoap: ReadonlySet<string> = new Set(['content-type', 'soapaction']);

interface Headers {
  readonly request?: HeaderEdit | null | undefined;
  readonly response?: HeaderEdit | null | undefined;
}

const checkHeaders = ({ config, report }: Checking): void => {
  const told = (path: readonly string[], headers: Headers) => {
    for (const way of ['request', 'response'] as const)
      for (const name of headers[way]?.drops ?? [])
        if (ofSoap.has(name))
          report(
            [...path, 'headers', way],
            `names ${name}, which says what a SOAP message is; expected another header`,
          );
  };
  for (const [name, destination] of config.destinations)
    if (destination.adapter === 'soap') told(['destinations', name], destination.headers ?? {});
  for (const [name, route] of config.routes) if (route.protocol !== 'http') told(['routes', name], route.headers);
};

interface Listener {
  readonly key: 'listen' | 'health' | 'admin';
  readonly host: string;
  readonly port: number;
}

const listeners = ({ config: { gateway } }: Checking): readonly Listener[] =>
  (['listen', 'health', 'admin'] as const).flatMap((key) => {
    const address = gateway[key];
    return address === undefined || address.port === 0 ? [] : [{ key, ...address }];
  });

const checkListeners = (checking: Checking): void => {
  const seen: Listener[] = [];
  for (const listener of listeners(checking)) {
    const other = seen.find(({ port, host }) => port === listener.port && mayMeet(host, listener.host));
    if (other !== undefined) {
      checking.report(['gateway', listener.key], `is the address of gateway.${other.key} too; expected another port`);
    }
    seen.push(listener);
  }
};

const wildcards = new Set(['0.0.0.0', '::']);
const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

const mayMeet = (one: string, other: string): boolean => one === other || wildcards.has(one) || wildcards.has(other);

/** Does a call to `host` arrive at this listener? Names that the system's resolver knows are beyond a file's check. */
const reaches = (host: string, listener: Listener): boolean =>
  host === listener.host ||
  wildcards.has(host) ||
  (isLoopback(host) && (isLoopback(listener.host) || wildcards.has(listener.host)));

/** A gateway that asks itself would go round until something gives in. */
const checkLoops = (checking: Checking): void => {
  for (const [name, destination] of checking.config.destinations) {
    if (destination.adapter === 'handler') continue;
    for (const [index, url] of (destination.urls ?? [destination.url]).entries()) {
      const { hostname, port, protocol } = new URL(url);
      const host = hostname.replace(/^\[(.*)\]$/, '$1');
      const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
      const own = listeners(checking).find((listener) => listener.port === number && reaches(host, listener));
      if (own === undefined) continue;
      checking.report(
        ['destinations', name, ...(destination.urls === undefined ? ['url'] : ['urls', index])],
        `is the gateway's own address (gateway.${own.key}); expected another service's`,
      );
    }
  }
};

/** A handler answers operations; only SOAP routes have them in a form it can read. */
const checkKinds = ({ config, report }: Checking): void => {
  for (const [name, route] of config.routes) {
    for (const side of ['legacy', 'modern'] as const) {
      const destination = config.destinations.get(route[side] ?? '');
      if (destination?.adapter !== 'handler') continue;
      if (side === 'legacy') {
        report(['routes', name, side], 'is a handler, which can only be modern; expected a soap or http destination');
      } else if (route.protocol === 'http') {
        report(
          ['routes', name, side],
          'is a handler, which answers operations of protocol soap or rest; expected an http destination',
        );
      }
    }
  }
};
