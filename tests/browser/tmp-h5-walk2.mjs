import { launch, open, seriousFindings, settled, world, call, api } from "./tmp-h5-lib.mjs";
import { readFile } from "node:fs/promises";
const look = process.argv[2] ?? "light";
const tag = `${Date.now() % 100000}`;
const browser = await launch();
const { page, context } = await open(browser, "busy", look);
let n = 0;
const shot = async (name, full) => { await page.waitForTimeout(400); await page.screenshot({ path: `/tmp/h5/m${String(n++).padStart(2, "0")}-${name}-${look}.png`, fullPage: full }); for (const f of await seriousFindings(page)) console.log(`axe ${name} ${look}: ${f}`); };
const step = async (what, f) => { const t = Date.now(); try { await f(); console.log("ok", what, Date.now() - t); } catch (e) { console.log("FAIL", what, e.message.slice(0, 400)); await page.screenshot({ path: `/tmp/h5/FAIL-${n}-${look}.png` }); } };
const tabbed = (name) => page.getByRole("link", { name, exact: true });
await api("busy", "POST", "/apply", { documents: [{ kind: "Team", name: `t${tag}`, spec: { billing: "prepaid" } }, { kind: "Application", name: `a${tag}`, spec: { team: `t${tag}` } }] });
const key = (await api("busy", "POST", "/keys", { application: `a${tag}`, name: `k${tag}` })).key;
const r0 = await call("busy", key, {}); console.log("before credit", r0.status, r0.text.slice(0, 160));
await page.goto(`/wallets`); await settled(page); await shot("wallets");
await step("credit", async () => {
	await page.goto(`/wallets?open=t${tag}`); await settled(page); await shot("wallet-empty");
	await page.getByRole("button", { name: "Credit the wallet" }).click(); await page.getByRole("dialog").waitFor(); await shot("credit");
	await page.getByLabel("Amount").fill("abc"); await shot("credit-bad");
	await page.getByLabel("Amount").fill("-5"); await shot("credit-minus");
	await page.getByLabel("Amount").fill("0.1234567891"); await shot("credit-tenth");
	await page.getByLabel("Amount").fill("1,000.50"); await page.getByLabel("Reason").fill("invoice 2026-18, paid on Monday");
	await page.getByText("The same by command or API").click(); await shot("credit-full");
	const button = page.getByRole("dialog").getByRole("button", { name: "Credit the wallet" });
	await Promise.all([button.click(), button.click({ force: true }).catch(() => {}), button.dispatchEvent("click").catch(() => {})]);
	await page.getByText("$1,000.50").first().waitFor(); await page.waitForTimeout(1500);
	console.log((await api("busy", "GET", `/wallets/t${tag}`)).balance);
	await shot("credited");
});
await step("calls move it", async () => {
	for (let i = 0; i < 3; i++) await call("busy", key, {});
	await page.waitForTimeout(12000); await shot("wallet-after");
	await page.getByRole("button", { name: "Change billing" }).click(); await page.getByRole("dialog").waitFor(); await shot("billing");
	await page.getByText("Internal", { exact: true }).click(); await shot("billing-internal"); await page.keyboard.press("Escape"); await page.waitForTimeout(400);
	await page.locator("tbody a").first().click(); await page.getByRole("dialog").waitFor(); await shot("transaction"); console.log(page.url());
	await page.reload(); await settled(page); await page.getByRole("dialog").waitFor(); await shot("transaction-reload"); await page.keyboard.press("Escape");
});
await step("budget", async () => {
	await page.goto("/budgets?new=budget"); await settled(page); await page.getByRole("dialog").waitFor(); await shot("budgetform");
	await page.getByRole("dialog").getByText("Application", { exact: true }).click(); await page.waitForTimeout(300);
	await page.getByRole("combobox", { name: "Application" }).click(); await shot("budgetform-app");
	await page.getByRole("option", { name: `a${tag}` }).click();
	await page.getByLabel("Limit", { exact: true }).fill("0.03"); await page.getByText("Hour", { exact: true }).click();
	await page.getByText("The same by command or API").click(); await shot("budgetform-filled");
	await page.getByRole("button", { name: "Create the budget" }).click();
	await page.getByRole("heading", { level: 1, name: `a${tag}-hour` }).waitFor(); await settled(page); await shot("budget-new", true);
});
await step("burn", async () => {
	const statuses = [];
	const long = "Tell me about toll gates, at length. ".repeat(400);
	for (let i = 0; i < 12; i++) { const r = await call("busy", key, { messages: [{ role: "user", content: long }] }); statuses.push(`${r.status} ${r.cost ?? ""}`); await new Promise((r) => setTimeout(r, 400)); }
	console.log(statuses.join(" | "));
	await page.waitForTimeout(11000); await page.reload(); await settled(page); await shot("budget-burnt", true);
});
await step("raise", async () => {
	await page.getByRole("button", { name: "Raise the limit" }).click(); await page.getByRole("dialog").waitFor(); await shot("raise");
	await page.getByRole("button", { name: "+50 %" }).click(); await shot("raise-50");
	await page.getByRole("dialog").getByRole("button", { name: /^Raise to/ }).click();
	await page.getByText("$0.045").first().waitFor(); await shot("raised", true);
	const r = await call("busy", key, {}); console.log("after raise", r.status);
	await page.getByRole("button", { name: "More" }).click(); await page.getByRole("menuitem", { name: "Edit" }).click(); await page.getByRole("dialog").waitFor(); await shot("budget-edit"); await page.keyboard.press("Escape");
});
await step("ledger", async () => {
	await page.goto("/ledger"); await settled(page); await shot("ledger");
	await page.getByRole("button", { name: "Verify now" }).click(); await page.getByText("The ledger adds up").waitFor(); await shot("verified");
	await page.getByRole("button", { name: "Filter" }).click(); await shot("filter");
	await page.getByRole("option", { name: "Account" }).click(); await shot("filter-accounts");
	await page.getByRole("option", { name: `wallet/t${tag}` }).click(); await settled(page); await shot("filtered"); console.log(page.url());
	const [d] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
	console.log(d.suggestedFilename()); console.log((await readFile(await d.path(), "utf8")).slice(0, 700));
	await shot("exported");
	await page.locator("tbody a").last().click(); await page.getByRole("dialog").waitFor(); await shot("tx-credit");
	await page.goto("/ledger?transaction=nosuch"); await settled(page); await shot("tx-unknown");
});
await browser.close();
