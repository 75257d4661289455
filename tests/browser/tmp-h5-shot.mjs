// node tmp-h5-shot.mjs WHICH LOOKS PREFIX path=name… [--axe] [--full]
import { launch, open, seriousFindings, settled } from "./tmp-h5-lib.mjs";
const args = process.argv.slice(2);
const flags = args.filter((a) => a.startsWith("--"));
const [which, looks, prefix, ...paths] = args.filter((a) => !a.startsWith("--"));
const state = flags.find((f) => f.startsWith("--state="))?.slice(8);
const browser = await launch();
for (const look of looks.split(",")) {
	const { page, context } = await open(browser, which, look, state);
	for (const one of paths) {
		const [name, path] = one.split("@@");
		await page.goto(path);
		await settled(page).catch((e) => console.log(name, "not settled", e.message.slice(0, 80)));
		await page.waitForTimeout(500);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 0) console.log(`${name} ${look}: page overflows by ${over}`);
		await page.screenshot({ path: `/tmp/h5/${prefix}${name}-${look}.png`, fullPage: flags.includes("--full") });
		if (flags.includes("--axe")) for (const f of await seriousFindings(page)) console.log(`axe ${name} ${look}: ${f}`);
	}
	await context.close();
}
await browser.close();
