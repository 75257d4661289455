import { readFile } from "node:fs/promises";
import { launch, seriousFindings } from "./world.mjs";
import { settled } from "./tour.mjs";
export const world = JSON.parse(await readFile("/tmp/h5/world.json", "utf8"));
export const LOOKS = { light: { scheme: "light", width: 1280, height: 860 }, dark: { scheme: "dark", width: 1280, height: 860 }, narrow: { scheme: "light", width: 390, height: 844 }, nd: { scheme: "dark", width: 390, height: 844 } };
export async function api(which, method, path, body) {
	const r = await fetch(`${world[which].control}/api/v1${path}`, { method, headers: { authorization: `Bearer ${world[which].token}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
	const t = await r.text();
	if (!r.ok) throw new Error(`${method} ${path} ${r.status} ${t}`);
	return t ? JSON.parse(t) : null;
}
export async function call(which, key, body) {
	const r = await fetch(`${world[which].url}/v1/chat/completions`, { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ model: "sandbox/echo", messages: [{ role: "user", content: "Say hello" }], ...body }) });
	return { status: r.status, id: r.headers.get("x-tollgate-call"), cost: r.headers.get("x-tollgate-cost-usd"), text: await r.text() };
}
export async function open(browser, which, look, state) {
	const { scheme, width, height } = LOOKS[look];
	const context = await browser.newContext({ baseURL: world[which].console, colorScheme: scheme, viewport: { width, height }, reducedMotion: "reduce", storageState: state ?? `/tmp/h5/state-${which}.json`, permissions: ["clipboard-read", "clipboard-write"] });
	context.setDefaultTimeout(15000);
	const page = await context.newPage();
	page.on("pageerror", (e) => console.log(`[${look}] error: ${e.message}`));
	page.on("console", (m) => { if (m.type() === "error" && !/401|favicon/.test(m.text())) console.log(`[${look}] console: ${m.text().slice(0, 300)}`); });
	return { page, context };
}
export { launch, seriousFindings, settled };
