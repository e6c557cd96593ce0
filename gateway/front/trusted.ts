import type { Config } from '../config/settle.ts';
import { networks } from '../lib/cidr.ts';

/** Proxies that are believed, as the file of the moment has them; compiled anew only where that changed. */
export const trusted = (current: () => Config | null): ((address: string) => boolean) => {
  let compiled = { from: null as Config | null, trusts: networks([]) };
  return (address) => {
    const config = current();
    if (compiled.from !== config) compiled = { from: config, trusts: networks(config?.gateway.trustedProxies ?? []) };
    return compiled.trusts(address);
  };
};
