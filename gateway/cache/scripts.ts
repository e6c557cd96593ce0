// What runs inside Redis, each as one step. An answer is stored as 12 digits (how long before its end it is no longer fresh, in
// milliseconds), the versions of its tags, and its value. A tag's version is chance and is made by whoever reads: to take a tag back is to
// remove its version, and no version ever comes again, be it lost, evicted or ended.
import { script } from '../state/script.ts';
import type { Landing } from './shared.ts';

/** Characters of a version. */
export const versionLength = 16;

/** In place of a token: answers are none to keep, and nobody has to wait for one. */
const noLease = '-';

/**
 * Keys: answer, lease, waiters, tags. Args: token of the lease, milliseconds of it, a version for tags that have none, milliseconds of
 * those, milliseconds that a fresh answer has to be fresh yet. Answers: 0 fresh, 1 the lease is ours, 2 it is somebody's, 3 answers are none
 * to keep; the versions; the value, or nothing; milliseconds before its end.
 */
export const findScript = script(`
local versions = {}
for i = 4, #KEYS do
  local version = redis.call('GET', KEYS[i])
  if not version or #version ~= ${versionLength} then
    version = ARGV[3]
    redis.call('SET', KEYS[i], version, 'PX', ARGV[4])
  end
  versions[#versions + 1] = version
end
local joined = table.concat(versions)
local value, left = redis.call('GET', KEYS[1]), 0
if value then
  left = redis.call('PTTL', KEYS[1])
  local slack = tonumber(string.sub(value, 1, 12))
  if left <= 0 or not slack or string.sub(value, 13, 12 + #joined) ~= joined then
    value = false
  else
    value = string.sub(value, 13 + #joined)
    if left - slack > tonumber(ARGV[5]) then return {0, joined, value, left} end
  end
end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {1, joined, value, left} end
if redis.call('GET', KEYS[2]) == '${noLease}' then return {3, joined, value, left} end
redis.call('SET', KEYS[3], '1', 'PX', 10000)
return {2, joined, value, left}`);

/** What is told to those that wait, by its last character. */
export const landingCodes = { nothing: '0', kept: '1', left: '2', unkept: '3' } as const satisfies Record<
  Landing,
  string
>;

/**
 * Keys: as above. Args: token, versions that were read, `<slack><versions><value>` or nothing, milliseconds of the answer, channel, message
 * for those that wait, what it brought (one of `landingCodes`), milliseconds for which answers that are none to keep are remembered. Answers
 * what it brought in the end: an answer that was taken back meanwhile is like one whose client left.
 */
export const endScript = script(`
local brought = ARGV[7]
if brought == '${landingCodes.kept}' then
  local versions = {}
  for i = 4, #KEYS do versions[#versions + 1] = redis.call('GET', KEYS[i]) or '' end
  if table.concat(versions) == ARGV[2] then
    for i = 4, #KEYS do
      if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
    end
    redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
  else
    brought = '${landingCodes.left}'
  end
end
if redis.call('GET', KEYS[2]) == ARGV[1] then
  if brought == '${landingCodes.unkept}' then
    redis.call('SET', KEYS[2], '${noLease}', 'PX', ARGV[8])
  else
    redis.call('DEL', KEYS[2])
  end
end
if redis.call('DEL', KEYS[3]) == 1 then redis.call('PUBLISH', ARGV[5], ARGV[6] .. brought) end
return {brought}`);

/** Keys: lease. Args: token, milliseconds. */
export const holdScript = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
return {redis.call('PEXPIRE', KEYS[1], ARGV[2])}`);

/** Keys: tag. Args: channel, message. */
export const takeBackScript = script(`
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[1], ARGV[2])
return {1}`);
