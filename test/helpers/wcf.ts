import type { ExecutionContext } from 'ava';
import { startWcf as start, type Wcf } from '../../examples/orders/legacy-wcf/start.ts';

/** The real WCF service on a free port, ended by its id when the test is over. Needs component `mono`. */
export const startWcf = async (t: Pick<ExecutionContext, 'teardown'>): Promise<Wcf> => {
  const wcf = await start({ port: 0 });
  t.teardown(() => wcf.close());
  return wcf;
};
