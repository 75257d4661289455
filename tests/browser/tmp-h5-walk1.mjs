import { launch, open, seriousFindings, settled, world, call, api } from "./tmp-h5-lib.mjs";
import { spawnSync } from "node:child_process";
const look = process.argv[2] ?? "light";
const tag = `${look}-${Date.now() % 100000}`;
const browser = await launch();
const { page, context } = await open(browser, "busy", look);
let n = 0;
const shot = async (name) => { await page.waitForTimeout(400); await page.screenshot({ path: `/tmp/h5/k${n++}-${name}-${look}.png` }); for (const f of await seriousFindings(page)) console.log(`axe ${name} ${look}: ${f}`); };
const step = async (what, f) => { const t = Date.now(); try { await f(); console.log("ok", what, Date.now() - t); } catch (e) { console.log("FAIL", what, e.message.slice(0, 400)); await page.screenshot({ path: `/tmp/h5/FAIL-${n}-${look}.png` }); } };
await page.goto("/applications"); await settled(page);
await step("open form", async () => { await page.getByRole("button", { name: "Create an application" }).click(); await page.getByRole("dialog").waitFor(); await shot("appform"); });
const app = `mobile-${tag}`;
await step("fill", async () => {
	await page.getByLabel("Name", { exact: true }).fill(app);
	await page.getByLabel("Title").fill("Mobile app, the good one");
	await page.getByRole("combobox", { name: "Team" }).click(); await shot("teamlist");
	await page.getByRole("option", { name: "Make a new team" }).click();
	await page.getByLabel("Name of the team").fill(`team-${tag}`);
	await page.getByText("The same by command or API").click();
	await shot("appform-filled");
	await page.getByRole("button", { name: "Create, and go on to its key" }).click();
	await page.getByRole("dialog", { name: "Create a key" }).waitFor(); await shot("keyform");
});
await step("key form", async () => {
	await page.getByText("In 90 days").click();
	await page.getByRole("combobox", { name: "Models" }).fill("sand"); await page.waitForTimeout(500); await shot("keyform-models");
	await page.getByRole("option", { name: "sandbox/*" }).click();
	await page.keyboard.press("Tab"); 
	await shot("keyform-filled");
	await page.getByRole("button", { name: "Create the key" }).click();
	await page.getByText("This is the only time").waitFor(); await shot("shown");
});
let key;
await step("copy", async () => {
	await page.getByRole("button", { name: "Copy the key" }).click(); key = await page.evaluate(() => navigator.clipboard.readText());
	console.log(key.slice(0, 6), key.length);
	for (const l of ["Python", "JavaScript", "curl"]) { await page.getByRole("button", { name: l, exact: true }).click(); if (l !== "curl") await shot(`snippet-${l}`); }
	const code = await page.locator("pre code").innerText();
	await page.getByText("Waiting for the first call").waitFor();
	const t = Date.now();
	const r = spawnSync("bash", ["-c", code], { encoding: "utf8" }); console.log(r.stdout.slice(0, 200), r.status);
	await page.getByText("First call received").waitFor(); console.log("turned after", Date.now() - t);
	await shot("came");
	await page.keyboard.press("Escape"); console.log("after esc still there:", await page.getByText("This is the only time").isVisible());
	await page.getByRole("button", { name: "Done" }).click();
});
await step("app page", async () => { await page.getByRole("heading", { level: 1, name: "Mobile app" }).waitFor(); await settled(page); await shot("apppage"); console.log(page.url());});
await step("revoke", async () => {
	await page.getByRole("link", { name: app }).first().click();
	await page.getByRole("button", { name: "Revoke the key" }).click(); await page.waitForTimeout(500); await shot("revoke");
	const names = await page.locator('[role=dialog] code').allInnerTexts(); console.log(names);
	const dialog = page.getByRole("dialog").last();
	await dialog.getByRole("textbox").fill(names.at(-1)); await shot("revoke-typed");
	await dialog.getByRole("button", { name: "Revoke the key" }).click();
	await page.getByText("revoked").first().waitFor(); await shot("revoked");
	const r = await call("busy", key, {}); console.log(r.status, r.text.slice(0, 200));
	await page.keyboard.press("Escape"); await page.waitForTimeout(600); await shot("after-revoke");
});
await step("delete", async () => {
	await page.getByRole("button", { name: "More" }).click(); await shot("menu");
	await page.getByRole("menuitem", { name: "Delete the application" }).click(); await page.waitForTimeout(500); await shot("delete");
	const dialog = page.getByRole("dialog").last();
	await dialog.getByRole("textbox").fill(app);
	await dialog.getByRole("button", { name: "Delete the application" }).click();
	await page.getByRole("heading", { level: 1, name: "Applications & keys" }).waitFor(); await shot("deleted");
	console.log("still listed:", await page.getByText(app).count());
});
await browser.close();
