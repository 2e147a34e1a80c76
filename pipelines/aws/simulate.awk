# The model behind simulate, a second at a time: a queue, tasks that each work on a few clips,
# and CloudWatch, which samples once a minute and tells a minute later.
#
# Target tracking as AWS describes it: out after 3 samples above the target, in after 15 samples
# below nine tenths of it, each time to the number of tasks that would meet the target.  A busy
# task is protected: it ends its clips and goes then.  A minute in which a clip came counts as
# one job at least.

# 0 <= u < 1, the same everywhere.
function uniform() {
	seed = (seed * 16807) % 2147483647
	return seed / 2147483647
}

function ceiling(x) {
	return x == int(x) ? x : int(x) + 1
}

function clamp(n) {
	return n < min ? min : n > max ? max : n
}

# The clips of this second, Poisson, and the burst in the first.
function arrive(now, n, p, limit) {
	n = now == 0 ? burst : 0
	limit = exp(-rate)
	for (p = uniform(); p > limit; p *= uniform())
		n++
	while (n-- > 0)
		arrived[last++] = now
}

# A clip's time varies by 30 % either way; clips of one task share its processors.
function take(now, t, s) {
	for (t = 1; t <= tasks; t++) {
		if (state[t] != "running")
			continue
		for (s = 0; s < slots && first < last; s++) {
			if (ends[t, s] > now)
				continue
			ends[t, s] = now + slots * clip * (0.7 + 0.6 * uniform())
			latency[done++] = ends[t, s] - arrived[first++]
		}
	}
}

function want(n, i, t) {
	n = clamp(n)
	for (; desired < n; desired++) {
		state[++tasks] = "starting"
		since[tasks] = now
	}
	# The youngest go first; one that works goes when it has ended.
	for (t = tasks; t > 0 && desired > n; t--) {
		if (state[t] == "running" || state[t] == "starting") {
			state[t] = "leaving"
			desired--
		}
	}
}

function look_at_tasks(now, t, s, busy) {
	running = working = 0
	for (t = 1; t <= tasks; t++) {
		if (state[t] == "gone")
			continue
		if (state[t] == "starting" && now - since[t] >= start)
			state[t] = "running"
		busy = 0
		for (s = 0; s < slots; s++)
			busy += ends[t, s] > now
		working += busy
		running += state[t] == "running" || (state[t] == "leaving" && busy)
		if (state[t] == "leaving" && !busy) {
			state[t] = "gone"
			bill(now - since[t])
		}
	}
}

function bill(seconds) {
	billed += seconds < 60 ? 60 : seconds
}

# Once a minute: what was sampled a minute ago decides.
function decide(now, m, i, n, step) {
	m = now / 60 - 1
	if (m < 0)
		return
	above = load[m] > target ? above + 1 : 0
	below = load[m] < 0.9 * target ? below + 1 : 0
	if (seen_running[m] < 1 && seen_waiting[m] >= step_from[1]) {
		if (now - zero_at >= zero_cooldown) {
			for (i = 1; i <= step_count; i++)
				if (seen_waiting[m] >= step_from[i])
					n = step_to[i]
			if (n > desired) {
				want(n)
				zero_at = out_at = now
			}
		}
	} else if (above >= 3 && desired > 0 && now - out_at >= out_cooldown) {
		n = ceiling(desired * load[m] / target)
		if (n > desired) {
			want(n)
			out_at = now
		}
	} else if (below >= 15 && desired > min && now - in_at >= in_cooldown && now - out_at >= in_cooldown) {
		n = ceiling(desired * load[m] / target)
		if (n < desired) {
			want(n)
			in_at = now
		}
	}
}

function quantile(q, i) {
	i = int(q * (done - 1) + 0.5)
	return latency[i]
}

# In place, by insertion into buckets of a second: latencies are short numbers.
function sort_latencies(i, b, top, n, k) {
	for (i = 0; i < done; i++) {
		b = int(latency[i])
		bucket[b, filled[b]++] = latency[i]
		top = b > top ? b : top
	}
	for (b = 0; b <= top; b++)
		for (k = 0; k < filled[b]; k++)
			latency[n++] = bucket[b, k]
}

BEGIN {
	step_count = split(steps, step, " ") / 2
	for (i = 1; i <= step_count; i++) {
		step_from[i] = step[2 * i - 1]
		step_to[i] = step[2 * i]
	}
	zero_at = out_at = in_at = -86400
	first = last = sent = done = tasks = desired = running = 0
	until_done = hours == 0 && rate == 0
	horizon = until_done ? 7 * 86400 : (hours ? hours : 3) * 3600
	want(min)

	for (now = 0; now < horizon; now++) {
		arrive(now)
		look_at_tasks(now)
		take(now)
		waiting = last - first
		peak = waiting > peak ? waiting : peak
		busiest = desired > busiest ? desired : busiest
		task_seconds += desired
		if (now >= horizon * 2 / 3) {
			late_in += waiting
			late_seconds++
		}
		if (now == int(horizon * 2 / 3))
			then_waiting = waiting
		if (now % 60 == 0) {
			decide(now)
			m = now / 60
			seen_waiting[m] = waiting
			seen_running[m] = running
			look_at_tasks(now)
			jobs = waiting + working
			if (last > sent && jobs == 0)
				jobs = 1
			sent = last
			load[m] = jobs / (running > 0 ? running : 1)
			if (table)
				printf "%d %d %d %d %d\n", m, waiting, working, desired, running
		}
		if (waiting > 0 || working > 0)
			last_busy = now
		if (until_done && now > 60 && desired == min && running == min && waiting == 0)
			break
	}
	for (t = 1; t <= tasks; t++)
		if (state[t] != "gone")
			bill(now - since[t])
	sort_latencies()
	# Steady: what waits does not grow over the last third by more than a minute's clips.
	growth = waiting - then_waiting
	steady = rate == 0 ? waiting == 0 : growth <= 60 * rate && waiting < 300 * rate
	printf "clips %d\ndone %d\npeak_waiting %d\nend_waiting %d\nmax_tasks %d\nmean_tasks %.1f\n",
		last, done, peak, waiting, busiest, task_seconds / now
	printf "p50 %.0f\np95 %.0f\np99 %.0f\n", quantile(0.5), quantile(0.95), quantile(0.99)
	if (until_done)
		printf "drained_after %d\nidle_after %d\n", last_busy, now
	printf "steady %s\ncost_usd %.2f\ncost_usd_per_1000 %.3f\n", steady ? "yes" : "no",
		billed / 3600 * task_hour, done ? 1000 * billed / 3600 * task_hour / done : 0
}
