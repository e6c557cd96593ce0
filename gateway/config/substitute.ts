// `${NAME}` and `${NAME:-default}` from the environment; `$${` is a plain `${`.

export type Env = Readonly<Record<string, string | undefined>>;

export type Substituted =
  | { readonly is: 'as-written' }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'failed'; readonly why: string };

const pattern = /\$\$\{|\$\{([^}]*)\}?/g;
const reference = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

export const substitute = (text: string, env: Env): Substituted => {
  if (!text.includes('${')) return { is: 'as-written' };
  const failures: string[] = [];
  const result = text.replaceAll(pattern, (whole, inner: string | undefined) => {
    if (inner === undefined) return '${';
    const value = whole.endsWith('}') ? resolve(inner, env) : { why: `\${ without its }` };
    if (typeof value === 'string') return value;
    failures.push(value.why);
    return '';
  });
  return failures.length > 0 ? { is: 'failed', why: failures.join('; ') } : { is: 'text', text: result };
};

const resolve = (inner: string, env: Env): string | { why: string } => {
  const [, name, fallback] = reference.exec(inner) ?? [];
  if (name === undefined) {
    return { why: `\${${inner}} is no reference; expected \${NAME} or \${NAME:-default}` };
  }
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  if (fallback !== undefined) return fallback;
  const state = value === undefined ? 'not set' : 'set, but empty';
  return { why: `the environment variable ${name} is ${state}; set it, or write \${${name}:-default}` };
};
