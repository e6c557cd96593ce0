// Calls as old callers put them on the wire: WCF, PHP and zeep differ in prefixes, headers and where the client's id stands.

export const styles = ['wcf', 'php', 'zeep'] as const;
export type Style = (typeof styles)[number];

/** What is asked. Numbers and prices are text. */
export type Ask =
  | { readonly operation: 'GetOrder'; readonly orderId: string }
  | { readonly operation: 'ListOrders'; readonly customer: string; readonly max: number }
  | { readonly operation: 'PlaceOrder'; readonly reference: string; readonly quantity: number; readonly price: string }
  | { readonly operation: 'Ping' };

export interface Envelope {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const contract = 'http://contoso.example/orders';
const soap = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The operation's element; `p` is the prefix of the contract's namespace with its colon, or nothing. */
const element = (ask: Ask, p: string, declared: string): string => {
  const wrap = (inner: string): string => `<${p}${ask.operation}${declared}>${inner}</${p}${ask.operation}>`;
  if (ask.operation === 'GetOrder') return wrap(`<${p}orderId>${ask.orderId}</${p}orderId>`);
  if (ask.operation === 'ListOrders')
    return wrap(`<${p}customer>${ask.customer}</${p}customer><${p}max>${ask.max}</${p}max>`);
  if (ask.operation === 'Ping') return `<${p}Ping${declared}/>`;
  const line = `<d:OrderLine><d:Price>${ask.price}</d:Price><d:Quantity>${ask.quantity}</d:Quantity><d:Sku>SKU-1</d:Sku></d:OrderLine>`;
  const order = `<d:ClientRef>${ask.reference}</d:ClientRef><d:CustomerCode>C0001</d:CustomerCode><d:Lines>${line}</d:Lines>`;
  return wrap(`<${p}order xmlns:d="${contract}/data">${order}</${p}order>`);
};

const texts: Readonly<Record<Style, (ask: Ask, client: string) => string>> = {
  wcf: (ask, client) =>
    `<s:Envelope xmlns:s="${soap}"><s:Header><ClientId xmlns="${contract}">${client}</ClientId></s:Header>` +
    `<s:Body>${element(ask, '', ` xmlns="${contract}"`)}</s:Body></s:Envelope>`,
  php: (ask, client) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="${soap}" xmlns:ns1="${contract}">` +
    `<SOAP-ENV:Header><ns1:ClientId>${client}</ns1:ClientId></SOAP-ENV:Header>` +
    `<SOAP-ENV:Body>${element(ask, 'ns1:', '')}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`,
  zeep: (ask) =>
    `<?xml version='1.0' encoding='utf-8'?>\n<soap-env:Envelope xmlns:soap-env="${soap}">` +
    `<soap-env:Body>${element(ask, 'ns0:', ` xmlns:ns0="${contract}"`)}</soap-env:Body></soap-env:Envelope>`,
};

const own: Readonly<Record<Style, (client: string) => Record<string, string>>> = {
  wcf: () => ({ Expect: '100-continue' }),
  php: () => ({ 'User-Agent': 'PHP-SOAP/8.2.28' }),
  zeep: (client) => ({ 'User-Agent': 'Zeep/4.2.1 (www.python-zeep.org)', Accept: '*/*', 'X-Client-Id': client }),
};

/** A call in the manner of `style`. zeep's callers tell their id in an HTTP header, the others in a SOAP header. */
export const envelope = (style: Style, ask: Ask, client: string): Envelope => {
  const body = Buffer.from(texts[style](ask, client));
  return {
    headers: {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: `"${contract}/IOrderService/${ask.operation}"`,
      ...own[style](client),
      'Content-Length': String(body.length),
    },
    body,
  };
};
