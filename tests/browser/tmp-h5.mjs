// serve: two gateways (busy, fresh), a vite dev server in front of each
import { writeFile } from "node:fs/promises";
import { createServer } from "/work/main/console/node_modules/vite/dist/node/index.js";
import { Gateway, launch, visitor, welcome, until } from "./world.mjs";
import { busyMorning } from "./traffic.mjs";

const out = {};
const gateways = [];
for (const [name, port] of [["busy", 5271], ["fresh", 5272]]) {
	const gateway = await Gateway.start();
	gateways.push(gateway);
	const vite = await createServer({
		root: "/work/main/console",
		cacheDir: `/tmp/h5/vite-${name}`,
		server: { port, strictPort: true, host: "127.0.0.1", proxy: { "/api": gateway.console }, hmr: false },
		logLevel: "warn",
	});
	await vite.listen();
	out[name] = { url: gateway.url, control: gateway.console, console: `http://127.0.0.1:${port}`, token: gateway.token, key: gateway.key, link: gateway.link.replace(gateway.console, `http://127.0.0.1:${port}`), pid: gateway.child.pid, folder: gateway.folder };
}
const [busy] = gateways;
const browser = await launch();
for (const name of ["busy", "fresh"]) {
	const g = { ...out[name] };
	const { page, context, close } = await visitor(browser, g);
	await welcome(page, g);
	await context.storageState({ path: `/tmp/h5/state-${name}.json` });
	await close();
}
await browser.close();
const morning = await busyMorning(busy);
out.busy.keys = morning.keys;
out.busy.refused = morning.refused.id;
await writeFile("/tmp/h5/world.json", JSON.stringify(out, null, 1));
console.log("ready");
process.on("SIGTERM", async () => { for (const g of gateways) await g.stop().catch(() => {}); process.exit(0); });
setInterval(() => {}, 1e6);
