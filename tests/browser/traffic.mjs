// What a small company's gateway looks like after a busy morning.

/** Sets up teams, applications, budgets, models, and makes calls; gives the keys by name, and the calls. */
export async function busyMorning(gateway) {
	await gateway.apply(
		{ kind: "Team", name: "acme", spec: { billing: "prepaid" } },
		{ kind: "Team", name: "research", spec: {} },
		{ kind: "Application", name: "web-shop", spec: { team: "acme" } },
		{ kind: "Application", name: "support-bot", spec: { team: "acme" } },
		{ kind: "Application", name: "notebooks", spec: { team: "research" } },
		{
			kind: "Provider",
			name: "spare",
			spec: {
				dialect: "openai-chat",
				base_url: "http://127.0.0.1:9/v1",
				credentials: [{ name: "main", key: { secret: "spare-key" } }],
				prices: { large: { input: "2.50", output: "10.00" } },
			},
		},
		{
			kind: "Model",
			name: "smart",
			spec: {
				targets: [
					{ provider: "spare", model: "large" },
					{ provider: "sandbox", model: "echo" },
				],
			},
		},
		{
			kind: "Model",
			name: "quick",
			spec: {
				strategy: "least-latency",
				targets: [
					{ provider: "sandbox", model: "echo", when: { max_prompt_tokens: 8000 }, tags: ["eu"] },
					{ provider: "sandbox", model: "long" },
					{ provider: "spare", model: "large", when: { has: ["vision", "tools"] } },
				],
				timeouts: { attempt_ms: 20000, first_token_ms: 4000, total_ms: 60000 },
				fallback_on: ["rate_limited", "overloaded", "timeout", "server_error"],
				cache: { ttl_s: 3600, scope: "team", price_percent: 10 },
				shadow: { provider: "sandbox", model: "slow", percent: 1 },
			},
		},
		{
			kind: "Budget",
			name: "research-month",
			spec: { scope: { team: "research" }, limit: "0.25", window: "month" },
		},
		{
			kind: "Budget",
			name: "bot-day",
			spec: { scope: { application: "support-bot" }, limit: "0.000001", window: "day" },
		},
	);
	await gateway.api("PUT", "/secrets/spare-key", { value: "sk-0123456789" });
	await gateway.api("POST", "/wallets/acme/credit", { amount: "25.00", reason: "invoice 17" });
	const keys = {
		shop: await gateway.newKey("web-shop", "web-shop"),
		bot: await gateway.newKey("support-bot", "support-bot"),
		notebooks: await gateway.newKey("notebooks", "notebooks"),
	};
	const long = "Tell me about toll gates, at length. ".repeat(40);
	const calls = [];
	for (let round = 0; round < 6; round += 1) {
		calls.push(await gateway.call(keys.shop, {}));
		calls.push(await gateway.call(keys.shop, { stream: true }));
		calls.push(await gateway.call(keys.shop, { model: "smart" }));
		calls.push(await gateway.call(keys.notebooks, { messages: [{ role: "user", content: long }] }));
	}
	calls.push(await gateway.call(keys.shop, { model: "quick" }));
	const recalled = await gateway.call(keys.shop, { model: "quick" });
	calls.push(recalled);
	const refused = await gateway.call(keys.bot, {});
	calls.push(refused);
	calls.push(await gateway.call(keys.shop, { model: "gpt-nine" }));
	calls.push(await gateway.call("tg_nobody", {}));
	for (const { id } of calls.slice(-5)) await gateway.recorded(id);
	return { keys, calls, answered: calls[2], chosen: calls.at(-5), recalled, refused };
}
