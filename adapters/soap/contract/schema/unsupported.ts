// A construct that cannot be translated exactly: its operations are passed through, and this is the reason shown.
import type { XmlElement } from '../xml/xml.ts';

/** `what` names the construct, such as `xs:any`; the place is added. */
export class Unsupported extends Error {
  constructor(what: string, where: string) {
    super(`${what} (${where})`);
    this.name = 'Unsupported';
  }
}

/** `type Order, orders.xsd:12`: where a construct stands. */
export const placeOf = (element: XmlElement, file: string, owner: string): string =>
  owner === '' ? `${file}:${element.line}` : `${owner}, ${file}:${element.line}`;
