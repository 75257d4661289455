// A budget that is used up: the refusal explains itself, and the page shows how it came to that.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Gateway, launch, until, visitor, welcome } from "./world.mjs";

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
			spec: { scope: { application: "web-shop" }, limit: "0.02", window: "day" },
		},
	);
	await gateway.api("POST", "/wallets/acme/credit", { amount: "25.00", reason: "invoice 17" });
	key = await gateway.newKey("web-shop", "web-shop");
	visit = await visitor(browser, gateway);
	await welcome(visit.page, gateway);
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

/** Calls until the budget does not allow one more; gives the answered and the refused call. */
async function spend() {
	let answered;
	return until("the budget to be used up", async () => {
		const call = await gateway.call(key, {
			messages: [{ role: "user", content: "Tell me about toll gates. ".repeat(150) }],
		});
		if (call.status === 200) answered = call;
		return call.status === 429 && answered ? { answered, refused: call } : undefined;
	});
}

test("a refused call says why, by which rule, and how to get a yes", async () => {
	const { page, check } = visit;
	const { answered, refused } = await spend();
	await gateway.recorded(refused.id);
	const { refusal } = await gateway.api("GET", `/calls/${refused.id}/explain`);
	await page.goto("/calls?ending=refused");
	await page.getByRole("row").filter({ hasText: "The budget is spent" }).first().waitFor();
	await page.goto(`/calls/${refused.id}`);
	const why = page.getByRole("region", { name: "Why it was refused" });
	await why.getByText("429 budget_exceeded").waitFor();
	await why.getByText(refusal.shortage.needed).first().waitFor();
	await why.getByText("What to do:").waitFor();
	await why.getByRole("link", { name: "budget shop-day" }).waitFor();
	const bill = await gateway.api("GET", `/calls/${answered.id}`);
	assert.notEqual(bill.cost, "0", "the calls before were paid for");
	check();
});

test("the budget's page tells what is left as the API does, draws it, and raising the limit lets calls in", async () => {
	const { page, check } = visit;
	await page.goto("/budgets?open=shop-day");
	const state = await gateway.api("GET", "/budgets/shop-day/burndown");
	await page.getByText(`$${state.budget.left}`, { exact: true }).first().waitFor();
	await page.getByText(`$${state.budget.spent}`, { exact: true }).first().waitFor();
	await page.getByRole("figure", { name: "What is left of the budget" }).waitFor();
	assert.ok(state.points.length > 0);

	await page.getByRole("button", { name: "Raise the limit" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByRole("textbox").first().fill("5");
	await dialog.getByRole("button", { name: "Raise to $5.00" }).click();
	await dialog.waitFor({ state: "detached" });
	await until("a call to be let in", async () => (await gateway.call(key, {})).status === 200);
	check();
});

test("credit by hand is in the wallet at once, and in the ledger to the nano-dollar", async () => {
	const { page, check } = visit;
	await page.goto("/wallets?open=acme&credit=yes");
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("Amount").fill("10.000000001");
	await dialog.getByLabel("Reason").fill("invoice 18");
	await dialog.getByRole("button", { name: /credit/i }).last().click();
	await dialog.waitFor({ state: "detached" });
	await page.goto("/ledger");
	const row = page.getByRole("row").filter({ hasText: "invoice 18" });
	await row.getByText("10.000000001").first().waitFor();
	check();
});
