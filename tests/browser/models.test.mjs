// One API for every model: models, providers in clouds, newer prices, dialects and tasks, from the console.

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
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

test("a model with a condition, a timeout and a cache is made by its form, told in words, and its second call is a hit", async () => {
	const { page, check } = visit;
	await page.goto("/models?new=sandbox/echo");
	const form = page.getByRole("dialog", { name: "Create a model" });
	await form.getByLabel("Name", { exact: true }).fill("quick");
	await form.getByText("Which requests it is for").click();
	await form.getByLabel("Prompt tokens, at most").fill("8000");
	await form.getByText("Failures, timeouts, cache and shadow").click();
	await form.getByLabel("First token of a stream (ms)").fill("4000");
	await form.getByRole("button", { name: "Add Keep answers" }).click();
	await form.getByLabel("For how long (s)").fill("3600");
	await form.getByLabel("Price of a hit (%)").fill("10");
	await form.getByRole("button", { name: "Create the model" }).click();

	const drawer = page.getByRole("dialog", { name: "quick" });
	await drawer.getByText("For prompts of up to 8,000 tokens.").waitFor();
	await drawer.getByText("4.0 s to the first token").waitFor();
	await drawer.getByText(/for 1 h, shared by calls with the same key; a hit costs 10 %/).waitFor();

	const first = await gateway.call(gateway.key, { model: "quick" });
	const second = await gateway.call(gateway.key, { model: "quick" });
	assert.equal(second.status, 200, second.text);
	await gateway.recorded(second.id);
	await page.goto(`/calls/${second.id}`);
	await page.getByRole("region", { name: "Out of the cache" }).getByRole("link", { name: first.id }).waitFor();
	check();
});

test("a provider in a cloud takes a key pair, whose halves are sealed and in no specification", async () => {
	const { page, check } = visit;
	await page.goto("/providers?connect=bedrock");
	await page.getByLabel("Region").fill("eu-west-1");
	await page.locator('input[aria-label="What it is"]').click();
	await page.getByRole("option", { name: "AWS key pair" }).click();
	await page.getByLabel("Access key id").fill("AKIA-0123456789");
	await page.getByLabel("Secret access key").fill("a very secret half");
	await page.getByText("The same by command or API").click();
	await page.getByText("tollgate secret set bedrock-secret-access-key").waitFor();
	// Nobody is asked: to test it would ask another host than this test's own.
	const shown = await page.locator("form").textContent();
	assert.ok(!shown.includes("a very secret half"));
	assert.match(shown, /bedrock-access-key-id/);
	check();
});

test("newer prices come from a file, say what they change, and can be taken back", async () => {
	const { page, check } = visit;
	await page.goto("/models?tab=catalogue&q=house-1&update=file");
	const model = { id: "house-1", can: ["chat"], prices: [{ rates: { input: "0.125", output: "0.25" } }] };
	const prices = { source: "our contract", providers: { mistral: [model] } };
	const form = page.getByRole("dialog", { name: "Update models and prices" });
	await form.locator('input[type="file"]').setInputFiles({
		name: "contract.json",
		mimeType: "application/json",
		buffer: Buffer.from(JSON.stringify(prices)),
	});
	await form.getByText(/1 new model, 0 changed, \d+ gone/).waitFor();
	await form.getByText("Prompt tokens: none → $0.125").waitFor();
	await form.getByRole("button", { name: "Bring it into force" }).click();
	const source = page.getByRole("region", { name: "Where prices come from" });
	await source.getByText(/our contract.*contract\.json/).waitFor();
	await page.getByRole("link", { name: "house-1" }).waitFor();

	await source.getByRole("button", { name: "Back to built in" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Go back" }).click();
	await source.getByText(/Prices as built in/).waitFor();
	check();
});

test("the playground speaks other dialects, and asks for what is no conversation", async () => {
	const { page, check } = visit;
	await page.goto("/playground?dialect=anthropic-messages&model=sandbox/echo");
	await page.getByLabel("Message").fill("Hello, gate");
	await page.getByRole("button", { name: "Send", exact: true }).click();
	const call = page.getByRole("link", { name: "the call" });
	await call.waitFor();
	const id = (await call.getAttribute("href")).split("/").at(-1);
	const record = await gateway.api("GET", `/calls/${id}`);
	assert.deepEqual([record.dialect, record.path], ["anthropic-messages", "/v1/messages"]);

	await page.goto("/playground?tab=tasks&task=embeddings");
	await page.getByLabel("Texts, one a line").fill("a lamp\na spoon");
	await page.getByRole("button", { name: "Run" }).click();
	await page.getByText(/\d+ numbers/).nth(1).waitFor();
	await page.goto("/playground?tab=tasks&task=speech");
	await page.getByLabel("What is to be spoken").fill("Good morning");
	await page.getByRole("button", { name: "Run" }).click();
	await page.getByLabel("What was spoken").waitFor();
	check();
});
