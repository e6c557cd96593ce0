// The conditions a route may have besides host and path. A new one adds its file and a line here.
import type { Match } from '../../table/table.ts';
import type { Condition } from './condition.ts';
import { contentType } from './content-type.ts';
import { header } from './header.ts';
import { method } from './method.ts';
import { query } from './query.ts';

const matchers = [method, header, query, contentType];

/** All conditions of a route, each counted once for its rank. */
export const conditions = (match: Match): readonly Condition[] => matchers.flatMap((matcher) => matcher(match));
