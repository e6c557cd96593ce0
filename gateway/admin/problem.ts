// Errors of the admin API as RFC 9457 problems.
import type { Context, Next } from 'koa';
import type { ProblemDetails } from './shapes.ts';

/** An answer that is an error: thrown anywhere below, told in one place. */
export class AdminError extends Error {
  readonly status: number;
  readonly title: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  constructor(status: number, title: string, detail: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'AdminError';
    this.status = status;
    this.title = title;
    this.extensions = extensions;
  }
}

const tell = (ctx: Context, error: AdminError): void => {
  const problem: ProblemDetails = {
    ...error.extensions,
    type: 'about:blank',
    title: error.title,
    status: error.status,
    detail: error.message,
  };
  ctx.status = error.status;
  ctx.type = 'application/problem+json';
  if (error.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
  ctx.body = JSON.stringify(problem);
};

/** Outermost. What nobody foresaw is told to `unforeseen` with everything, and to the caller without anything. */
export const problems =
  (unforeseen: (error: unknown) => void) =>
  async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false)
        throw new AdminError(404, 'Not found', `nothing at ${ctx.path}; see /api/v1/status, /metrics, /readyz`);
    } catch (error) {
      if (!(error instanceof AdminError)) unforeseen(error);
      tell(ctx, error instanceof AdminError ? error : new AdminError(500, 'Internal error', 'see the log'));
    }
  };
