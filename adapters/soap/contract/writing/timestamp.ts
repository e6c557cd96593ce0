import { wsseNs, wsuNs } from '../xml/namespaces.ts';

/** What WCF gives its own replies, milliseconds. */
const validity = 5 * 60 * 1000;

/**
 * Header block of a reply to a call that had a Timestamp: a WCF client (TransportWithMessageCredential) that sent one refuses a
 * reply without. `made`: milliseconds since 1970. `prefix`: that of the envelope.
 */
export const timestampBlock = (made: number, prefix: string): string => {
  const [created, expires] = [made, made + validity].map((at) => new Date(at).toISOString());
  return (
    `<o:Security xmlns:o="${wsseNs}" ${prefix}:mustUnderstand="1">` +
    `<u:Timestamp xmlns:u="${wsuNs}" u:Id="_0"><u:Created>${created}</u:Created><u:Expires>${expires}</u:Expires></u:Timestamp></o:Security>`
  );
};
