// What handlers and their tests import as `strangler-gateway/handler`. Plain JavaScript: it takes the sources where they
// are, in a checkout, and what was built from them where only that is installed.
import { existsSync } from 'node:fs';

const source = new URL('../adapters/trial.ts', import.meta.url);
const trial = existsSync(source) ? source : new URL('../dist/adapters/trial.js', import.meta.url);

export class HandlerFault extends Error {
  constructor(fault, detail, message) {
    super(message);
    this.name = 'HandlerFault';
    this.fault = fault;
    this.detail = detail;
  }
}

export const contractOf = async (wsdl) => (await import(trial.href)).contractOf(wsdl);
