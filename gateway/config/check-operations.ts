// What one operation demands of its route, and of the destinations behind it.
import { nearest } from '../lib/nearest.ts';
import type { Checking } from './checks.ts';
import type { DestinationSettings } from './destinations.ts';
import { didYouMean, showFound } from './problem.ts';
import type { OperationSettings, RouteSettings } from './settle.ts';
import { nodeAt } from './tree.ts';
import type { Path } from './tree.ts';

export const checkOperations = (checking: Checking): void => {
  for (const [name, route] of checking.config.routes) {
    checkWeight(checking, { name, path: ['routes', name], route, operation: route.other });
    checkDeadline(checking, { name, path: ['routes', name], route, operation: route.other });
    checkFrom(checking, name, route);
    checkBreaker(checking, name, route);
    checkSession(checking, name, route);
    checkContract(checking, name, route);
    if (route.operationsFrom !== null) continue;
    checkNames(checking, name, route);
    for (const [operationName, operation] of route.operations) {
      const path = ['routes', name, 'operations', operationName];
      checkWeight(checking, { name, path, route, operation });
      checkDeadline(checking, { name, path, route, operation });
      checkAgain(checking, { name, path, route, operation });
      checkCall(checking, { name, path, route, operation });
    }
  }
};

interface Checked {
  readonly name: string;
  readonly path: Path;
  readonly route: RouteSettings;
  readonly operation: OperationSettings;
}

const checkWeight = ({ tree, says, report }: Checking, { name, path, route, operation }: Checked): void => {
  const own = [...path, 'weight'];
  const inherited = ['routes', name, 'weight'];
  // An operation that inherits the route's weight shares its problem, told once there.
  if (path.length > 2 && !says(own)) return;
  const at = [own, inherited].find(says);
  const percent = at === undefined ? '0' : showFound(tree, at);
  if (operation.points > 0 && !says(['routes', name, 'modern'])) {
    report(own, `weight is ${percent}, but route ${name} has no modern to answer; expected modern, or weight 0`);
  }
  if (route.modern !== null && operation.points !== 10_000 && !says(['routes', name, 'legacy'])) {
    report(
      at ?? ['routes', name],
      `weight is ${percent}, but route ${name} has no legacy to answer the rest; expected legacy, or weight: 100`,
    );
  }
};

/**
 * A deadline that is over as soon as a side's own time is blames nobody: one that hangs is never left alone, and leaves no time for
 * legacy. Said where either of the two figures is.
 */
const checkDeadline = ({ config, says, report }: Checking, { path, route, operation }: Checked): void => {
  const key = ['deadline', 'timeout'].find((one) => says([...path, one]));
  const { deadline, fallback } = operation;
  if (key === undefined || deadline === null) return;
  const at = [...path, key];
  for (const side of ['modern', 'legacy'] as const) {
    const name = route[side] ?? '';
    const where = config.destinations.get(name);
    const timeout = operation.timeout ?? where?.timeout ?? 0;
    const isFirst = side === 'modern' && route.legacy !== null && fallback.length > 0;
    if (where === undefined || timeout < deadline.total - (isFirst ? deadline.reserve - 1 : 0)) continue;
    const harm = [
      ...(isFirst ? [`legacy is not asked for calls on which ${side} hangs`] : []),
      ...(isGuarded(where, operation, side) ? [`the breaker of ${side} does not count such calls`] : []),
      ...('urls' in where && where.urls !== undefined ? [`a url of ${name} that hangs is not left out for them`] : []),
    ];
    if (harm.length === 0) continue;
    const found = `the deadline is ${deadline.total} ms, and ${side} has ${timeout} ms to answer`;
    report(at, `${found}: ${harm.join(', ')}; expected a shorter timeout`, 'warning');
  }
};

const isGuarded = (where: DestinationSettings, { breaker }: OperationSettings, side: 'modern' | 'legacy'): boolean =>
  side === 'legacy' ? (where.breaker ?? 'off') !== 'off' : (breaker ?? where.breaker) !== 'off';

/** What a route says of these is meant for its reads; said of an operation, it is meant for that. */
const checkAgain = ({ says, report }: Checking, { path, operation }: Checked): void => {
  const { effect, retries, hedge } = operation;
  const isSaid = (key: string): boolean => says([...path, key]);
  if (typeof retries === 'object' && effect === 'write' && isSaid('retries'))
    report([...path, 'retries'], 'would send a write twice; expected effect: read or idempotent, or retries: off');
  if (typeof hedge === 'object' && effect !== 'read' && isSaid('hedge'))
    report([...path, 'hedge'], `would send what is ${effect} twice; expected effect: read, or hedge: off`);
};

/** What a route says of it is about `modern`; for legacy its destination says so. */
const checkBreaker = ({ says, report }: Checking, name: string, route: RouteSettings): void => {
  if (route.modern !== null || says(['routes', name, 'modern'])) return;
  const check = (...below: readonly string[]): void => {
    const path = ['routes', name].concat(below, 'breaker');
    if (says(path)) report(path, `is for modern, which route ${name} does not have; expected it on a destination`);
  };
  check();
  if (route.operationsFrom === null) for (const operation of route.operations.keys()) check('operations', operation);
};

/** Only SOAP has SOAP headers. */
const checkSession = ({ says, report }: Checking, name: string, { session, protocol }: RouteSettings): void => {
  const path = ['routes', name, 'session', 'soapHeader'];
  if (session?.source.from === 'soapHeader' && protocol !== 'soap' && says(path))
    report(path, `calls of protocol ${protocol} have no SOAP header; expected cookie or header`);
};

/** `operations: { from: route }` (decision 16). */
const checkFrom = ({ config, tree, report }: Checking, name: string, route: RouteSettings): void => {
  const from = route.operationsFrom;
  if (from === null) return;
  const path = ['routes', name, 'operations', 'from'];
  const source = config.routes.get(from);
  const others = [...config.routes.keys()].filter((other) => other !== name);
  if (source === undefined || from === name) {
    report(
      path,
      `found ${showFound(tree, path)}, expected the name of another route${didYouMean(nearest(from, others))}`,
    );
  } else if (source.operationsFrom !== null) {
    report(
      path,
      `route ${from} takes its operations from ${source.operationsFrom}; name ${source.operationsFrom} here`,
    );
  } else if ((source.protocol === 'http') !== (route.protocol === 'http')) {
    report(
      path,
      `route ${from} is of protocol ${source.protocol}, this one of ${route.protocol}; they name operations differently`,
    );
  } else {
    checkShared({ report }, { name, route, from: source });
  }
};

const checkShared = (
  { report }: Pick<Checking, 'report'>,
  { name, route, from }: { name: string; route: RouteSettings; from: RouteSettings },
): void => {
  const path = ['routes', name, 'operations', 'from'];
  for (const [operation, { points }] of from.operations) {
    if (points > 0 && route.modern === null)
      report(path, `gives ${operation} a share, but route ${name} has no modern`);
    if (points < 10_000 && route.legacy === null) {
      report(path, `gives ${operation} less than 100, but route ${name} has no legacy`);
    }
  }
};

/** SOAP operations can only be told apart, and translated, by a contract. */
const checkContract = ({ config, report }: Checking, name: string, route: RouteSettings): void => {
  if (route.protocol === 'http') return;
  if (route.protocol === 'soap' && route.operations.size === 0 && route.modern === null) return;
  const own = route.contract === null ? undefined : config.destinations.get(route.contract);
  if (own !== undefined && (own.adapter !== 'soap' || own.wsdl === undefined)) {
    report(
      ['routes', name, 'contract'],
      `${route.contract} has no contract; expected a destination of adapter soap, with a wsdl`,
    );
    return;
  }
  if (own !== undefined) return;
  const sides = [route.legacy, route.modern].filter((side) => side !== null);
  const destinations = sides.map((side) => config.destinations.get(side));
  // A destination that is missing or wrong has been told already.
  if (destinations.includes(undefined)) return;
  if (destinations.some((one) => one?.adapter === 'soap' && one.wsdl !== undefined)) return;
  const soap = sides.find((_, index) => destinations[index]?.adapter === 'soap');
  if (soap === undefined) {
    report(
      ['routes', name],
      `is of protocol ${route.protocol}, but no destination of it has a contract; expected one of adapter soap, with a wsdl`,
    );
  } else {
    report(
      ['destinations', soap, 'wsdl'],
      `is missing, but route ${name} tells operations apart; expected the path of a WSDL file`,
    );
  }
};

const httpOperation = /^[A-Z]+ \/\S*$/;

const checkNames = ({ tree, says, report }: Checking, name: string, route: RouteSettings): void => {
  // A protocol that was refused says nothing about how operations are named.
  if (
    route.protocol !== 'http' ||
    (says(['routes', name, 'protocol']) && nodeAt(tree, ['routes', name, 'protocol']) === null)
  )
    return;
  const shapes = new Map<string, string>();
  for (const operation of route.operations.keys()) {
    const path = ['routes', name, 'operations', operation];
    if (!httpOperation.test(operation)) {
      report(
        path,
        'expected a method and a path, such as GET /orders/{id}; names as a WSDL has them take protocol: soap',
      );
    }
    const shape = operation.replaceAll(/\{[^}]*\}/g, '{}');
    const twin = shapes.get(shape);
    if (twin !== undefined) report(path, `takes the same calls as ${twin}; remove one`);
    shapes.set(shape, operation);
  }
};

const checkCall = ({ config, report }: Checking, { name, path, route, operation }: Checked): void => {
  if (operation.call === null) return;
  const at = [...path, 'call'];
  if (route.protocol === 'http') {
    report(at, `calls of route ${name} go on as they came; expected no call, or protocol: soap or rest`);
    return;
  }
  if (route.protocol === 'rest') {
    const method = operation.call.request.split(' ', 1)[0] ?? '';
    if ((method === 'GET' || method === 'HEAD') && operation.effect !== 'read')
      report(
        at,
        `${method} is for reading (RFC 9110 §9.2.1), and the effect is ${operation.effect}; expected effect: read, or another method`,
      );
    if (method === 'HEAD' || method === 'OPTIONS')
      report(at, `${method} is answered by the gateway itself; expected another method`);
    return;
  }
  if (route.modern === null) return;
  const adapter = config.destinations.get(route.modern)?.adapter;
  if (adapter === 'soap')
    report(
      at,
      `modern, ${route.modern}, is a soap destination and gets the envelope as it came; expected an http one, or no call`,
    );
  if (adapter === 'handler')
    report(
      at,
      `modern, ${route.modern}, is a handler and is asked by the operation's name; expected an http one, or no call`,
    );
};
