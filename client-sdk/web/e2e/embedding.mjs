// Runs the section of README.md on embedding from top to bottom, with its commands, files and addresses. Only the ports are replaced, which
// may be in use, and the values that the commands print for the reader to copy: `kid`, secret, API key.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { binary, freePort, until } from "./harness.mjs";

const web = join(import.meta.dirname, "..");
const readme = readFileSync(join(web, "../../README.md"), "utf8");
const tokens = readFileSync(join(web, "../../docs/tokens.md"), "utf8");
const section = readme.split(/^## /m).find((each) => each.startsWith("Embedding chat in a web page\n")) ?? "";
/** The code blocks of the section, each with the paragraph before it. */
const blocks = [...section.matchAll(/([^\n].*(?:\n.+)*)\n\n```(\w+)\n([\s\S]*?)\n```\n/g)].map(
  ([, before, language, text]) => ({
    before,
    language,
    text,
  }),
);

/** The block of a language that contains `part`. */
function block(language, part) {
  const found = blocks.filter((each) => each.language === language && each.text.includes(part));
  assert.equal(found.length, 1, `README.md has ${found.length} ${language} blocks with ${part}`);
  return found[0].text;
}

/**
 * Replaces npm where it would download packages: `install` links the packages that are installed here. `run` is npm itself.
 */
const npm = `#!/usr/bin/env bash
set -euo pipefail
case $1 in
  ci) ;;
  init) echo '{}' > package.json ;;
  install)
    mkdir -p node_modules
    for package in "\${@:2}"; do
      case $package in
        /*) ln -s "$package" "node_modules/$(node -p "require('$package/package.json').name")" ;;
        *) test -d "${web}/node_modules/$package" && ln -s "${web}/node_modules/$package" "node_modules/$package" ;;
      esac
    done ;;
  *) exec "$REAL_NPM" "$@" ;;
esac
`;

/** A checkout with a built program, and the two terminals of the README. */
class Newcomer {
  #folder = mkdtempSync(join(tmpdir(), "causerie-embedding-"));
  #checkout = join(this.#folder, "causerie");
  #running = new Map();
  #printed = {};

  static async arrive() {
    const newcomer = new Newcomer();
    newcomer.ports = { 8080: await freePort(), 3000: await freePort() };
    return newcomer;
  }

  constructor() {
    for (const folder of ["bin", "causerie/target/release", "causerie/client-sdk"]) {
      mkdirSync(join(this.#folder, folder), { recursive: true });
    }
    symlinkSync(binary, join(this.#checkout, "target/release/causerie"));
    symlinkSync(web, join(this.#checkout, "client-sdk/web"));
    writeFileSync(join(this.#folder, "bin/npm"), npm);
    chmodSync(join(this.#folder, "bin/npm"), 0o755);
    this.example = join(this.#folder, "chat-example");
  }

  /** A text of the README, with the ports of this run and the printed values. */
  adapted(text) {
    const { kid, secret, key } = this.#printed;
    return text
      .replaceAll(/\b(127\.0\.0\.1:|localhost:|listen\()(8080|3000)\b/g, (_, before, port) => before + this.ports[port])
      .replaceAll("acme-…", kid)
      .replaceAll("SECRET=…", `SECRET=${secret}`)
      .replaceAll("sk_…", key);
  }

  get #settings() {
    const env = {
      ...process.env,
      REAL_NPM: execFileSync("which", ["npm"], { encoding: "utf8" }).trim(),
      PATH: `${join(this.#folder, "bin")}:${process.env.PATH}`,
      CAUSERIE_LISTEN__PUBLIC: `127.0.0.1:${this.ports[8080]}`,
      CAUSERIE_LISTEN__INTERNAL: "127.0.0.1:0",
    };
    return { cwd: this.#checkout, env };
  }

  /** Runs commands in the checkout or in the folder of the example. Remembers the values that they print for the reader to copy. */
  run(commands, cwd = this.#checkout) {
    const options = { ...this.#settings, cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 120_000 };
    const printed = execFileSync("bash", ["-O", "expand_aliases", "-euc", this.adapted(commands)], options);
    for (const [, what, value] of printed.matchAll(/^(kid|secret|key) (.+)$/gm)) this.#printed[what] = value;
    return printed;
  }

  /** Starts commands that keep running, and waits until `address` answers. */
  async start(name, commands, address, cwd = this.#checkout) {
    const stdio = ["ignore", "ignore", "pipe"];
    const options = { ...this.#settings, cwd, stdio, detached: true };
    const started = spawn("bash", ["-O", "expand_aliases", "-euc", this.adapted(commands)], options);
    this.#running.set(name, started);
    // Also after a test that timed out: no process is left.
    process.once(
      "exit",
      () => started.exitCode === null && started.signalCode === null && process.kill(-started.pid, "SIGKILL"),
    );
    const log = [];
    started.stderr.on("data", (piece) => log.push(piece));
    const answers = () =>
      fetch(this.adapted(address)).then(
        () => "answers",
        () => (started.exitCode === null ? "not yet" : `ended: ${log.join("")}`),
      );
    assert.equal(await until(`${name} answers`, answers, (state) => state !== "not yet"), "answers");
  }

  async stop(name) {
    const started = this.#running.get(name);
    this.#running.delete(name);
    if (!started || started.exitCode !== null) return;
    const gone = new Promise((done) => started.once("exit", done));
    // The shell and its children.
    process.kill(-started.pid, "SIGTERM");
    await gone;
  }

  async remove() {
    for (const name of [...this.#running.keys()]) await this.stop(name);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A page of the example, with the lines of its console. */
async function open(browser, address) {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // Browsers request an icon by themselves, and the example has none.
    const isIcon = message.location().url.endsWith("/favicon.ico");
    if (message.type() === "error" && !isIcon) problems.push(message.text());
  });
  await page.goto(address);
  return { context, page, problems };
}

async function say({ page }, text) {
  const field = page.getByRole("textbox", { name: "Write a message" });
  await field.fill(text);
  await field.press("Enter");
}

export function embedding(runner, browser) {
  let newcomer;
  const alias = () => block("sh", "alias causerie=").split("\n")[0];
  const serve = () => `${alias()}\n${block("sh", "CAUSERIE_LISTEN__ORIGINS=")}`;
  const server = "http://127.0.0.1:8080/livez";
  const links = [...section.matchAll(/<(http:\/\/localhost:3000[^>]*)>/g)].map(([, link]) => link);

  runner.test("two users chat in the page that README.md embeds, step by step", async () => {
    newcomer = await Newcomer.arrive();
    newcomer.run(block("sh", "alias causerie="));
    await newcomer.start("server", serve(), server);
    newcomer.run(block("sh", "npm init"));
    const files = blocks.flatMap(({ before, text }) => {
      const [, file] = before.match(/(?:^|\. )`([\w./-]+\.(?:mjs|js|html))`[,.:]/) ?? [];
      return file ? [[file, text]] : [];
    });
    assert.deepEqual(files.map(([file]) => file).sort(), ["back-end.mjs", "public/lea.html"]);
    for (const [file, text] of files) writeFileSync(join(newcomer.example, file), newcomer.adapted(text));
    newcomer.run(block("sh", "sed "), newcomer.example);
    newcomer.run(block("sh", "curl -X PUT").replace("curl ", "curl --fail-with-body -sS "));
    await newcomer.start("back end", block("sh", "node back-end.mjs"), "http://localhost:3000/", newcomer.example);

    assert.equal(links.length, 2, "README.md names the addresses of two users");
    const users = [];
    for (const link of links) users.push(await open(browser, newcomer.adapted(link)));
    const [lea, tom] = users;
    await lea.page.getByRole("button", { name: "Messages", exact: true }).click();
    await lea.page.getByRole("button", { name: "New conversation", exact: true }).first().click();
    await lea.page.getByRole("combobox", { name: "To", exact: true }).fill("tom");
    await lea.page.getByRole("option", { name: /Tom Nguyen|tom of Acme/ }).click();
    await say(lea, "Hello Tom");
    await tom.page.getByRole("button", { name: "Messages, 1 unread" }).click();
    await tom.page.locator("causerie-conversation-item").filter({ hasText: "Hello Tom" }).click();
    for (const [from, to, text] of [
      [tom, lea, "Hello Lea"],
      [lea, tom, "All well?"],
    ]) {
      await say(from, text);
      await to.page.locator("causerie-message").filter({ hasText: text }).waitFor();
    }
    // With the panel closed, the message stays unread.
    await lea.page.keyboard.press("Escape");
    await say(tom, "See you");
    await lea.page.getByRole("button", { name: "Messages, 1 unread" }).waitFor();
    assert.deepEqual(
      users.flatMap(({ problems }) => problems),
      [],
    );
    for (const { context } of users) await context.close();
  });

  runner.test("the server accepts and sends the frames that docs/tokens.md shows", async () => {
    const token = newcomer.run(`${alias()}\n${section.match(/`(causerie token [^`]+)`/)[1]}`).trim();
    const socket = new WebSocket(newcomer.adapted("ws://127.0.0.1:8080/v1/ws"), ["causerie.v1.json"]);
    const frames = [];
    socket.on("message", (data) => frames.push(String(data)));
    await new Promise((done, failed) => socket.once("open", done).once("error", failed));
    const reply = (id) =>
      until(`the reply to ${id}`, () => frames.find((frame) => JSON.parse(frame).reply?.id === id), Boolean);
    const conversation = async () => {
      socket.send(JSON.stringify({ id: 99, listConversations: {} }));
      return JSON.parse(await reply(99)).reply.conversationPage.conversations[0].id;
    };
    const shown = tokens.match(/```text\n([\s\S]*?)\n```\n/)[1].split("\n");
    assert.equal(shown.length, 4);
    for (let at = 0; at < shown.length; at += 2) {
      const sent = shown[at].replace(/^> /, "").replace("eyJ…", token).replace("0193…", crypto.randomUUID());
      socket.send(sent.includes("01a1…") ? sent.replace("01a1…", await conversation()) : sent);
      const got = await reply(JSON.parse(sent).id);
      // The `seq` of the message differs in each run.
      const said = shown[at + 1].replace(/^< /, "").match(/"\w+"(?=:)|"(lea|Bonjour)"/g);
      for (const word of said) assert.ok(got.includes(word), `${word} in ${got}`);
    }
    socket.close();
  });

  runner.test("the SDK works in Node as README.md says", async () => {
    const token = (user) => newcomer.run(`${alias()}\ncauserie token --tenant acme --user ${user}`).trim();
    const folder = block("sh", "npm init").split("\n")[0];
    newcomer.run(`${folder}\n${block("sh", "build:sdk")}`);
    const { Client } = await import(join(newcomer.example, "node_modules/causerie/dist/index.js"));
    const [, option] =
      section.match(/pass\n?\s*`(webSocket: WebSocket)` from the package `ws`/) ?? assert.fail("README.md names `ws`");
    assert.equal(option, "webSocket: WebSocket");
    const clients = ["lea", "tom"].map((user) => {
      const getToken = () => token(user);
      return new Client({ url: newcomer.adapted("ws://127.0.0.1:8080/v1/ws"), getToken, webSocket: WebSocket });
    });
    try {
      const texts = [];
      clients[1].on("message", ({ message }) => texts.push(message.text));
      for (const client of clients) client.connect();
      await Promise.all(clients.map((client) => client.ready()));
      const { id } = await clients[0].startDirect({ externalId: "tom" });
      clients[0].send(id, "from Node");
      await until(
        "the message is heard",
        () => texts,
        () => texts.includes("from Node"),
      );
    } finally {
      for (const client of clients) client.disconnect();
    }
  });

  runner.test("without the setting of the origin, the page's console says what README.md says", async () => {
    try {
      await newcomer.stop("server");
      const setting = serve().match(/CAUSERIE_LISTEN__ORIGINS=\S+ /)[0];
      await newcomer.start("server", serve().replace(setting, ""), server);
      const { context, problems } = await open(browser, newcomer.adapted(links[0]));
      const refused = () => problems.find((each) => each.startsWith("origin_refused "));
      const logged = await until("the console says so", refused, Boolean);
      for (const part of [newcomer.adapted("http://localhost:3000"), "listen.origins", "CAUSERIE_LISTEN__ORIGINS"]) {
        assert.ok(logged.includes(part), `${part} in ${logged}`);
      }
      await context.close();
    } finally {
      await newcomer.remove();
    }
  });
}
