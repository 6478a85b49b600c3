-- wrk.lua: sends requests that were written beforehand, each once.
--
--	wrk -t1 -c N -d 10s -s wrk.lua URL -- FILE [MILLISECONDS]
--
-- FILE holds whole requests, each behind its length in 8 digits. With
-- MILLISECONDS each connection waits so long on average (exponentially
-- distributed) before a request. At the end a line "RESULT {...}" of JSON.

local threads = {}

function setup(thread)
	table.insert(threads, thread)
end

function init(args)
	file = assert(io.open(args[1], "rb"))
	pause = tonumber(args[2] or "0")
	ran_out = 0
	math.randomseed(os.time())
	if pause == 0 then
		delay = nil
	end
end

function request()
	local length = file:read(8)
	if length then
		last = file:read(tonumber(length))
	else
		ran_out = ran_out + 1
	end
	return last
end

function delay()
	return math.floor(-math.log(1 - math.random()) * pause + 0.5)
end

function done(summary, latency, requests)
	local short = 0
	for _, thread in ipairs(threads) do
		short = short + thread:get("ran_out")
	end
	local e = summary.errors
	io.write(string.format('RESULT {"requests":%d,"microseconds":%d,' ..
	    '"p50":%d,"p99":%d,"max":%d,"status":%d,"broken":%d,' ..
	    '"timeout":%d,"ran_out":%d}\n',
	    summary.requests, summary.duration, latency:percentile(50),
	    latency:percentile(99), latency.max, e.status,
	    e.connect + e.read + e.write, e.timeout, short))
end
