// What stands between a call and each of its destinations. From the wire outwards: the bulkhead's place, what the file makes of a reply,
// the breaker, retries and hedges; each of their sends passes the breaker for itself.
import type { Contract } from '../../adapters/adapter.ts';
import { checkTreat, treated } from '../forward/treat.ts';
import { repeated } from '../guard/again/repeated.ts';
import { guarded } from '../guard/guarded.ts';
import { legacySide, modernSide, type BareSide } from './bare-side.ts';
import { mayBeAsked } from './may-be-asked.ts';
import type { OperationParts } from './route-parts.ts';
import type { Side } from './table.ts';

/** Throws an Error that says why modern cannot be asked for this operation. `asked` false: modern is never built. */
export const sidesOf = (of: OperationParts, asked: boolean): { legacy: Side | null; modern: Side | null } => {
  if (of.route.modern !== null) checkTreat(treatedBy(of));
  const modern = asked && mayBeAsked(of) ? modernSide(of) : null;
  return {
    legacy: guardedSide(of, 'legacy', legacySide(of)),
    modern: guardedSide(of, 'modern', modern === null ? null : treating(of, modern)),
  };
};

const treating = ({ settings }: OperationParts, bare: BareSide): BareSide => ({
  ...bare,
  send: treated(settings.treat, bare.send),
});

const guardedSide = (of: OperationParts, side: 'legacy' | 'modern', bare: BareSide | null): Side | null => {
  if (bare === null) return null;
  const { route, operation, settings } = of;
  const { destination, relays, send, bound } = bare;
  const { breaker: said, timeout } = settings;
  const breaker = route.breakerOf({ destination, operation, side, said, timeout });
  const once = breaker === null ? send : guarded(breaker, send, bound?.gate?.passes);
  const bulkhead = bound?.bulkhead ?? null;
  const repeat = route.repeatOf({ destination, settings, breaker, bulkhead, isSoap: route.protocol === 'soap' });
  if (repeat === null) return { destination, relays, breaker, repeats: false, send: once };
  return { destination, relays, breaker, repeats: true, send: repeated(repeat.parts, repeat, once) };
};

const treatedBy = ({ route, operation, settings }: OperationParts) => {
  const { contract, protocol, modernIsSoap } = route;
  const { treat } = settings;
  return {
    treat,
    operation: contract?.operations.get(operation) ?? null,
    faults: Object.keys(treat).length === 0 || contract === null ? noFaults : faultsOf(contract),
    translated: contract?.operations.has(operation) === true && (protocol === 'rest' || !modernIsSoap),
  };
};

const noFaults: ReadonlySet<string> = new Set();
const faultsOf = ({ operations }: Contract): ReadonlySet<string> =>
  new Set([...operations.values()].flatMap(({ faults }) => faults));
