import { resourcesPath, signInPath } from "#lib/paths.ts";
import type { SignedInBrowser } from "./open-browser.ts";
import type { Product } from "./open-product.ts";
import { against, interleave, median, ms, printTable } from "./report.ts";
import type { BareNext } from "./start-bare-next.ts";

const ROUNDS = 5;
const SETTLE_MS = 700;

type Vitals = { lcp: number; cls: number };

/** Largest Contentful Paint and layout shift, in a fresh browser profile each time: nothing is cached. */
export async function measureVitals(product: Product, bareNext: BareNext | null, { browser, state }: SignedInBrowser): Promise<void> {
  const visit = async (url: string, signedIn: boolean): Promise<Vitals> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...(signedIn ? { storageState: state } : {}) });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "load" });
    await page.waitForTimeout(SETTLE_MS);
    const vitals = await page.evaluate(
      () =>
        new Promise<Vitals>((resolve) => {
          const seen: Vitals = { lcp: Number.NaN, cls: 0 };
          new PerformanceObserver((list) => {
            seen.lcp = list.getEntries().at(-1)?.startTime ?? seen.lcp;
          }).observe({ type: "largest-contentful-paint", buffered: true });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
              if (!entry.hadRecentInput) seen.cls += entry.value;
            }
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(seen), 100);
        }),
    );
    await context.close();
    return vitals;
  };
  const contenders: Record<string, () => Promise<Vitals>> = {
    ...(bareNext ? { "bare Next": () => visit(bareNext.origin, false) } : {}),
    "sign-in": () => visit(product.app.web + signInPath(), false),
    resources: () => visit(product.app.web + resourcesPath(product.scope.projectId), true),
  };
  for (const run of Object.values(contenders)) await run();
  const results = await interleave(ROUNDS, contenders);
  printTable({
    title: "Web vitals, production build, Chromium, nothing cached",
    head: ["", "LCP", "bar 2 s", "CLS", "bar 0.05"],
    rows: Object.entries(results).map(([name, rounds]) => {
      const lcp = median(rounds.map((each) => each.lcp));
      const cls = median(rounds.map((each) => each.cls));
      const bars = name === "bare Next" ? ["", ""] : [against(lcp, { most: 2_000 }), against(cls, { most: 0.05 })];
      return [name, ms(lcp), bars[0]!, cls.toFixed(3), bars[1]!];
    }),
  });
}
