// The front door's settings that make sense only together.
import type { Checking } from './checks.ts';
import type { AdmissionSettings } from './settle.ts';

export const checkFront = (checking: Checking): void => {
  const { config, says, report } = checking;
  const { http2, proxyProtocol, tls, trustedProxies, limits } = config.gateway;
  if (http2 && tls === undefined && !says(['gateway', 'tls']))
    report(['gateway', 'http2'], 'needs gateway.tls: clients agree on HTTP/2 in the TLS handshake');
  if (proxyProtocol && trustedProxies.length === 0 && !says(['gateway', 'trustedProxies']))
    report(['gateway', 'proxyProtocol'], 'needs gateway.trustedProxies: the balancers that send the header');
  for (const [name, route] of config.routes) {
    const { header } = route.limits;
    if (header !== null && header > limits.header)
      report(['routes', name, 'limits', 'header'], 'is more than gateway.limits.header, which comes first');
    checkAdmission(checking, ['routes', name], route.admission);
    if (route.operationsFrom !== null) continue;
    for (const [operation, { admission }] of route.operations)
      checkAdmission(checking, ['routes', name, 'operations', operation], admission);
  }
};

const checkAdmission = ({ config, says, report }: Checking, at: readonly string[], said: AdmissionSettings): void => {
  const { tls } = config.gateway;
  const asksCertificate = said.require?.some(({ clientCertificate }) => clientCertificate !== undefined) ?? false;
  if (asksCertificate && tls?.clientCa === undefined && !says(['gateway', 'tls', 'clientCa']))
    report([...at, 'require'], 'asks for a client certificate; expected gateway.tls.clientCa, which vouches for them');
  for (const { jwt } of said.require ?? []) {
    if (jwt !== undefined && /^https?:/i.test(jwt.jwks) && !URL.canParse(jwt.jwks))
      report([...at, 'require'], 'has a jwks that is no URL');
  }
};
