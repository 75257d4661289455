// The doctor's page: a fault is shown with what to do, mended at a click, and a sale is made from end to end.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Gateway, launch, visitor, welcome } from "./world.mjs";

let gateway;
let browser;
let visit;
before(async () => {
	gateway = await Gateway.start();
	browser = await launch();
	visit = await visitor(browser, gateway);
	await welcome(visit.page, gateway);
	await gateway.apply({
		kind: "Budget",
		name: "in-vain",
		spec: { scope: { team: "default" }, limit: "5.00", window: "day", on_exhausted: 402 },
	});
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

test("a fault is shown with what to do about it, and is gone after one click", async () => {
	const { page, check } = visit;
	await page.goto("/doctor");
	const finding = page.getByRole("listitem").filter({ hasText: "Budget in-vain" });
	await finding.getByText("What to do:").waitFor();
	await finding.getByText("Evidence").click();
	await finding.getByText("budget_asks_for_payment_in_vain").waitFor();
	await finding.getByRole("button", { name: "Fix" }).click();
	await page.getByText("answers 429 when it is used up").waitFor();
	await finding.waitFor({ state: "detached" });
	const budget = await gateway.api("GET", "/resources/Budget/in-vain");
	assert.equal(budget.spec.on_exhausted, undefined);
	check();
});

test("the transaction is made when somebody says so, and every part of it passes", async () => {
	const { page, check } = visit;
	await page.goto("/doctor");
	await page.getByRole("button", { name: "Make the transaction" }).click();
	await page.getByText("Calls at the same moment never spend more than there is").waitFor();
	await page.getByText("With an empty wallet, every dialect answers 402").waitFor();
	await page.getByText("9 checks found nothing").waitFor();
	const teams = await gateway.api("GET", "/resources?kind=Team");
	assert.ok(!teams.items.some(({ name }) => name === "tollgate-doctor"));
	check();
});

test("run again looks once more, and asking providers too is part of the address", async () => {
	const { page, check } = visit;
	await page.goto("/doctor");
	await page.getByRole("button", { name: "Run again" }).click();
	await page.getByRole("switch", { name: "Ask providers too" }).click();
	await page.waitForURL(/probe=yes/);
	check();
});
