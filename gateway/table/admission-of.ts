// A route's rules of admission, compiled from what the file says of the route and of its operations.
import type { Call } from '../../adapters/adapter.ts';
import { admission, type Admission } from '../admission/admission.ts';
import type { Keepers } from '../admission/keepers.ts';
import { rateLimit } from '../admission/rate-limit.ts';
import type { Rule } from '../admission/refusal.ts';
import { requirement } from '../admission/require.ts';
import type { AdmissionSettings, RouteSettings } from '../config/settle.ts';
import { isClear, targetPath } from '../routing/readings.ts';
import { restOperations } from '../routing/rest-operations.ts';
import { clientIp, ipKey } from '../traffic/client-ip.ts';
import { cohort } from '../traffic/cohort.ts';

export interface AdmissionParts {
  readonly name: string;
  readonly settings: RouteSettings;
  readonly keepers: Keepers;
  readonly trusts: (address: string) => boolean;
}

/** Null: the route has no rule, and its calls pay nothing. */
export const admissionOf = (parts: AdmissionParts): Admission | null => {
  const { name, settings } = parts;
  const own = rulesOf(parts, name, settings.admission);
  const operations = new Map<string, readonly Rule[]>();
  for (const [operation, said] of settings.operations) {
    const rules = rulesOf(parts, `${settings.operationsFrom ?? name}.${operation}`, said.admission);
    if (rules.length > 0) operations.set(operation, rules);
  }
  const isLate = needsMessage(settings.admission);
  return admission({
    early: isLate ? own.slice(0, -1) : own,
    late: isLate ? own.slice(-1) : [],
    operations,
    aside:
      settings.protocol === 'soap' ? besideSoap(settings, [...operations.keys()]) : besideHttp([...operations.keys()]),
  });
};

/** Is its cohort in the body? Its rate can only be judged once that has been read. */
const needsMessage = ({ rateLimit: rate }: AdmissionSettings): boolean =>
  rate !== null && rate.by.some(({ from }) => from === 'soapHeader' || from === 'wsUsername');

const rulesOf = ({ keepers, trusts }: AdmissionParts, id: string, said: AdmissionSettings): readonly Rule[] => {
  const { require, rateLimit: rate } = said;
  const keyOf = (call: Call): string => {
    const who = cohort(call, rate?.by ?? [], trusts);
    return who === null ? ipKey(clientIp(call, trusts)) : `${who.from} ${who.key}`;
  };
  return [
    ...(require === null ? [] : [requirement(require, (jwks) => keepers.keys(jwks))]),
    ...(rate === null ? [] : [rateLimit(keepers.limiter(id, rate), keyOf)]),
  ];
};

/**
 * Side doors of a SOAP service lead to the same operations: `/Orders.asmx/PlaceOrder` as a form, `/Orders.svc/json`. The service's
 * own address in a GET is its help page or its contract.
 */
const besideSoap =
  ({ match }: RouteSettings, names: readonly string[]) =>
  ({ head }: Call): 'none' | 'all' | readonly string[] => {
    const below = targetPath(head.target)
      .slice(match.path.replace(/\/\*\*$/, '').length)
      .toLowerCase();
    const isRead = head.method === 'GET' || head.method === 'HEAD';
    if (isRead && (below === '' || below === '/' || below === '/mex')) return 'none';
    const named = names.filter((name) => below === `/${name.toLowerCase()}`);
    return named.length > 0 ? named : 'all';
  };

/** Servers may take `/Orders/7/` for `/orders/7`, and answer HEAD as GET. */
const besideHttp = (names: readonly string[]) => {
  const loose = names.map((name) => {
    const space = name.indexOf(' ');
    const path = name.slice(space).toLowerCase();
    return { name, find: /^[A-Z]+ \//.test(name) ? restOperations([name.slice(0, space) + path]) : () => null };
  });
  return ({ head }: Call): 'all' | readonly string[] => {
    const path = targetPath(head.target);
    if (!isClear(path)) return 'all';
    const plain = path.toLowerCase().replace(/\/+$/, '') || '/';
    const method = head.method === 'HEAD' ? 'GET' : head.method;
    return loose.filter(({ find }) => find(method, plain) !== null).map(({ name }) => name);
  };
};
