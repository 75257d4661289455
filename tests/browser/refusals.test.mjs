// The 402 desk: refusals appear while somebody looks, say what ends them, and end by it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Gateway, launch, seriousFindings, until, visitor, welcome } from "./world.mjs";

const LARGE = { messages: [{ role: "user", content: "Tell me about toll gates. ".repeat(150) }] };

let gateway;
let browser;
let visit;
let key;
before(async () => {
	gateway = await Gateway.start();
	browser = await launch();
	await gateway.apply(
		{ kind: "Team", name: "acme", spec: { billing: "prepaid" } },
		{ kind: "Application", name: "web-shop", spec: { team: "acme" } },
		{
			kind: "Budget",
			name: "shop-day",
			spec: { scope: { application: "web-shop" }, limit: "0.000001", window: "day" },
		},
	);
	key = await gateway.newKey("web-shop", "web-shop");
	visit = await visitor(browser, gateway);
	await welcome(visit.page, gateway);
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

const row = (page, text) => page.getByRole("row").filter({ hasText: text });

test("an empty desk teaches, and refusals appear on it while somebody looks", async () => {
	const { page, check } = visit;
	await page.getByRole("link", { name: "402 desk" }).click();
	await page.getByRole("heading", { level: 1, name: "402 desk" }).waitFor();
	await page.getByText("Nothing was refused in the last 24 hours").waitFor();
	const refused = await gateway.call(key, LARGE);
	assert.ok(refused.status >= 400, refused.text);
	await row(page, "web-shop").getByText("happening").waitFor();
	await page.getByText("1 is happening").waitFor();
	check();
});

test("raising the budget from the desk, and crediting the wallet, ends the refusals", async () => {
	const { page, check } = visit;
	await until("the budget to say no", async () => {
		const { items } = await gateway.api("GET", "/refusals");
		return items.some(({ reason }) => reason === "budget_exceeded");
	});
	await page.goto("/refusals");
	await row(page, "The budget is spent").click();
	const drawer = page.getByRole("dialog");
	await drawer.getByRole("link", { name: "budget shop-day", exact: true }).waitFor();
	await drawer.getByText("The last caller was told:").waitFor();
	assert.deepEqual(await seriousFindings(page), []);
	const raise = drawer.getByRole("button", { name: /^Raise the limit to/ });
	await raise.click();
	const asked = page.getByRole("dialog").last();
	await asked.getByRole("textbox").first().fill("5");
	await asked.getByRole("button", { name: "Raise to $5.00" }).click();
	await asked.getByRole("button", { name: "Raise to $5.00" }).waitFor({ state: "detached" });

	// Now it is the wallet that says no, which is empty.
	await until("the wallet to say no", async () => (await gateway.call(key, LARGE)).status === 402);
	await page.goto("/refusals");
	await row(page, "The wallet is empty").click();
	await page.getByRole("dialog").getByRole("button", { name: /^Credit \$/ }).click();
	const credit = page.getByRole("dialog").last();
	await credit.getByLabel("Reason").fill("invoice 17");
	await credit.getByRole("button", { name: "Credit the wallet" }).click();
	await credit.getByLabel("Reason").waitFor({ state: "detached" });
	await until("a call to be answered", async () => (await gateway.call(key, LARGE)).status === 200);

	await page.goto("/refusals");
	await row(page, "The budget is spent").getByText("answered again").waitFor();
	await row(page, "The wallet is empty").getByText("answered again").waitFor();
	await page.getByText("Nothing is happening").waitFor();
	check();
});

test("a filter is in the address, and what does not match is not shown", async () => {
	const { page, check } = visit;
	await page.goto("/refusals?reason=key_expired");
	await page.getByText("No refusal matches").waitFor();
	await page.getByRole("link", { name: "Clear the filters" }).click();
	await row(page, "The budget is spent").waitFor();
	check();
});
