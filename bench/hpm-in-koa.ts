// The yardstick: http-proxy-middleware in Koa with a keep-alive agent and nothing else. Arguments: port, target.
import { Agent } from 'node:http';
import Koa from 'koa';
import { createProxyMiddleware } from 'http-proxy-middleware';

const [port, target] = process.argv.slice(2);
if (port === undefined || target === undefined) throw new Error('usage: hpm-in-koa.ts PORT TARGET');

const proxy = createProxyMiddleware({ target, agent: new Agent({ keepAlive: true, maxSockets: 256 }) });
const app = new Koa();
app.use(async (ctx) => {
  await proxy(ctx.req, ctx.res);
  ctx.respond = false; // or Koa appends its own text to a body that was cut
});
app.listen(Number(port), '127.0.0.1');
