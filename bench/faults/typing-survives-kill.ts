import { randomBytes } from "node:crypto";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { type SetupStep, setupStepPath } from "#lib/paths.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { AUTH_TYPE_LABELS, AUTH_TYPES, type AuthType, LEVEL_LABELS, type ResourceLevel } from "#lib/resources/words.ts";
import type { Service } from "#server/start/services.ts";
import { signIn } from "../../e2e/fixtures/app.ts";
import { median, ms, type Table } from "../report.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { ADMIN, killService, openParts, type Parts } from "./open-parts.ts";
import { findChromium, findInProfile, killAll, openProfile, waitUntilGone } from "./open-profile.ts";

/**
 * quality.md, Reliability 9. Somebody types steadily in each of the four wizard steps, and browser or server is killed at a random
 * moment. The judge is the log of what was typed when, held against the draft in the database: a token counts as typed before the
 * browser hears of it, so an age comes out too high rather than too low. Two steps are typed at once, in two tabs and on a resource
 * each: twice the load of one person, for half the time. Where the machine itself stood still, no age says anything about the
 * product: such a trial is made again, and the table says how many were.
 */
export const typingSurvivesKill: Experiment = async () => {
  const parts = await openParts();
  try {
    return await new Trial(parts).run();
  } finally {
    await parts.end();
  }
};

const KILLS_EACH = 10;
const MOST_AGE_MS = 2_000;
const TYPED_FOR_MS = { least: 2_000, most: 4_500 };
/** For a write that was on its way to the database when its sender died. */
const SETTLE_MS = 400;

/** How late the judge's own timers may be, and how often that may be so. */
const MOST_STALL_MS = 400;
const MOST_REPEATED = 20;
/** Steps that are typed at the same time. */
const PAIRS = [
  [0, 1],
  [2, 3],
];

type Killed = "browser" | "server";
/** What a step shows at one moment, as one text; and when it was typed. */
type Typed = { state: string; at: number };

type Typist = {
  step: SetupStep;
  label: string;
  everyMs: number;
  /** What is typed into, or clicked. */
  control: (page: Page) => Locator;
  /** What the draft holds in this step. */
  read: (draft: ResourceDraft) => string;
  /** What the page shows. */
  expectShown: (page: Page, state: string) => Promise<void>;
  /** Gets the page ready. Gives the hand that types the next token and says what is there then. */
  begin: (page: Page, round: number) => Promise<{ state: string; next: () => { state: string; type: () => Promise<unknown> } }>;
};

/** Types "/0001", "/0002" and so on behind an address. */
function typeInto(step: SetupStep, label: string, start: string, read: Typist["read"], before?: (page: Page) => Promise<void>): Typist {
  const field = (page: Page) => page.getByLabel(label, { exact: true });
  return {
    step,
    label,
    everyMs: 100,
    control: field,
    read,
    expectShown: (page, state) => expect(field(page)).toHaveValue(state),
    begin: async (page, round) => {
      await before?.(page);
      let state = `${start}/round-${round}`;
      let count = 0;
      await field(page).fill(state);
      return {
        state,
        next: () => {
          const token = `/${String(++count).padStart(4, "0")}`;
          state += token;
          return { state, type: () => page.keyboard.insertText(token) };
        },
      };
    },
  };
}

type Choice = { level: ResourceLevel; authType: AuthType };
const textOf = ({ level, authType }: Partial<Choice>) => `${level} ${authType}`;
/** API Info has cards only: round and round through all six pairs, one click apart. */
const LAP: Choice[] = [
  ...AUTH_TYPES.map((authType) => ({ level: "user" as const, authType })),
  ...[...AUTH_TYPES].reverse().map((authType) => ({ level: "app" as const, authType })),
];

const apiInfo: Typist = {
  step: "api-info",
  label: "cards",
  // A lap takes almost two seconds: which lap was saved is told by the time of the save.
  everyMs: 300,
  control: (page) => page.getByRole("radio", { name: LEVEL_LABELS.user, exact: true }),
  read: textOf,
  expectShown: async (page, state) => {
    const shown = LAP.find((choice) => textOf(choice) === state)!;
    await expect(page.getByRole("radio", { name: LEVEL_LABELS[shown.level], exact: true })).toBeChecked();
    await expect(page.getByRole("radio", { name: AUTH_TYPE_LABELS[shown.authType], exact: true })).toBeChecked();
  },
  begin: async (page) => {
    const card = (name: string) => page.getByRole("radio", { name, exact: true });
    const names = [...Object.values(LEVEL_LABELS), ...AUTH_TYPES.map((each) => AUTH_TYPE_LABELS[each])];
    const middles = new Map<string, { x: number; y: number }>();
    let at = 0;
    await card(LEVEL_LABELS[LAP[at]!.level]).check();
    await card(AUTH_TYPE_LABELS[LAP[at]!.authType]).check();
    for (const name of names) {
      const box = await page.locator("label", { has: card(name) }).boundingBox();
      middles.set(name, { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 });
    }
    return {
      state: textOf(LAP[at]!),
      next: () => {
        const before = LAP[at]!;
        at = (at + 1) % LAP.length;
        const now = LAP[at]!;
        const middle = middles.get(now.level === before.level ? AUTH_TYPE_LABELS[now.authType] : LEVEL_LABELS[now.level])!;
        return { state: textOf(now), type: () => page.mouse.click(middle.x, middle.y) };
      },
    };
  },
};

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;

const each = <Item, Result>(items: Item[], run: (item: Item, n: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(items.map(run));

class Trial {
  /** Typed into Client Secret at every opening, and never sent: nothing of it may be kept. */
  private readonly secret = `canary-${randomBytes(20).toString("hex")}`;
  private readonly typists: Typist[] = [
    apiInfo,
    typeInto(
      "authorization",
      "Access Token URL",
      "https://auth.example.com",
      (draft) => draft.oauth.accessTokenUrl,
      (page) => page.getByLabel("Client Secret", { exact: true }).fill(this.secret),
    ),
    typeInto("request-details", "API Base URL", "https://api.example.com", (draft) => draft.request.baseUrl),
    typeInto("test-and-publish", "Path", "", (draft) => draft.test.request.path),
  ];
  private readonly resources: string[] = [];
  private readonly ages: Record<Killed, number[][]> = { browser: this.typists.map(() => []), server: this.typists.map(() => []) };
  private readonly leaks = new Set<string>();
  private readonly wrong: Record<"reopened" | "unsaved", string[]> = { reopened: [], unsaved: [] };
  private readonly firstSaves: number[] = [];
  private readonly aliveAfter: number[] = [];
  private readonly profile: string;
  private readonly parts: Parts;
  private server!: Service;
  private cookies: Cookies = [];
  private context!: BrowserContext;
  /** By step; those of the pair that is typed now are open. */
  private pages: Page[] = [];
  private round = 0;
  private repeated = 0;

  constructor(parts: Parts) {
    this.parts = parts;
    this.profile = path.join(parts.folder, "profile");
  }

  async run() {
    this.server = await this.parts.start("the dashboard");
    const body = ResourceDraft.parse({ level: "user", authType: "oauth2_refresh_token" });
    for (const { step } of this.typists) {
      const { id } = await createResource(this.parts.scope, this.parts.db, this.parts.actor, { name: `Typed in ${step}`, body });
      this.resources.push(id);
    }
    await this.signInAndProveScan();
    await this.openBrowser();
    try {
      for (const pair of PAIRS) {
        await this.openSteps(pair);
        await this.warmUp(pair);
        for (let n = 0; n < KILLS_EACH; n++) {
          while (!(await this.killBrowser(pair)));
          while (!(await this.killServer(pair)));
        }
      }
    } finally {
      await this.context.close().catch(() => {});
    }
    // An orderly end writes out whatever storage Chromium still held back.
    await this.searchProfile("after an orderly end");
    return this.report();
  }

  /** A search that finds nothing proves something only if it finds what is there. */
  private async signInAndProveScan(): Promise<void> {
    const control = `control-${randomBytes(20).toString("hex")}`;
    this.context = await openProfile(this.profile, this.parts.web);
    const page = await this.context.newPage();
    await signIn(page, ADMIN);
    this.cookies = (await this.context.storageState()).cookies;
    await page.evaluate((text) => localStorage.setItem("control", text), control);
    await this.context.close();
    const holding = await findInProfile(this.profile, control);
    if (!holding.some((file) => file.includes("Local Storage")))
      throw new Error("The search of the profile doesn't find what is in localStorage.");
  }

  private async openBrowser(): Promise<void> {
    this.context = await openProfile(this.profile, this.parts.web);
    await this.context.addCookies(this.cookies);
  }

  private async openSteps(pair: number[]): Promise<void> {
    const { projectId } = this.parts.scope;
    await each(pair, async (index) => {
      this.pages[index] = await this.context.newPage();
      await this.pages[index].goto(setupStepPath(projectId, this.resources[index]!, this.typists[index]!.step));
      await this.waitUntilAlive(index);
    });
  }

  /** Until React has taken over what the server drew, keys reach nobody: steady typing begins after that. Notes how long it took. */
  private async waitUntilAlive(index: number): Promise<void> {
    const began = performance.now();
    const control = this.typists[index]!.control(this.pages[index]!);
    const isAlive = () => control.evaluate((element) => Object.keys(element).some((key) => key.startsWith("__reactProps")));
    await expect.poll(isAlive, { timeout: 30_000, intervals: [50] }).toBe(true);
    this.aliveAfter.push(performance.now() - began);
  }

  /** A server that has just started loads code with the first save; that is told apart. */
  private async warmUp(pair: number[]): Promise<void> {
    await each(pair, async (index) => {
      const hand = await this.typists[index]!.begin(this.pages[index]!, 0);
      const { state, type } = hand.next();
      const began = performance.now();
      await type();
      await expect.poll(async () => (await this.readSaved(index)).state, { timeout: 30_000, intervals: [50] }).toBe(state);
      this.firstSaves.push(performance.now() - began);
    });
  }

  /** False when the machine stood still meanwhile: then it counts for nothing but what must hold always. */
  private async killBrowser(pair: number[]): Promise<boolean> {
    const pids = findChromium(this.profile);
    const { logs, killedAt, stalled } = await this.typeUntilKill(pair, async () => killAll(pids));
    await waitUntilGone(pids);
    const { saved, counts } = await this.judge("browser", pair, { logs, killedAt, stalled });
    await this.searchProfile(`after browser kill ${this.round}`);
    await this.context.close().catch(() => {});
    await this.openBrowser();
    await this.openSteps(pair);
    await this.expectReopened(pair, saved);
    return counts;
  }

  private async killServer(pair: number[]): Promise<boolean> {
    const { logs, killedAt, stalled, goOn } = await this.typeUntilKill(pair, () => killService(this.server));
    const { counts } = await this.judge("server", pair, { logs, killedAt, stalled });
    this.server = await this.parts.start("the dashboard");
    // The pages are still there: with the next token they send all that the server missed.
    const last = await goOn();
    await each(pair, async (index, n) => {
      const saved = expect.poll(async () => (await this.readSaved(index)).state, { timeout: 20_000 });
      await saved.toBe(last[n]).catch(async () => {
        const page = this.pages[index]!;
        const said = [...(await page.getByRole("status").allInnerTexts()), ...(await page.getByRole("dialog").allInnerTexts())].filter(
          Boolean,
        );
        this.wrong.unsaved.push(`${this.typists[index]!.step}, round ${this.round} (the page says: ${said.join(" / ").slice(0, 200)})`);
      });
    });
    await this.searchStorage(pair);
    await each(pair, async (index) => {
      await this.pages[index]!.reload();
      await this.waitUntilAlive(index);
    });
    await this.expectReopened(pair, last);
    return counts;
  }

  /** All of the pair type at once, each with a log of their own, until the kill. */
  private async typeUntilKill(pair: number[], kill: () => Promise<void>) {
    this.round++;
    const hands = await each(pair, async (index) => {
      const before = Date.now();
      const hand = await this.typists[index]!.begin(this.pages[index]!, this.round);
      return { ...hand, everyMs: this.typists[index]!.everyMs, log: [{ state: hand.state, at: before }] as Typed[] };
    });
    const stall = monitorEventLoopDelay({ resolution: 10 });
    stall.enable();
    let isOver = false;
    const typing = hands.map(async ({ log, next, everyMs }) => {
      while (!isOver) {
        const began = Date.now();
        const { state, type } = next();
        log.push({ state, at: began });
        await type().catch(() => {});
        await sleep(Math.max(0, began + everyMs - Date.now()));
      }
    });
    await sleep(TYPED_FOR_MS.least + Math.random() * (TYPED_FOR_MS.most - TYPED_FOR_MS.least));
    isOver = true;
    const killedAt = Date.now();
    await kill();
    stall.disable();
    await Promise.all(typing);
    const goOn = () =>
      each(hands, async ({ next }) => {
        const { state, type } = next();
        await type();
        return state;
      });
    return { logs: hands.map(({ log }) => log), killedAt, stalled: stall.max / 1e6 > MOST_STALL_MS, goOn };
  }

  /** Notes how old the newest saved text was at the kill. Gives what is saved. */
  private async judge(
    killed: Killed,
    pair: number[],
    { logs, killedAt, stalled }: { logs: Typed[][]; killedAt: number; stalled: boolean },
  ) {
    await sleep(SETTLE_MS);
    const counts = !stalled || this.repeated >= MOST_REPEATED;
    if (!counts) this.repeated++;
    const saved = await each(pair, async (index, n) => {
      const kept = await this.readSaved(index);
      const newest = logs[n]!.findLast(({ state, at }) => state === kept.state && at <= kept.at);
      // Nothing of this round is saved: then all of it is lost.
      if (counts) this.ages[killed][index]!.push(killedAt - (newest ?? logs[n]![0]!).at);
      return kept.state;
    });
    return { saved, counts };
  }

  private async readSaved(index: number): Promise<Typed> {
    const { sql, scope } = this.parts;
    const [row] = await sql<{ body: ResourceDraft; at: number }[]>`
      select body, (extract(epoch from updated_at) * 1000)::float8 as at from resource_draft
      where project_id = ${scope.projectId} and resource_id = ${this.resources[index]!}`;
    return { state: this.typists[index]!.read(row!.body), at: row!.at };
  }

  private async expectReopened(pair: number[], saved: string[]): Promise<void> {
    await each(pair, (index, n) =>
      this.typists[index]!.expectShown(this.pages[index]!, saved[n]!).catch(() => {
        this.wrong.reopened.push(`${this.typists[index]!.step}, round ${this.round}`);
      }),
    );
  }

  /** What scripts of this origin could read while the secret stands typed in its field. */
  private async searchStorage(pair: number[]): Promise<void> {
    await each(pair, async (index) => {
      const kept = await this.pages[index]!.evaluate(async () => {
        const databases = await indexedDB.databases();
        return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases.map(({ name }) => name)]);
      });
      if (kept.includes(this.secret)) this.leaks.add(`storage of the page, round ${this.round}`);
    });
  }

  private async searchProfile(when: string): Promise<void> {
    for (const file of await findInProfile(this.profile, this.secret)) this.leaks.add(`${file} ${when}`);
  }

  private report(): { tables: Table[]; verdicts: Verdict[] } {
    const rows = this.typists.flatMap(({ step, label }, index) =>
      (["browser", "server"] as const).map((killed) => {
        const ages = this.ages[killed][index]!;
        return { step, label, killed, count: ages.length, median: median(ages), most: Math.max(...ages) };
      }),
    );
    const table: Table = {
      title: "Typing steadily until a kill -9: how old the newest saved text is",
      head: ["step", "typed into", "killed", "trials", "median", "oldest"],
      rows: rows.map(({ step, label, killed, count, median: middle, most }) => [step, label, killed, String(count), ms(middle), ms(most)]),
      notes: [
        `one token each 100 ms (cards: one click each 300 ms), killed after ${TYPED_FOR_MS.least / 1000} to ${TYPED_FOR_MS.most / 1000} s; two steps at once`,
        `first save after a cold start of the server: ${ms(Math.max(...this.firstSaves.slice(0, PAIRS[0]!.length)))} after the key`,
        `a loaded page took keys after ${ms(median(this.aliveAfter))}, at most ${ms(Math.max(...this.aliveAfter))}; typing began then`,
        `${this.repeated} trials made again, since the machine stood still for more than ${MOST_STALL_MS} ms`,
      ],
    };
    const { reopened, unsaved } = this.wrong;
    const verdicts: Verdict[] = [
      ...rows.map(({ step, killed, most }) => ({
        promise: `${step}: after a kill of the ${killed} the saved text is at most ${MOST_AGE_MS / 1000} s old`,
        kept: most <= MOST_AGE_MS,
        seen: ms(most),
      })),
      { promise: "the wizard reopens with what was saved", kept: reopened.length === 0, seen: reopened.join("; ") },
      {
        promise: "a page that outlives its server saves all that was typed meanwhile",
        kept: unsaved.length === 0,
        seen: unsaved.join("; "),
      },
      {
        promise: "a Client Secret that was typed and not sent is nowhere in the browser's profile or storage",
        kept: this.leaks.size === 0,
        seen: [...this.leaks].join("; "),
      },
    ];
    return { tables: [table], verdicts };
  }
}
