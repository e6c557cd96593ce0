// Requests as real clients write them, for one contract: GetOrder and ListOrders in `urn:orders`, and Ping, whose
// Body is empty.
import type { Names } from '../../adapters/soap/names.ts';

export const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
export const wsa = 'http://www.w3.org/2005/08/addressing';

export const getAction = 'urn:orders/IOrders/GetOrder';
export const listAction = 'urn:orders/IOrders/ListOrders';
export const pingAction = 'urn:orders/IOrders/Ping';

/** AddUp is operation Sum; Shared belongs to two operations; Overload is one name for both. */
export const orderNames: Names = {
  actions: new Map([
    [getAction, ['GetOrder']],
    [listAction, ['ListOrders']],
    [pingAction, ['Ping']],
    ['urn:sum', ['Sum']],
    ['urn:shared/one', ['SharedOne']],
    ['urn:shared/two', ['SharedTwo']],
    ['urn:any', ['GetOrder', 'ListOrders', 'Ping']],
    ['urn:a b/ü', ['Spaced']],
  ]),
  elements: new Map([
    ['{urn:orders}GetOrder', ['GetOrder']],
    ['{urn:orders}ListOrders', ['ListOrders']],
    ['{urn:orders}AddUp', ['Sum']],
    ['{urn:orders}Shared', ['SharedOne', 'SharedTwo']],
    ['{urn:orders}Spaced', ['Spaced']],
    ['Bare', ['Bare']],
  ]),
  bodiless: ['Ping'],
};

export const declaration = '<?xml version="1.0" encoding="utf-8"?>';

export const envelope11 = (body: string, header = ''): string =>
  `<s:Envelope xmlns:s="${soap11}">${header}<s:Body>${body}</s:Body></s:Envelope>`;
export const envelope12 = (body: string, header = ''): string =>
  `<s:Envelope xmlns:s="${soap12}">${header}<s:Body>${body}</s:Body></s:Envelope>`;

export const getOrder = '<GetOrder xmlns="urn:orders"><orderId>42</orderId></GetOrder>';
export const listOrders = '<ListOrders xmlns="urn:orders"><customer>7</customer></ListOrders>';

export interface GoldenCall {
  readonly raw: readonly string[];
  readonly body: Buffer;
}

const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';
const text = 'text/xml; charset=utf-8';
const boundary = 'uuid:8e1d2a3c-0001+id=1';

const mtom = (envelope: string): string =>
  `--${boundary}\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n` +
  `Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"\r\n\r\n${envelope}\r\n` +
  `--${boundary}\r\nContent-ID: <http://tempuri.org/1>\r\nContent-Transfer-Encoding: binary\r\n` +
  `Content-Type: application/octet-stream\r\n\r\n\u0000\u0001<s:Body>binary</s:Body>\r\n--${boundary}--\r\n`;

/** Every one of them asks for GetOrder. */
export const goldenCalls: Readonly<Record<string, GoldenCall>> = {
  'WCF basicHttp': {
    raw: ['Content-Type', text, 'SOAPAction', `"${getAction}"`, 'Host', 'h', 'Expect', '100-continue'],
    body: Buffer.from(
      `${declaration}<s:Envelope xmlns:s="${soap11}"><s:Body><GetOrder xmlns="urn:orders"><q xmlns:d4p1="urn:data" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><d4p1:Id>42</d4p1:Id><d4p1:Note i:nil="true"/></q></GetOrder></s:Body></s:Envelope>`,
    ),
  },
  'WCF 1.2 with addressing, a byte order mark and no action parameter': {
    raw: ['Content-Type', 'application/soap+xml; charset=utf-8', 'Expect', '100-continue'],
    body: Buffer.from(
      `\ufeff<s:Envelope xmlns:s="${soap12}" xmlns:a="${wsa}"><s:Header><a:Action s:mustUnderstand="1">${getAction}</a:Action><a:MessageID>urn:uuid:1</a:MessageID><a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand="1">http://h/o.svc</a:To></s:Header><s:Body>${getOrder}</s:Body></s:Envelope>`,
    ),
  },
  'ASMX proxy': {
    raw: ['User-Agent', 'MS Web Services Client Protocol', 'Content-Type', text, 'SOAPAction', `"${getAction}"`],
    body: Buffer.from(
      `${declaration}<soap:Envelope xmlns:soap="${soap11}" ${xsi}><soap:Body>${getOrder}</soap:Body></soap:Envelope>`,
    ),
  },
  'PHP, with a newline at the end': {
    raw: ['Connection', 'Keep-Alive', 'Content-Type', text, 'SOAPAction', `"${getAction}"`],
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="${soap11}" xmlns:ns1="urn:orders"><SOAP-ENV:Body><ns1:GetOrder><ns1:orderId>42</ns1:orderId></ns1:GetOrder></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`,
    ),
  },
  'zeep, with addressing because the WSDL says so': {
    raw: ['Accept-Encoding', 'gzip, deflate', 'SOAPAction', `"${getAction}"`, 'Content-Type', text],
    body: Buffer.from(
      `<?xml version='1.0' encoding='utf-8'?>\n<soap-env:Envelope xmlns:soap-env="${soap11}"><soap-env:Header xmlns:wsa="${wsa}"><wsa:Action>${getAction}</wsa:Action><wsa:MessageID>urn:uuid:2</wsa:MessageID><wsa:To>http://h/</wsa:To></soap-env:Header><soap-env:Body><ns0:GetOrder xmlns:ns0="urn:orders"><ns0:orderId>42</ns0:orderId></ns0:GetOrder></soap-env:Body></soap-env:Envelope>`,
    ),
  },
  'SOAP::Lite': {
    raw: ['TE', 'deflate,gzip;q=0.3', 'Content-Type', text, 'SOAPAction', `"${getAction}"`],
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soap="${soap11}" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" ${xsi}><soap:Body><GetOrder xmlns="urn:orders"><orderId xsi:type="xsd:int">42</orderId></GetOrder></soap:Body></soap:Envelope>`,
    ),
  },
  'JAX-WS, with an unrelated default namespace and an empty action': {
    raw: ['Accept', 'text/xml, multipart/related', 'Content-Type', text, 'SOAPAction', '""'],
    body: Buffer.from(
      `<?xml version="1.0" ?><S:Envelope xmlns:S="${soap11}"><S:Body><ns2:GetOrder xmlns:ns2="urn:orders" xmlns="urn:else" xmlns:ns3="urn:unused"><ns2:orderId>42</ns2:orderId></ns2:GetOrder></S:Body></S:Envelope>`,
    ),
  },
  'gSOAP 1.2, with the action in both places': {
    raw: [
      'Content-Type',
      `application/soap+xml; charset=utf-8; action="${getAction}"`,
      'Connection',
      'close',
      'SOAPAction',
      `"${getAction}"`,
    ],
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="${soap12}" xmlns:SOAP-ENC="http://www.w3.org/2003/05/soap-encoding" ${xsi} xmlns:ns1="urn:orders"><SOAP-ENV:Body><ns1:GetOrder><ns1:orderId>42</ns1:orderId></ns1:GetOrder></SOAP-ENV:Body></SOAP-ENV:Envelope>`,
    ),
  },
  'WCF with a user name token and a signed timestamp': {
    raw: ['Content-Type', text, 'SOAPAction', `"${getAction}"`],
    body: Buffer.from(
      `<s:Envelope xmlns:s="${soap11}" xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><s:Header><o:Security s:mustUnderstand="1" xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><u:Timestamp u:Id="_0"><u:Created>2024-01-01T00:00:00Z</u:Created></u:Timestamp><o:UsernameToken u:Id="u"><o:Username>alice</o:Username><o:Password>p&amp;w</o:Password></o:UsernameToken></o:Security></s:Header><s:Body u:Id="_1">${getOrder}</s:Body></s:Envelope>`,
    ),
  },
  'WCF MTOM 1.2': {
    raw: [
      'Content-Type',
      `multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="${boundary}";start-info="application/soap+xml; action=\\"${getAction}\\""`,
      'MIME-Version',
      '1.0',
    ],
    body: Buffer.from(
      mtom(
        `<s:Envelope xmlns:s="${soap12}"><s:Body><GetOrder xmlns="urn:orders"><f><xop:Include href="cid:http://tempuri.org/1" xmlns:xop="http://www.w3.org/2004/08/xop/include"/></f></GetOrder></s:Body></s:Envelope>`,
      ),
      'latin1',
    ),
  },
  'a client that writes UTF-16': {
    raw: ['Content-Type', 'text/xml; charset=utf-16', 'SOAPAction', `"${getAction}"`],
    body: Buffer.from(`\ufeff<?xml version="1.0" encoding="utf-16"?>${envelope11(getOrder)}`, 'utf16le'),
  },
  'a client that writes comments, CDATA and white space': {
    raw: ['Content-Type', text, 'SOAPAction', getAction],
    body: Buffer.from(
      `${declaration}\r\n<!-- made by hand -->\r\n<e:Envelope\r\n  xmlns:e='${soap11}'>\r\n  <e:Header />\r\n  <e:Body>\r\n    <!-- here -->\r\n    <o:GetOrder xmlns:o = "urn:orders" ><o:orderId><![CDATA[4]]>2</o:orderId><o:n>ä &lt; ö ]] > </o:n></o:GetOrder >\r\n  </e:Body>\r\n</e:Envelope>\r\n`,
    ),
  },
};
