// Who may come in, what they may do, and how a session ends.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { tour } from "./tour.mjs";
import { busyMorning } from "./traffic.mjs";
import { Gateway, launch, OWNER, signIn, visitor, welcome } from "./world.mjs";

const VIEWER = { name: "victor", password: "another long password" };

let gateway;
let browser;
let owner;
let pages;
before(async () => {
	gateway = await Gateway.start();
	browser = await launch();
	owner = await visitor(browser, gateway);
	await welcome(owner.page, gateway);
	pages = tour(await busyMorning(gateway));
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

test("an owner invites a second person, who comes in by the link with the role that it gives", async () => {
	const { page, check } = owner;
	await page.goto("/members");
	await page.getByRole("button", { name: "Invite" }).click();
	const form = page.getByRole("dialog");
	await form.getByText("viewer", { exact: true }).click();
	await form.getByRole("button", { name: /link/i }).click();
	const link = (await page.getByText(/\/signin#tgs_/).first().textContent()).trim();
	check();

	const guest = await visitor(browser, gateway);
	await welcome(guest.page, { link }, VIEWER);
	await guest.page.getByRole("button", { name: `${VIEWER.name}, viewer` }).waitFor();
	guest.check();
	await guest.close();
});

test("a viewer is offered nothing that changes anything, and the API refuses it all the same", async () => {
	const { page, check, close } = await visitor(browser, gateway);
	await signIn(page, VIEWER);
	const before = await gateway.api("GET", "/history?limit=1");
	const changing =
		/^(New|Create|Connect|Invite|Credit|Raise|Delete|Revoke|Restore|Edit|Send|Disable|Save)\b/;
	for (const { path, outside } of pages) {
		if (outside) continue;
		await page.goto(path);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await page.waitForFunction(() => document.querySelector(".mantine-Skeleton-root") === null);
		const offered = await page.getByRole("button", { name: changing }).allTextContents();
		assert.deepEqual(offered, [], `${path} offers a viewer what viewers may not do`);
	}
	check();
	// With the session's own cookie and token, past the page.
	const statuses = await page.evaluate(async () => {
		const session = await (await fetch("/api/v1/session")).json();
		const send = (method, path, body) =>
			fetch(`/api/v1${path}`, {
				method,
				headers: { "content-type": "application/json", "x-csrf-token": session.csrf },
				body: JSON.stringify(body),
			}).then(({ status }) => status);
		return {
			apply: await send("POST", "/apply", { documents: [{ kind: "Team", name: "mine", spec: {} }] }),
			key: await send("POST", "/keys", { application: "web-shop" }),
			credit: await send("POST", "/wallets/acme/credit", { amount: "5", reason: "for me" }),
			secret: await send("PUT", "/secrets/spare-key", { value: "sk-mine" }),
			invite: await send("POST", "/invitations", { role: "owner" }),
		};
	});
	assert.deepEqual(statuses, { apply: 403, key: 403, credit: 403, secret: 403, invite: 403 });
	assert.deepEqual(await gateway.api("GET", "/history?limit=1"), before);
	await close();
});

test("signing out everywhere ends the session that is open elsewhere, which then asks for the password", async () => {
	const here = await visitor(browser, gateway);
	const elsewhere = await visitor(browser, gateway);
	await signIn(here.page);
	await signIn(elsewhere.page);
	await elsewhere.page.goto("/budgets");
	await elsewhere.page.getByRole("heading", { level: 1, name: "Budgets" }).waitFor();

	await here.page.getByRole("button", { name: `${OWNER.name}, owner` }).click();
	await here.page.getByRole("menuitem", { name: "Sign out everywhere" }).click();
	await here.page.waitForURL("**/signin**");

	// By itself, and back to where it was.
	await elsewhere.page.waitForURL("**/signin?next=**");
	await elsewhere.page.getByLabel("Name", { exact: true }).fill(OWNER.name);
	await elsewhere.page.getByLabel("Password", { exact: true }).fill(OWNER.password);
	await elsewhere.page.getByRole("button", { name: "Sign in" }).click();
	await elsewhere.page.getByRole("heading", { level: 1, name: "Budgets" }).waitFor();
	here.check();
	elsewhere.check();
	await here.close();
	await elsewhere.close();
});

test("a wrong password says so, and after five the page makes one wait", async () => {
	const { page, expect, close } = await visitor(browser, gateway);
	expect("429");
	await page.goto("/signin");
	const name = page.getByLabel("Name", { exact: true });
	const password = page.getByLabel("Password", { exact: true });
	const button = page.locator("button[type=submit]");
	await name.fill(VIEWER.name);
	for (let wrong = 0; wrong < 6; wrong += 1) {
		await password.fill(`not the password ${wrong}`);
		const answer = page.waitForResponse((response) => response.request().method() === "POST");
		await button.click();
		await answer;
		await page.getByRole("alert").waitFor();
		if (await button.isDisabled()) break;
	}
	await page.getByText(/wait|again in|second/i).first().waitFor();
	assert.ok(await button.isDisabled(), "the button waits too");
	await close();
});
