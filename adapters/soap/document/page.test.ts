import test from 'ava';
import { loadOrders, loadShapes } from '../../../test/helpers/contracts.ts';
import { bindingsOf } from '../../calling.ts';
import { documentsOf } from './documents.ts';
import { pageOf } from './page.ts';
import type { SoapContract } from '../contract/contract.ts';

const problems = { status: 422, typeOf: (fault: string) => `urn:${fault}` };
const links = { document: 'openapi.json', style: 'openapi.css' };
const made = (contract: SoapContract, title = 'Orders') => {
  const offered = [...contract.operations.values()].map((operation) => ({
    operation,
    bindings: bindingsOf(null, operation),
  }));
  return new Map(documentsOf(contract, offered, { title, mount: '/api', problems }).map((each) => [each.path, each]));
};

test('the page shows operations, their schemas and examples', async (t) => {
  const page = made(await loadOrders())
    .get('/openapi.html')!
    .bytes()
    .toString();
  for (const told of [
    'POST /api/GetOrder',
    'OrderNotFoundFault',
    'id="schema-Order"',
    'href="#schema-GetOrderInput"',
  ]) {
    t.true(page.includes(told), told);
  }
  t.true(page.includes('&quot;orderId&quot;: &quot;1&quot;'));
});

test('every link of the page leads somewhere in it, or to its document and style', async (t) => {
  for (const contract of [await loadOrders(), await loadShapes()]) {
    const documents = made(contract);
    const page = documents.get('/openapi.html')!.bytes().toString();
    const ids = new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => `#${id}`));
    for (const [, link = ''] of page.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      t.true(ids.has(link) || documents.has(`/${link}`), link);
    }
  }
});

test('the page runs nothing, loads nothing from elsewhere, and says so', async (t) => {
  const page = made(await loadShapes())
    .get('/openapi.html')!
    .bytes()
    .toString();
  t.notRegex(page, /<script|<style| style=| on[a-z]+=|(?:src|href)="(?:https?:)?\/\//);
  t.true(page.includes(`content="default-src 'none'; style-src 'self'"`));
});

test('names and texts from outside stay text', (t) => {
  const evil = `"'><script>alert(1)</script>&`;
  const schema = { enum: [evil] };
  const media = { schema: { $ref: `#/${evil}` }, example: evil };
  const operation = {
    operationId: evil,
    parameters: [{ name: evil, in: 'query', schema }],
    requestBody: { content: { [evil]: media } },
    responses: {
      [evil]: { description: evil, content: { [evil]: { schema, examples: { [evil]: { value: evil } } } } },
    },
  };
  const page = pageOf(
    {
      info: { title: evil, version: evil, description: evil },
      paths: { [evil]: { [evil]: operation } },
      components: { schemas: { [evil]: schema } },
    },
    links,
  );
  t.notRegex(page, /<script/i);
  const allowed =
    /^<(?:!doctype html|\/?(?:html|head|meta|title|link|body|h[123]|p|a|nav|ul|li|code|section|table|tr|td|pre))\b/;
  for (const [tag] of page.matchAll(/<[^>]*>/g)) t.regex(tag, allowed);
});

test('documents are made once, and only when they are asked for', async (t) => {
  const api = made(await loadOrders()).get('/openapi.json')!;
  t.is(api.bytes(), api.bytes());
  t.is(api.type, 'application/json');
});
