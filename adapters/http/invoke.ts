// A JSON service asked for one operation: the same relay beneath, answers read strictly (decision 17).
import type { Answer, Ask, Asked, Call, ForwardedForm, Invoke, Json, Raw, Reply, Send } from '../adapter.ts';
import { bindingsOf } from '../calling.ts';
import { AdapterError, SendError } from '../errors.ts';
import { bytesBody, noBody } from '../wire/bytes.ts';
import { nobodys, originLines } from '../wire/forwarded.ts';
import { headerOf } from '../wire/headers.ts';
import { jsonText } from '../json-text.ts';
import { callTemplate } from './call-template.ts';
import { exactJson } from './exact-json.ts';
import { JsonError } from './json-reader.ts';
import { checkTreat, faultOf } from './problem.ts';

/** A translated reply may be held up to this size (decision 11). */
const maxAnswer = 16 * 1024 * 1024;

export interface Asking {
  readonly send: Send;
  /** Header lines of every request, Host among them. */
  readonly lines: Raw;
  readonly forwarded: ForwardedForm;
}

/** Throws a plain Error for a `call` that cannot be. */
export const httpInvoke = (asked: Asked, { send, lines, forwarded }: Asking): Invoke => {
  checkTreat(asked);
  const bindings = bindingsOf(asked.call, asked.operation);
  const template = callTemplate(bindings);
  const { trusts = nobodys } = asked;
  const origin = originLines(
    { forwarded, trusts },
    bindings.headers.map(({ key }) => key.toLowerCase()),
  );
  // Who the gateway is to the service comes before who calls the gateway.
  const hasOwn = headerOf(lines, 'authorization') !== null;
  return async (ask, deadline) => {
    const { method, target, headers, body: members } = template(ask);
    // Asked in the same place as by the client, it is told the same.
    const body = asked.face === 'rest' ? headed(members, ask.soapHeaders) : members;
    const bytes = body === null ? null : Buffer.from(jsonText(body));
    const raw = [...lines, 'Accept', 'application/json, application/problem+json'];
    for (const [name, value] of Object.entries(ask.headers)) raw.push(name, value);
    if (ask.call !== undefined) raw.push(...origin(ask.call));
    if (ask.caller.credentials !== null && !hasOwn) raw.push('Authorization', ask.caller.credentials.authorization);
    raw.push(...headers);
    if (bytes !== null) raw.push('Content-Type', 'application/json', 'Content-Length', String(bytes.length));
    const call: Call = {
      head: { method, target, http: '1.1', raw },
      body: bytes === null ? noBody() : bytesBody(bytes),
      client: nobody,
      expects: null,
      message: null,
      header: (name) => headerOf(raw, name),
    };
    const reply = await send(call, deadline);
    return { ...(await answerOf(reply, asked, deadline)), said: reply.head };
  };
};

/** The body as clients of REST have it: header blocks beside the members. */
const headed = (body: Json | null, blocks: Ask['soapHeaders']): Json | null =>
  Object.keys(blocks).length === 0 || typeof body !== 'object' || body === null || Array.isArray(body)
    ? body
    : { $headers: blocks, ...(body as Readonly<Record<string, Json>>) };

const nobody = { address: '', secure: false, certificate: () => null };

const answerOf = async (reply: Reply, asked: Asked, deadline: Parameters<Invoke>[1]): Promise<Answer> => {
  const { status, raw } = reply.head;
  if (status >= 500) {
    reply.discard?.();
    throw new SendError('ERR_STATUS', '5xx', 'all', `the service answered ${status}`);
  }
  const bytes = await reply.body.whole(maxAnswer, deadline).catch(unread);
  const type = (headerOf(raw, 'content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  // Of an answer in another form the status alone may say something, see `treat`.
  if (status >= 400) return faultOf(isJson(type) ? await readJson(bytes, type) : null, asked, status);
  if (status < 200 || status >= 300) throw breach(`the service answered ${status}, expected 2xx`);
  if (asked.operation.oneWay) return { kind: 'accepted' };
  if (asked.operation.isVoid && bytes.length === 0) return { kind: 'value', json: {} };
  return { kind: 'value', json: await readJson(bytes, type) };
};

const isJson = (type: string): boolean => type === 'application/json' || type.endsWith('+json');

const readJson = async (bytes: Buffer, type: string): Promise<Json> => {
  if (!isJson(type)) throw breach(`the service answered with ${type === '' ? 'no content type' : type}, expected JSON`);
  try {
    return await exactJson(bytes);
  } catch (error) {
    const what =
      error instanceof JsonError ? `: ${error.pointer === '' ? '' : `${error.pointer}: `}${error.message}` : '';
    throw breach(`the service answered with what is no JSON in UTF-8${what}`, error);
  }
};

const unread = (error: unknown): never => {
  if (!(error instanceof AdapterError)) throw error;
  const isLate = error.code === 'ERR_TIMEOUT' || error.code === 'ERR_DEADLINE';
  const reason = isLate ? 'timeout' : error.code === 'ERR_TOO_LARGE' ? 'contract' : 'truncated';
  throw new SendError(error.code, reason, 'all', error.message, { cause: error });
};

const breach = (message: string, cause?: unknown): SendError =>
  new SendError('ERR_CONTRACT', 'contract', 'all', message, { cause });
