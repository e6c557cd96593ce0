// Is a call one for a document that describes the service? Everything else passes as it is, however long.
import { normalisedAction } from '../action.ts';
import { metadataActions } from '../namespaces.ts';
import type { Call } from '../../adapter.ts';

/** First keys of a query that ask for a document: WCF's, ASMX's, and what other stacks have taken over from these. */
const documents = new Set(['wsdl', 'singlewsdl', 'wsdl2', 'xsd', 'schema', 'disco', 'mex', 'op', 'page', 'help']);
/** Files that are documents, or whose own page is one. */
const files = /\.(?:svc|asmx|wsdl|xsd|disco|vsdisco)\/?$|\/mex\/?$/i;
/** Programs for browsers that call the service: they have its path in them. */
export const isScript = (path: string): boolean => /\.(?:svc|asmx)(?:\/[^/]+)*\/js(?:debug)?$/i.test(path);

/** `body`: its head does not tell, its body will. `mount`: the path that is the service itself, however it is written. */
export const asksForMetadata = (call: Call, mount: string): 'yes' | 'no' | 'body' => {
  const { method, target } = call.head;
  if (method === 'POST') return asksForExchange(call);
  if (method !== 'GET' && method !== 'HEAD') return 'no';
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (mark === -1 || mark === target.length - 1) return isPage(path, mount) ? 'yes' : 'no';
  const key = target.slice(mark + 1).split(/[=&]/, 1)[0] ?? '';
  return documents.has(key.toLowerCase()) ? 'yes' : 'no';
};

const isPage = (path: string, mount: string): boolean =>
  files.test(path) || isScript(path) || (mount !== '' && path.replace(/\/$/, '').toLowerCase() === mount.toLowerCase());

/** Bytes; a request for metadata has little to say. */
export const longestRequest = 4096;

/** Does this body of a call whose head names no action have the action of WS-MetadataExchange in it? */
export const isExchange = (bytes: Buffer | null): boolean =>
  bytes !== null && bytes.length <= longestRequest && [...metadataActions].some((action) => bytes.includes(action));

/** WS-MetadataExchange: by its path, by the action of its head, or, where WCF says nothing there, by its own. */
const asksForExchange = (call: Call): 'yes' | 'no' | 'body' => {
  const path = call.head.target.split('?', 1)[0] ?? '';
  if (/\/mex\/?$/i.test(path)) return 'yes';
  const action = actionOf(call);
  if (action !== null && action !== '') return metadataActions.has(action) ? 'yes' : 'no';
  const { bytes, framing } = call.body;
  if (bytes !== null) return isExchange(bytes) ? 'yes' : 'no';
  return typeof framing === 'object' && framing.bytes <= longestRequest ? 'body' : 'no';
};

const actionOf = (call: Call): string | null => {
  const header = call.header('soapaction');
  if (header !== null) return normalisedAction(header);
  const parameter = /;\s*action\s*=\s*("[^"]*"|[^;\s]+)/i.exec(call.header('content-type') ?? '')?.[1];
  return parameter === undefined ? null : normalisedAction(parameter);
};
