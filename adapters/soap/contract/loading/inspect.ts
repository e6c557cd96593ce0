// What a WSDL offers, for whoever decides whether to put a gateway before it.
import { compileContract } from '../contract.ts';
import { readDocuments } from './documents.ts';
import { portsOf } from './services.ts';
import { snapshotOf } from './snapshot.ts';
import type { Inspected } from '../../../adapter.ts';
import type { SourceOptions } from './source.ts';

/** Throws what `loadContract` does. */
export const inspectContract = async (entry: string, options: SourceOptions): Promise<Inspected> => {
  const documents = await readDocuments(entry, options);
  return {
    contract: compileContract(documents),
    ports: portsOf(documents.wsdls).map(({ service, name, version, address }) => ({ service, name, version, address })),
    documents: documents.loaded.map((each) => each.file),
    snapshot: snapshotOf(documents.loaded),
  };
};
