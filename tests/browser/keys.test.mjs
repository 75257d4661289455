// A key of one's own, from nothing to its first call.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Gateway, launch, until, visitor, welcome } from "./world.mjs";

let gateway;
let browser;
let visit;
before(async () => {
	gateway = await Gateway.start();
	browser = await launch();
	visit = await visitor(browser, gateway);
	await welcome(visit.page, gateway);
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

test("an application gets a key that is shown once, and its first call is noticed", async () => {
	const { page, check } = visit;
	await page.goto("/applications");
	await page.getByRole("button", { name: "Create an application" }).first().click();
	const form = page.getByRole("dialog");
	await form.getByLabel("Name", { exact: true }).fill("web-shop");
	await form.getByRole("button", { name: "Create, and go on to its key" }).click();

	const keyForm = page.getByRole("dialog", { name: "Create a key" });
	await keyForm.getByRole("button", { name: "Create the key" }).click();
	const shown = page.getByRole("dialog", { name: /^Key web-shop/ });
	await shown.getByText("Waiting for the first call with this key").waitFor();
	const key = (await shown.locator("code").first().textContent()).trim();
	assert.match(key, /^tg_/);
	// The code has the gateway's address.
	await shown.locator("pre", { hasText: `${gateway.url}/v1` }).first().waitFor();

	// Code for every SDK, and for what is no conversation.
	await shown.getByRole("button", { name: "AWS", exact: true }).click();
	await shown.getByText("aws_secret_access_key=").waitFor();
	await shown.getByLabel("For", { exact: true }).first().click();
	await page.getByRole("option", { name: "Embeddings" }).click();
	await shown.getByText("/v1/embeddings").waitFor();

	const call = await gateway.call(key, {});
	assert.equal(call.status, 200, call.text);
	await shown.getByText("First call received").waitFor();
	await shown.getByRole("button", { name: "Done" }).click();

	// Never again, anywhere: not in the page, not in what the API tells.
	await page.reload();
	await page.getByRole("heading", { level: 1 }).waitFor();
	assert.ok(!(await page.content()).includes(key));
	assert.ok(!JSON.stringify(await gateway.api("GET", "/keys")).includes(key));
	check();
});

test("a key is shown as a key pair to whoever may, with code that signs", async () => {
	const { page, check } = visit;
	await gateway.newKey("web-shop", "signer");
	await page.goto("/applications?open=web-shop&key=signer");
	await page.getByRole("button", { name: "Show the key pair" }).click();
	const shown = page.getByRole("dialog", { name: "Key pair of signer" });
	await shown.getByText("Secret access key").waitFor();
	const pair = await gateway.api("POST", "/keys/signer/aws");
	assert.ok((await shown.textContent()).includes(pair.secret_access_key));
	check();
});

test("a revoked key is refused from then on", async () => {
	const { page, check } = visit;
	const key = await gateway.newKey("web-shop", "short-lived");
	assert.equal((await gateway.call(key, {})).status, 200);
	await page.goto("/applications?open=web-shop&key=short-lived");
	await page.getByRole("button", { name: /^Revoke/ }).first().click();
	const dialog = page.getByRole("dialog", { name: /Revoke/ });
	// What cannot be taken back is confirmed by its name.
	await dialog.getByRole("textbox").fill("short-lived");
	await dialog.getByRole("button", { name: /^Revoke/ }).click();
	await dialog.waitFor({ state: "detached" });
	await until("the key to be refused", async () => (await gateway.call(key, {})).status === 401);
	check();
});
