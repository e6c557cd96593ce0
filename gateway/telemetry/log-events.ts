import type { Events, GatewayEvent, Problem } from '../events.ts';
import type { Logger } from './log.ts';

const places = (problems: readonly Problem[]): string =>
  problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join('; ');

/** One line per event; answers the function that detaches. */
export const logEvents = (events: Events, logger: Logger): (() => void) =>
  events.on((event: GatewayEvent) => {
    switch (event.type) {
      case 'config-rejected':
        logger.error({ event }, `the file was rejected, revision stays: ${places(event.problems)}`);
        return;
      case 'config-warned':
        logger.warn({ event }, `the file has warnings: ${places(event.problems)}`);
        return;
      case 'restart-needed':
        if (event.keys.length === 0) logger.info({ event }, 'nothing waits for a restart any more');
        else logger.warn({ event }, `takes effect after a restart: ${event.keys.join(', ')}`);
        return;
      case 'killed':
        logger.warn({ event }, `killed by ${event.by}: ${event.scope} goes to legacy`);
        return;
      case 'kill-unclear':
        logger.error(
          { event },
          `the kill names ${event.names.join(', ')}, expected a route or route.operation of the file, one a line: everything goes to legacy until it does`,
        );
        return;
      case 'table-swapped':
        logger.info({ event }, `revision ${event.revision} serves`);
        return;
      case 'certificate-rejected':
        logger.error({ event }, `the TLS files were rejected, those before serve on: ${event.why}`);
        return;
      case 'certificate-taken':
        logger.info({ event }, `serves a certificate that ends ${new Date(event.until).toISOString()}`);
        return;
      case 'destination-warned':
        logger.warn({ event }, `destination ${event.destination}: ${event.message}`);
        return;
      case 'url-changed':
        logger[event.state === 'healthy' ? 'info' : 'warn'](
          { event },
          `${event.url} of ${event.destination} is ${event.state}: ${event.why}; ${event.left > 0 ? `${event.left} left` : 'none is left, so all are asked'}`,
        );
        return;
      case 'breaker-changed':
        logger[event.state === 'open' ? 'warn' : 'info'](
          { event },
          `the breaker of ${event.destination}/${event.operation} is ${event.state}: ${event.why}`,
        );
        return;
      case 'destination-full':
        logger.warn(
          { event },
          `destination ${event.destination} is full, calls are turned down: ${event.inFlight} under way, ${event.waiting} waiting`,
        );
        return;
      case 'cache-purged':
        logger.info({ event }, `purged ${event.entries} kept answers: ${event.what}, ${event.why}`);
        return;
      case 'state-changed':
        logger[event.isUp ? 'info' : 'warn'](
          { event },
          event.isUp ? 'the state answers' : `the state does not answer, calls are served without it: ${event.why}`,
        );
        return;
      case 'log-changed':
        logger[event.isUp ? 'info' : 'error'](
          { event },
          event.isUp ? 'log lines can be written again' : `log lines cannot be written: ${event.why}`,
        );
        return;
      case 'unkilled':
      case 'reread':
      case 'draining':
      case 'stopped':
        logger.info({ event }, event.type);
    }
  });
