// Serves the ops page: a document, a script, a style sheet. No data is in them, so they need no token.
// Not named page.ts: built, that would be dist/…/page.js, which is where the bundle lies.
import { bundle } from './bundle.ts';
import { AdminError } from '../problem.ts';
import type { Middleware } from 'koa';
import type { Bundle } from './bundle.ts';

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M8 15V1M8 12C3 12 3 8 8 8s5-4 0-4" fill="none" stroke="#3b82f6" stroke-width="2.4" stroke-linecap="round"/></svg>',
)}`;

const document = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>strangler</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body><div id="page"></div><noscript>This page needs JavaScript; see /api/v1/operations or run strangler status.</noscript></body>
</html>
`;

// Nothing inline, nothing from elsewhere: a name in the file that looks like markup stays text.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Koa middleware for `/`, `/page.js` and `/page.css`; all else goes on to `next`. */
export const servePage = (load: () => Promise<Bundle> = bundle()): Middleware => {
  const loaded = async (): Promise<Bundle> => {
    try {
      return await load();
    } catch (cause) {
      throw new AdminError(
        500,
        'No page',
        `the page could not be bundled (${(cause as Error).message}); run npm run build, or use strangler status`,
      );
    }
  };
  return async (ctx, next) => {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (isRead && ctx.path === '/') {
      ctx.set('Content-Security-Policy', policy);
      ctx.set('Referrer-Policy', 'no-referrer');
      ctx.type = 'html';
      ctx.body = document;
    } else if (isRead && ctx.path === '/page.js') {
      ctx.type = 'text/javascript';
      ctx.body = (await loaded()).script;
    } else if (isRead && ctx.path === '/page.css') {
      ctx.type = 'text/css';
      ctx.body = (await loaded()).styles;
    } else await next();
  };
};
