// A SOAP call to one of several gateways under the same name, as behind a balancer: an answer for another `Host` is another answer, and
// `fetch` always names its own.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { action } from './soap-post.ts';

export const callAs = (url: string, operation: string, xml: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const headers = {
      host: 'orders.example',
      'content-type': 'text/xml; charset=utf-8',
      soapaction: action(operation),
    };
    const out = request(`${url}/OrderService.svc`, { method: 'POST', headers }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, text: body }), reject);
    });
    out.on('error', reject).end(xml);
  });
