// Packs the packages as npm publishes them, installs them into a copy of `examples`, and runs the examples against the real server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { install, pack, published, run } from "../scripts/pack.mjs";
import { freePort, Server } from "./harness.mjs";

const web = join(import.meta.dirname, "..");

/** A program in Node, ended with this process. Resolves when it has printed a line that matches `ready`. */
async function start(file, env, ready) {
  const program = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  process.once("exit", () => program.kill("SIGKILL"));
  const lines = [];
  await new Promise((resolve, reject) => {
    for (const stream of [program.stdout, program.stderr]) {
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        if (ready.test(line)) resolve();
      });
    }
    program.once("exit", (code) => reject(new Error(`${file} ended with ${code}: ${lines.join("\n")}`)));
  });
  return program;
}

async function stop(program) {
  const ended = new Promise((done) => program.once("exit", (code, signal) => done(code ?? signal)));
  program.kill("SIGTERM");
  return ended;
}

export function examples(runner, browser) {
  const folder = mkdtempSync(join(tmpdir(), "causerie-examples-"));
  const project = join(folder, "examples");
  let archives = [];

  runner.test("the packages build and pack", async () => {
    archives = pack(join(folder, "archives"));
    assert.equal(archives.length, published.length);
  });

  runner.test("the packed packages install, and publint has no complaint", async () => {
    const [{ publint }, { formatMessage }] = [await import("publint"), await import("publint/utils")];
    const here = (path) => !path.includes("node_modules") && !path.includes(join("react", "dist"));
    cpSync(join(web, "examples"), project, { recursive: true, filter: here });
    install(project, archives);
    for (const archive of archives) {
      const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(readFileSync(archive)).buffer } });
      const complaints = messages.map((message) => `${pkg.name}: ${formatMessage(message, pkg, { color: false })}`);
      assert.deepEqual(complaints, []);
    }
  });

  runner.test("TypeScript accepts the types of the packed packages, for bundlers and for Node", () => {
    run(project, "typescript/bin/tsc", "-p", "react");
    const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: [], lib: ["ES2023", "DOM"] };
    const names = ["causerie", "@causerie/react", "@causerie/react/elements", "@causerie/widget"];
    const entries = names.map((name, at) => `import * as entry${at} from "${name}";`);
    const code = [
      ...entries,
      `export const client: import("causerie").Client | undefined = entry1.useClient();`,
      `export const chat: import("react").ReactElement = entry2.CauserieChat({ server: "", theme: "dark" });`,
      "entry0.wrong;",
    ];
    mkdirSync(join(project, "for-node"));
    writeFileSync(join(project, "for-node/main.ts"), code.join("\n"));
    const compilerOptions = { ...strict, target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext" };
    writeFileSync(join(project, "for-node/tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    // The only error is the one that was written into the file, so the types were not `any`.
    assert.throws(
      () => run(project, "typescript/bin/tsc", "-p", "for-node"),
      (error) => error.message.match(/error TS/g)?.length === 1 && error.message.includes("'wrong' does not exist"),
    );
  });

  runner.test("Vite builds the example in React", () => {
    run(project, "vite/bin/vite.js", "build", "react", "--logLevel", "warn");
  });

  runner.test("the examples chat with each other: HTML, React, and a bot in Node", async () => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const server = new Server({ CAUSERIE_LISTEN__ORIGINS: origin });
    const programs = [];
    const context = await browser.newContext();
    try {
      server.command("tenant", "create", "examples", "--name", "Examples", "--policy", "open");
      const key = server.command("signing-key", "add", "--tenant", "examples", "--algorithm", "HS256", "--generate");
      const printed = Object.fromEntries([...key.matchAll(/^(kid|secret) (.+)$/gm)].map(([, name, value]) => [name, value]));
      await server.start();
      const env = {
        KID: printed.kid,
        SECRET: printed.secret,
        PORT: String(port),
        CHAT_URL: `${server.origin.replace("http", "ws")}/v1/ws`,
        BACK_END: origin,
      };
      programs.push(await start(join(project, "back-end.mjs"), env, /^http:/));
      programs.push(await start(join(project, "node/bot.mjs"), env, /^bot is ready$/));

      const problems = [];
      const open = async (path) => {
        const page = await context.newPage();
        page.on("pageerror", (error) => problems.push(String(error)));
        page.on(
          "console",
          (line) => line.type() === "error" && !/favicon/.test(line.location().url) && problems.push(line.text()),
        );
        page.setDefaultTimeout(60_000);
        await page.goto(origin + path);
        return page;
      };
      const say = async (page, text) => {
        await page.getByRole("textbox", { name: "Message" }).fill(text);
        await page.getByRole("button", { name: "Send" }).click();
      };
      const sees = (page, text) => page.getByRole("listitem").filter({ hasText: text }).waitFor();

      const asLea = await open("/html/?user=lea&to=bot");
      await say(asLea, "Hello bot");
      await sees(asLea, "lea: Hello bot");
      await sees(asLea, "bot: You wrote: Hello bot");

      const asTom = await open("/react/dist/?user=tom");
      await asTom.getByText("No conversation yet.").waitFor();
      const withTom = await open("/html/?user=lea&to=tom");
      await say(withTom, "Hello Tom");
      await asTom.getByRole("heading", { name: "Chats (1)" }).waitFor();
      await asTom.getByRole("button", { name: "lea 1" }).click();
      await sees(asTom, "lea: Hello Tom");
      await asTom.getByRole("heading", { name: "Chats", exact: true }).waitFor();
      await say(asTom, "Hello Lea");
      await sees(withTom, "tom: Hello Lea");
      await sees(asTom, "tom: Hello Lea");

      // The elements, in the page of another user: the launcher, the badge, the button, and what the listeners heard.
      const profile = await open("/react/dist/elements.html?user=zoe&profile=lea");
      await profile.getByText("Signed in as zoe. 0 unread. The panel is closed.").waitFor();
      const toZoe = await open("/html/?user=lea&to=zoe");
      await say(toZoe, "Hello Zoe");
      await profile.getByText("Signed in as zoe. 1 unread. The panel is closed. Last message: Hello Zoe").waitFor();
      await profile.getByRole("navigation").getByText("1", { exact: true }).waitFor();
      await profile.getByRole("button", { name: "Messages, 1 unread" }).waitFor();
      await profile.getByRole("button", { name: "Contact lea" }).click();
      await profile.locator("causerie-message").getByText("Hello Zoe").waitFor();
      await profile.getByText("Signed in as zoe. 0 unread. The panel is open.").waitFor();
      await profile.getByRole("textbox", { name: "Message" }).fill("Hello Lea");
      await profile.getByRole("textbox", { name: "Message" }).press("Enter");
      await sees(toZoe, "zoe: Hello Lea");
      await profile.getByRole("button", { name: "Close messages" }).first().click();
      await profile.getByText("The panel is closed.").waitFor();
      await profile.getByRole("button", { name: "My messages" }).waitFor();
      assert.deepEqual(problems, []);
      assert.equal(await stop(programs.pop()), 0);
    } finally {
      await context.close();
      for (const program of programs) program.kill("SIGKILL");
      await server.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
