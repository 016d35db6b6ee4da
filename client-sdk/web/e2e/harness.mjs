// The harness of the browser tests: the real server in its own folder, a browser, a page per user, and a runner.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const binary = resolve(process.env.CAUSERIE_BIN ?? join(here, "../../../target/debug/causerie"));
const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const browserFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-smooth-scrolling",
];

/** A port that is not in use. */
export function freePort() {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolvePort(port));
    });
  });
}

/** The real server with its demo. It keeps its data and its port over `kill` and `start`. */
export class Server {
  #folder = mkdtempSync(join(tmpdir(), "causerie-e2e-"));
  #environment;
  #process;
  #port;
  #log = [];

  /** `environment` adds settings, such as `CAUSERIE_LISTEN__ORIGINS`. */
  constructor(environment = {}) {
    this.#environment = environment;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get #settings() {
    return {
      env: {
        ...process.env,
        CAUSERIE_LISTEN__PUBLIC: `127.0.0.1:${this.#port ?? 0}`,
        CAUSERIE_LISTEN__INTERNAL: "127.0.0.1:0",
        CAUSERIE_DATA__DIR: this.#folder,
        CAUSERIE_DEMO__ENABLED: "true",
        // No rate limits, so that long conversations are filled quickly.
        CAUSERIE_LIMITS__FRAMES_PER_SECOND: "100000",
        CAUSERIE_LIMITS__FRAMES_BURST: "100000",
        CAUSERIE_LIMITS__SENDS_PER_SECOND: "100000",
        CAUSERIE_LIMITS__SENDS_BURST: "100000",
        ...this.#environment,
      },
      cwd: this.#folder,
    };
  }

  /** Runs a command of the program on the same data. Returns its output. */
  command(...args) {
    return execFileSync(binary, args, { ...this.#settings, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  }

  /** A path in the folder of the server. */
  file(name) {
    return join(this.#folder, name);
  }

  /** Adds a tenant, with its own rules if given. To be called before `start`, because a running server reads new keys with a delay. */
  addTenant(slug, rules, preset = "open") {
    this.command("tenant", "create", slug, "--name", slug, "--policy", preset);
    this.command("signing-key", "add", "--tenant", slug, "--algorithm", "HS256", "--generate");
    if (rules) this.setRules(slug, rules);
  }

  /** Imports rows with `causerie import`. */
  importRows(slug, rows) {
    const file = join(this.#folder, `${slug}.ndjson`);
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"));
    this.command("import", "--tenant", slug, file);
  }

  setRules(slug, rules) {
    const file = join(this.#folder, `${slug}.policy`);
    writeFileSync(file, rules);
    this.command("policy", "set", "--tenant", slug, "--file", file);
  }

  /** A token of a user in a tenant of `addTenant`. */
  token(tenant, user, name) {
    return this.command("token", "--tenant", tenant, "--user", user, "--name", name);
  }

  async start() {
    this.#port ??= await freePort();
    const server = spawn(binary, [], { ...this.#settings, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = server;
    const keep = (line) => this.#log.push(line);
    createInterface(server.stderr).on("line", keep);
    await new Promise((ready, failed) => {
      server.once("error", failed);
      server.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${this.#log.slice(-20).join("\n")}`)));
      createInterface(server.stdout).on("line", (line) => {
        keep(line);
        if (line.startsWith("causerie is ready on ")) ready();
      });
    });
    server.removeAllListeners("exit");
  }

  /** Kills the server, so that it can't close its connections. */
  async kill() {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((done) => server.once("exit", done));
    server.kill("SIGKILL");
    await gone;
  }

  async remove() {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A time zone where it is now between `hour` and `hour + 1` o'clock. `hour` is from 11 to 14, for which there is always a zone. */
export function zoneWhereItIs(hour) {
  const ahead = hour - new Date().getUTCHours();
  // The names have the sign of POSIX: Etc/GMT-2 is 2 hours ahead of UTC.
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

/**
 * Opens the browser that is installed on the system. It is early afternoon there, so that no test depends on the time at which the tests
 * run: a test that begins before midnight doesn't end on the next day, and an hour always has two digits.
 */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
    headless: true,
    args: browserFlags,
    env: { ...process.env, TZ: zoneWhereItIs(13) },
  });
}

/** A page of a user, in its own browser context. `problems` has the errors of the page. */
export class UserPage {
  problems = [];

  static async open(browser, server, path, options = {}, prepare = async () => {}) {
    const userPage = new UserPage();
    userPage.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
    userPage.page = await userPage.context.newPage();
    await prepare(userPage.page);
    await userPage.page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) =>
        console.error(`violation of ${event.violatedDirective}: ${event.blockedURI}`),
      );
    });
    userPage.page.on("pageerror", (error) => userPage.problems.push(String(error)));
    userPage.page.on("console", (message) => {
      // The tests stop the server; the browser logs an error each time.
      if (message.type() === "error" && !/ERR_CONNECTION|WebSocket connection/.test(message.text()))
        userPage.problems.push(message.text());
    });
    userPage.page.setDefaultTimeout(WAIT_MS);
    await userPage.page.goto(server.origin + path);
    return userPage;
  }

  /** Opens the page of a user in a tenant of `addTenant`, for whom the demo signs no token. */
  static async enter(browser, server, tenant, name, options = {}) {
    const signs = (page) =>
      page.route("**/demo/token", (route) => {
        const asked = route.request().postDataJSON();
        return route.fulfill({ json: { token: server.token(asked.tenant, asked.externalId, name) } });
      });
    const userPage = await UserPage.open(browser, server, `/?tenant=${tenant}&as=${name.toLowerCase()}`, options, signs);
    await userPage.page.getByTitle(`You are ${name}`).waitFor();
    return userPage;
  }

  /** Opens the page that starts a conversation. */
  async compose() {
    await this.page.getByRole("button", { name: "New conversation", exact: true }).first().click();
    await this.recipient.waitFor();
  }

  /** The field for the recipient on that page. */
  get recipient() {
    return this.page.getByRole("combobox", { name: "To", exact: true });
  }

  /** The users below that field. */
  option(name) {
    return this.page.getByRole("option", { name });
  }

  /** Finds a user through the directory and opens the conversation. */
  async startWith(name) {
    await this.compose();
    await this.recipient.fill(name);
    await onlyMatches(this.option(""), name);
    await this.option(name).click();
    await this.page.getByRole("heading", { name, level: 2 }).waitFor();
  }

  /** Chooses an action in the menu of the shown conversation. */
  async chooseAction(name) {
    await this.page.locator("causerie-chat-header").getByRole("button", { name: "Conversation actions", exact: true }).click();
    await this.page.getByRole("menuitem").getByText(name, { exact: true }).click();
  }

  /** Confirms a dialog. */
  async confirm(dialog, name) {
    await this.page.getByRole("dialog", { name: dialog }).getByRole("button", { name, exact: true }).click();
  }

  /** The row of a conversation in the list, by its title. */
  item(title) {
    return this.page
      .locator("causerie-conversation-item")
      .filter({ has: this.page.locator(".name").getByText(title, { exact: true }) });
  }

  /** Opens a conversation from the list. */
  async openConversation(title) {
    await this.item(title).click();
    await this.page.getByRole("heading", { name: title, level: 2 }).waitFor();
  }

  async say(text) {
    const field = this.page.getByRole("textbox", { name: "Write a message" });
    await field.fill(text);
    // Enter alone begins a new line on a touch screen.
    await field.press("Control+Enter");
  }

  /** The messages with this text. */
  messages(text) {
    return this.page.locator("causerie-message", { hasText: text });
  }

  async sees(text, timeout = WAIT_MS) {
    await this.messages(text).first().waitFor({ timeout });
  }

  /** Scrolls to the first loaded message until `locator` is in the page. Each time anew, because the list moves while it is loaded. */
  async scrollUpTo(locator) {
    const scroller = this.page.locator("causerie-message-list .scroller");
    const scrolled = async () => {
      await scroller.evaluate((element) => element.scrollTo(0, 0));
      return locator.count();
    };
    await until(`${locator} is in the page`, scrolled, (count) => count > 0);
  }

  /** Waits until no animation runs that ends by itself: positions and colours during an animation are of no interest. */
  async settled() {
    const running = () =>
      this.page.evaluate(() => {
        const within = (root) => [
          ...root.getAnimations(),
          ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? within(shadowRoot) : [])),
        ];
        const ends = ({ effect }) => effect && Number.isFinite(effect.getComputedTiming().endTime);
        return within(document).filter((each) => each.playState === "running" && ends(each)).length;
      });
    await until("the animations have ended", running, equals(0));
  }

  /** The problems of serious or critical impact that axe-core finds in the settled page, one line each. */
  async accessibilityProblems() {
    await this.settled();
    // Evaluated by the debugger, to which the security policy of the page does not apply.
    const { readFileSync } = await import("node:fs");
    await this.page.evaluate(readFileSync(axeSource, "utf8"));
    const { violations, passes } = await this.page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ["violations", "passes"] }),
    );
    if (passes.length < 5) return [`only ${passes.length} rules applied: nothing was looked at`];
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.flat().join(" ")).join(", ")}`);
  }

  async close() {
    await this.context.close();
  }
}

/**
 * The time that a test waits for the page or the server, in milliseconds. It is long, because a busy machine needs 10 s for what usually takes
 * 0.1 s. A passing test does not wait.
 */
const WAIT_MS = 60_000;

/** Waits until `holds` accepts the result of `probe`, and returns the result. */
export async function until(what, probe, holds) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const value = await probe();
    if (holds(value)) return value;
    if (Date.now() > end) assert.fail(`${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** For `until`: whether a result is deeply equal to `expected`. */
export function equals(expected) {
  return (value) => isDeepStrictEqual(value, expected);
}

/** Waits until an element has the focus. */
export function hasFocus(locator) {
  return until(`${locator} has the focus`, () => locator.evaluate((element) => element.matches(":focus")), Boolean);
}

/** Waits until a list has only entries with `text`: the entries of earlier searches move when the answer arrives. */
export function onlyMatches(entries, text) {
  const isMatch = (entry) => entry.includes(text);
  return until(
    `only ${text}`,
    () => entries.allInnerTexts(),
    (texts) => texts.length > 0 && texts.every(isMatch),
  );
}

/** Waits until an element no longer moves, and returns its box. */
export async function stillBox(locator) {
  let before;
  const next = async () => {
    const box = await locator.boundingBox();
    const isStill = box !== null && isDeepStrictEqual(box, before);
    before = box;
    return isStill && box;
  };
  return until(`${locator} is still`, next, Boolean);
}

/** A test that takes longer than this has failed, in milliseconds. */
const TEST_MS_MAX = 180_000;

/** Runs tests in the given order. A test fails when it throws. */
export class Runner {
  #tests = [];

  test(name, run) {
    this.#tests.push({ name, run });
  }

  /** Runs all tests; the last line is `N passed, N failed`. Returns whether all passed. */
  async run() {
    let failed = 0;
    for (const { name, run } of this.#tests) {
      const started = performance.now();
      try {
        await before(TEST_MS_MAX, name, run());
        console.log(`ok   ${name} (${Math.round(performance.now() - started)} ms)`);
      } catch (error) {
        failed += 1;
        console.log(`FAIL ${name}\n${error?.stack ?? error}`);
      }
    }
    console.log(`${this.#tests.length - failed} passed, ${failed} failed`);
    return failed === 0;
  }
}

/** The result of a test, or an error that names the test when it takes too long. */
async function before(ms, name, running) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${name}" did not end within ${ms / 1000} s`)), ms);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
