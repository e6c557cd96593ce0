// Paths of files are relative to the folder of the file that names them; a Config has them absolute.
import { dirname, resolve } from 'node:path';
import type { TlsFiles } from '../../adapters/adapter.ts';
import { namedDialects } from './destinations.ts';
import type { DestinationSettings } from './destinations.ts';
import type { AdmissionSettings, Config, OperationSettings, RouteSettings } from './settle.ts';
import { placeOf } from './tree.ts';
import type { MapTree, Path } from './tree.ts';

export const absolute = (config: Config, tree: MapTree): Config => {
  const at: At = (path, file) => resolve(dirname(placeOf(tree, path).file), file);
  const destinations = [...config.destinations].map(([name, one]): [string, DestinationSettings] => [
    name,
    absoluteDestination(name, one, at),
  ]);
  const routes = [...config.routes].map(([name, one]): [string, RouteSettings] => [name, absoluteRoute(name, one, at)]);
  return {
    ...config,
    gateway: absoluteGateway(config.gateway, at),
    destinations: new Map(destinations),
    routes: new Map(routes),
  };
};

const absoluteRoute = (name: string, one: RouteSettings, at: At): RouteSettings => {
  const operations = [...one.operations].map(([operation, said]): [string, OperationSettings] => {
    const path = ['routes', one.operationsFrom ?? name, 'operations', operation];
    return [operation, { ...said, admission: absoluteKeys(said.admission, path, at) }];
  });
  return {
    ...one,
    admission: absoluteKeys(one.admission, ['routes', name], at),
    operations: operations.length === 0 ? one.operations : new Map(operations),
  };
};

/** Of a JWKS in a file; URLs stay. */
const absoluteKeys = (said: AdmissionSettings, path: Path, at: At): AdmissionSettings => {
  if (said.require?.some(({ jwt }) => jwt !== undefined) !== true) return said;
  const require = said.require.map(({ jwt, ...others }) =>
    jwt === undefined || /^https?:/i.test(jwt.jwks)
      ? { ...others, jwt }
      : { ...others, jwt: { ...jwt, jwks: at([...path, 'require'], jwt.jwks) } },
  );
  return { ...said, require };
};

type At = (path: Path, file: string) => string;

const absoluteDestination = (name: string, one: DestinationSettings, at: At): DestinationSettings => {
  const path = ['destinations', name];
  if (one.adapter === 'handler') return { ...one, module: at([...path, 'module'], one.module) };
  const auth =
    one.auth === undefined ? {} : { auth: absoluteAuth(one.auth, (key, file) => at([...path, 'auth', ...key], file)) };
  const tls =
    one.tls === undefined ? {} : { tls: absoluteFiles(one.tls, (key, file) => at([...path, 'tls', key], file)) };
  if (one.adapter === 'http') return { ...one, ...auth, ...tls };
  const dialect = namedDialects.has(one.dialect) ? one.dialect : at([...path, 'dialect'], one.dialect);
  const wsdl = one.wsdl === undefined ? {} : { wsdl: at([...path, 'wsdl'], one.wsdl) };
  return { ...one, ...auth, ...tls, ...wsdl, dialect };
};

type Files = Exclude<DestinationSettings, { adapter: 'handler' }>['tls'] & {};

const absoluteFiles = (tls: Files, at: (key: string, file: string) => string): Files => ({
  ...tls,
  ...(tls.ca === undefined ? {} : { ca: at('ca', tls.ca) }),
  ...(tls.cert === undefined ? {} : { cert: at('cert', tls.cert) }),
  ...(tls.key === undefined ? {} : { key: at('key', tls.key) }),
});

type Auth = Exclude<DestinationSettings, { adapter: 'handler' }>['auth'] & {};

const absoluteAuth = (auth: Auth, at: (key: readonly string[], file: string) => string): Auth => {
  const { basic, bearer, usernameToken, signature } = auth;
  const password = (kind: string, file: string | undefined) =>
    file === undefined ? {} : { passwordFile: at([kind, 'passwordFile'], file) };
  if (basic !== undefined) return { basic: { ...basic, ...password('basic', basic.passwordFile) } };
  if (usernameToken !== undefined)
    return { usernameToken: { ...usernameToken, ...password('usernameToken', usernameToken.passwordFile) } };
  if (signature !== undefined) {
    const [cert, key] = [at(['signature', 'cert'], signature.cert), at(['signature', 'key'], signature.key)];
    return { signature: { ...signature, cert, key } };
  }
  return bearer?.tokenFile === undefined
    ? auth
    : { bearer: { tokenFile: at(['bearer', 'tokenFile'], bearer.tokenFile) } };
};

const absoluteGateway = (gateway: Config['gateway'], at: At): Config['gateway'] => {
  const { tls, killFile, ...others } = gateway;
  return {
    ...others,
    ...(killFile === undefined ? {} : { killFile: at(['gateway', 'killFile'], killFile) }),
    ...(tls === undefined ? {} : { tls: absoluteTls(tls, (key, file) => at(['gateway', 'tls', key], file)) }),
  };
};

type Tls = NonNullable<Config['gateway']['tls']>;

const absoluteTls = (tls: Tls, at: (key: string, file: string) => string): Tls => ({
  cert: at('cert', tls.cert),
  key: at('key', tls.key),
  ...(tls.clientCa === undefined ? {} : { clientCa: at('clientCa', tls.clientCa) }),
});

/** Files that a destination is made from: certificates, its contract, and the reply that shows its dialect. */
export const filesOf = (one: Made): readonly string[] => {
  const { ca, cert, key } = one.tls ?? {};
  const files = [ca, cert, key].filter((file) => file !== undefined);
  if (one.adapter !== 'soap' || one.wsdl === undefined) return files;
  const { dialect = 'wcf' } = one;
  return namedDialects.has(dialect) ? [...files, one.wsdl] : [...files, one.wsdl, dialect];
};

interface Made {
  readonly adapter: string;
  readonly tls?: TlsFiles | undefined;
  readonly wsdl?: string | undefined;
  readonly dialect?: string | undefined;
}
