// Every page of the console, with an address at which it has something to show.

/** The pages; those that are seen without a session come last. */
export function tour({ refused, answered, chosen, recalled }) {
	return [
		{ name: "overview", path: "/" },
		{ name: "models", path: "/models" },
		{ name: "model", path: "/models?open=quick" },
		{ name: "model-form", path: "/models?edit=quick" },
		{ name: "catalogue", path: "/models?tab=catalogue" },
		{ name: "providers", path: "/providers" },
		{ name: "connect", path: "/providers?connect=openai" },
		{ name: "connect-bedrock", path: "/providers?connect=bedrock" },
		{ name: "connect-azure", path: "/providers?connect=azure-openai" },
		{ name: "playground", path: "/playground" },
		{ name: "tasks", path: "/playground?tab=tasks" },
		{ name: "applications", path: "/applications" },
		{ name: "application", path: "/applications?open=web-shop" },
		{ name: "key", path: "/applications?open=web-shop&key=web-shop" },
		{ name: "calls", path: "/calls" },
		{ name: "call", path: `/calls/${answered.id}` },
		{ name: "choice", path: `/calls/${chosen.id}` },
		{ name: "recalled", path: `/calls/${recalled.id}` },
		{ name: "refusal", path: `/calls/${refused.id}` },
		{ name: "budgets", path: "/budgets" },
		{ name: "budget", path: "/budgets?open=research-month" },
		{ name: "wallets", path: "/wallets" },
		{ name: "wallet", path: "/wallets?open=acme" },
		{ name: "ledger", path: "/ledger" },
		{ name: "refusals", path: "/refusals" },
		{
			name: "refusals-group",
			path: "/refusals?open=budget_exceeded~Budget/bot-day~acme~support-bot",
		},
		{ name: "members", path: "/members" },
		{ name: "history", path: "/history" },
		{ name: "doctor", path: "/doctor" },
		{ name: "account", path: "/account" },
		{ name: "signin", path: "/signin", outside: true },
	];
}

/** Waits until a page shows what it came for: its title, nothing that is still on its way, and its letters. */
export async function settled(page) {
	await page.getByRole("heading", { level: 1 }).waitFor();
	await page.waitForFunction(() => document.querySelector(".mantine-Skeleton-root, [aria-busy=true]") === null);
	await page.evaluate(() => document.fonts.ready);
}
