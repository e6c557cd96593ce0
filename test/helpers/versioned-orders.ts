// An order service whose answers tell a write that is missing from them: each order has a version, and each CancelOrder makes the next one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { startLegacy } from '../../examples/orders/legacy.ts';
import { listen } from './listen.ts';
import { action, envelope, getOrder, namespace } from './soap-post.ts';

export interface VersionedOrders {
  readonly url: string;
  /** How often each operation was asked for. */
  readonly asked: Map<string, number>;
  /** From now on answers are as they are found, and given after `release`. */
  hold(): { release(): void };
}

export const cancelOrder = (id: number): string =>
  envelope(`<CancelOrder xmlns="${namespace}"><orderId>${id}</orderId></CancelOrder>`);
export const countOrders = (client: string): string => envelope(`<CountOrders xmlns="${namespace}"/>`, client);

/** Of an answer to GetOrder. */
export const versionIn = (answer: string): number => Number(/Code>v(\d+)</.exec(answer)?.[1] ?? Number.NaN);

/** Answers are those of the demo's legacy, but for the version. */
export const versionedOrders = async (t: ExecutionContext): Promise<VersionedOrders> => {
  const legacy = await startLegacy({ port: 0 });
  t.teardown(() => legacy.close());
  const answers = new Map<string, string>();
  for (const [operation, xml] of [
    ['GetOrder', getOrder(3)],
    ['CancelOrder', cancelOrder(3)],
    ['CountOrders', countOrders('c')],
  ] as const) {
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: action(operation) };
    const reply = await fetch(legacy.url, { method: 'POST', body: xml, headers });
    answers.set(operation, await reply.text());
  }
  const asked = new Map<string, number>();
  const versions = new Map<string, number>();
  let held: PromiseWithResolvers<void> | null = null;
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const xml = await text(req);
    const operation = /<(GetOrder|CancelOrder|CountOrders) /.exec(xml)?.[1] ?? '';
    const id = /orderId>(\d+)</.exec(xml)?.[1] ?? '';
    asked.set(operation, (asked.get(operation) ?? 0) + 1);
    if (operation === 'CancelOrder') versions.set(id, (versions.get(id) ?? 0) + 1);
    const found = answers.get(operation)!.replace(/Code>[^<]*</, `Code>v${versions.get(id) ?? 0}<`);
    // Looked up before it is given: it knows nothing of a write in between.
    await (held?.promise ?? sleep(2));
    res.setHeader('Content-Type', 'text/xml; charset=utf-8').end(found);
  };
  const url = await listen(t, (req, res) => void answer(req, res).catch(() => res.destroy()));
  return {
    url: `${url}/OrderService.svc`,
    asked,
    hold() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      held = { promise, resolve, reject };
      return {
        release() {
          held = null;
          resolve();
        },
      };
    },
  };
};
