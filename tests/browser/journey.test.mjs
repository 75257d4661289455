// What somebody does who has just started Tollgate, and reads nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Gateway, launch, OWNER, visitor, welcome } from "./world.mjs";

let gateway;
let browser;
before(async () => {
	gateway = await Gateway.start();
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

test("the printed link leads to a call, and the console shows the cost that the API tells", async () => {
	const { page, check, close } = await visitor(browser, gateway);
	await welcome(page, gateway);
	// No call yet: the overview says how to make one.
	await page.getByText(gateway.url, { exact: false }).first().waitFor();

	// A call by hand, with the key that was printed, shows by itself.
	const first = await gateway.call(gateway.key);
	assert.equal(first.status, 200, first.text);
	await page.getByRole("link", { name: /sandbox\/echo/ }).first().waitFor();

	// The next one is made from the page.
	await page.getByRole("link", { name: "Playground", exact: true }).click();
	await page.getByRole("textbox", { name: "Message" }).fill("What does a toll gate do?");
	await page.getByRole("button", { name: "Send", exact: true }).click();
	const link = page.getByRole("link", { name: /the call$/ });
	await link.waitFor();
	const id = (await link.getAttribute("href")).split("/").at(-1);
	const record = await gateway.api("GET", `/calls/${id}`);
	assert.equal(record.ending, "completed");
	assert.match(record.cost, /^0\.0000\d+$/);
	const line = page.getByRole("status").filter({ has: link });
	await line.getByText(`$${record.cost}`).waitFor();

	// Looking at something else loses nothing of the conversation.
	await page.getByRole("link", { name: "Models", exact: true }).click();
	await page.getByRole("heading", { level: 1, name: "Models" }).waitFor();
	await page.goBack();
	await line.getByText(`$${record.cost}`).waitFor();

	// It is among the calls, and its page explains the charge to the nano-dollar.
	await page.getByRole("link", { name: "Calls", exact: true }).click();
	const row = page.getByRole("row").filter({ has: page.locator(`a[href*="${id}"]`) });
	await row.getByText(`$${record.cost}`).waitFor();
	await page.goto(`/calls/${id}`);
	await page.getByRole("heading", { name: "Call to sandbox/echo" }).waitFor();
	const total = page.getByRole("row").filter({ hasText: "Total" });
	await total.getByText(`$${record.cost}`).waitFor();
	check();
	await close();
});

test("a link opens the door only once", async () => {
	const { page, check, expect, close } = await visitor(browser, gateway);
	expect("404");
	expect("410");
	await page.goto(gateway.link);
	await page.getByRole("heading", { name: "This link does not work" }).waitFor();
	await page.goto("/calls");
	await page.waitForURL("**/signin**");
	const { items } = await gateway.api("GET", "/people");
	assert.deepEqual(items.map(({ name }) => name), [OWNER.name]);
	check();
	await close();
});
