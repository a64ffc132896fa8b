-- Reads prepared requests, one a line: method, path, headers (name=value, separated by \31), body.
-- Every thread takes each n-th line, so that no request is sent twice unless "repeat" is asked for.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  lines, at, again = {}, 0, args[2] == "repeat"
  local of = tonumber(args[3])
  local count = 0
  for line in io.lines(args[1]) do
    if count % of == number then
      local method, path, pairs_, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
      local headers = {}
      for name, value in pairs_:gmatch("([^=\31]+)=([^\31]*)") do headers[name] = value end
      lines[#lines + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
    end
    count = count + 1
  end
end

function request()
  at = at + 1
  if at > #lines then
    if again then at = 1 else wrk.thread:stop() at = #lines end
  end
  return lines[at]
end

function done(summary, latency)
  local errors = summary.errors
  local refused = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("summary %d %d %d %d %d\n", summary.requests, summary.duration, refused,
    latency:percentile(50), latency.max))
end
