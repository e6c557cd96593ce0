import test from 'ava';
import { join } from 'node:path';
import { bindingOf, folderWith, wsdlOf } from '../../../../test/helpers/wsdl.ts';
import { loadContract } from '../contract.ts';
import type { ExecutionContext } from 'ava';

const sp11 = 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy';
const sp12 = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702';

/** As .NET writes it: one alternative of all assertions, referred to by the binding. */
const policy = (sp: string, assertions: string, others = ''): string =>
  `<p:Policy u:Id="B_policy" xmlns:sp="${sp}"><p:ExactlyOne><p:All>${assertions}</p:All>${others}</p:ExactlyOne></p:Policy>`;
const transport = (token: string): string =>
  `<sp:TransportBinding><p:Policy><sp:TransportToken><p:Policy>${token}</p:Policy></sp:TransportToken></p:Policy></sp:TransportBinding>`;
const username = '<sp:SignedSupportingTokens><p:Policy><sp:UsernameToken/></p:Policy></sp:SignedSupportingTokens>';

const asked = async (t: ExecutionContext, head: string) => {
  const binding = bindingOf('B', { inside: '<p:PolicyReference URI="#B_policy"/>' });
  const folder = await folderWith(t, { 'service.wsdl': wsdlOf({ head, binding }) });
  const [{ clientCertificate, credentials } = { clientCertificate: null, credentials: null }, ...others] =
    (await loadContract(join(folder, 'service.wsdl'))).transports ?? [];
  t.is(others.length, 0);
  return { clientCertificate, credentials };
};

const neither = { clientCertificate: false, credentials: false };
const cases: Readonly<Record<string, readonly [head: string, is: typeof neither]>> = {
  'no policy asks for nothing': ['', neither],
  'TLS alone asks for nothing that a gateway cannot give': [policy(sp11, transport('<sp:HttpsToken/>')), neither],
  'a client certificate as an attribute of version 1.1': [
    policy(sp11, transport('<sp:HttpsToken RequireClientCertificate="true"/>')),
    { clientCertificate: true, credentials: false },
  ],
  'an attribute that says false asks for none': [
    policy(sp11, transport('<sp:HttpsToken RequireClientCertificate="false"/>')),
    neither,
  ],
  'a client certificate as an element of version 1.2': [
    policy(sp12, transport('<sp:HttpsToken><p:Policy><sp:RequireClientCertificate/></p:Policy></sp:HttpsToken>')),
    { clientCertificate: true, credentials: false },
  ],
  'a user name over TLS is TransportWithMessageCredential': [
    policy(sp11, transport('<sp:HttpsToken RequireClientCertificate="false"/>') + username),
    { clientCertificate: false, credentials: true },
  ],
  'supporting tokens that are empty, as .NET writes them, are none': [
    policy(
      sp11,
      `${transport('<sp:HttpsToken/>')}<sp:EndorsingSupportingTokens><p:Policy/></sp:EndorsingSupportingTokens>`,
    ),
    neither,
  ],
  'a user name without TLS asks nothing of the connection': [policy(sp11, username), neither],
  'what only one of two alternatives asks is not asked': [
    policy(sp11, transport('<sp:HttpsToken RequireClientCertificate="true"/>') + username, '<p:All/>'),
    neither,
  ],
};

for (const [what, [head, is]] of Object.entries(cases)) {
  test(what, async (t) => {
    t.deepEqual(await asked(t, head), is);
  });
}
