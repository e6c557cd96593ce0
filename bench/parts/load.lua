-- wrk's side of a case. Requests are built once, from files, and sent in turn; the figures come out as one JSON line.
-- argument: a directory with 1.http, 2.http, … (whole HTTP requests)
local requests, at = {}, 0

function init(args)
  for i = 1, tonumber(args[2]) do
    local file = assert(io.open(args[1] .. "/" .. i .. ".http", "rb"))
    requests[i] = file:read("*a")
    file:close()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nFIGURES {"calls":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"broken":%d,"non2xx":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status))
end
