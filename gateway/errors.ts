// Errors of the gateway's own. Adapters throw AdapterError; both carry a `code`.

export type GatewayErrorCode =
  | 'ERR_NO_ROUTE' // nothing in the table matches
  | 'ERR_NO_SIDE' // the side that was decided on has no destination
  | 'ERR_UNDECIDED' // undecidable, and no legacy left to take it
  | 'ERR_UPSTREAM'; // every side that could be asked has failed

export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  /** HTTP status for callers that are not SOAP. */
  readonly status: number;
  /** May the message be shown to the client? */
  readonly expose: boolean;
  readonly retryAfter: number | null;
  constructor(
    code: GatewayErrorCode,
    status: number,
    message: string,
    options: { expose?: boolean; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.status = status;
    this.expose = options.expose ?? true;
    this.retryAfter = options.retryAfter ?? null;
  }
}
