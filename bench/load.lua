-- One request, sent over and over. BENCH_KEY and BENCH_BODY (a file) come from the environment.
-- At the end: the figures as one line of JSON.

wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local body = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.body = body:read("*a")
body:close()

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.0f,"p99":%.0f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
