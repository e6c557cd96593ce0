// A SOAP call as an old client makes it, over fetch; what comes back as text.
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly side: string | null;
}

export const namespace = 'http://contoso.example/orders';

export const envelope = (body: string, client: string | null = null): string => {
  const header = client === null ? '' : `<s:Header><ClientId xmlns="${namespace}">${client}</ClientId></s:Header>`;
  return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">${header}<s:Body>${body}</s:Body></s:Envelope>`;
};

export const getOrder = (id: number | string, client: string | null = null): string =>
  envelope(`<GetOrder xmlns="${namespace}"><orderId>${id}</orderId></GetOrder>`, client);

export const action = (operation: string): string => `"${namespace}/IOrderService/${operation}"`;

export const post = async (
  url: string,
  xml: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answered> => {
  const reply = await fetch(url, {
    method: 'POST',
    body: xml,
    headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
  });
  const side = /side=(\w+)/.exec(reply.headers.get('x-strangler-decision') ?? '')?.[1] ?? null;
  return { status: reply.status, type: reply.headers.get('content-type') ?? '', text: await reply.text(), side };
};
