import assert from "node:assert/strict";
import { equals, hasFocus, UserPage, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** Adds a tenant whose users find each other in the directory, but may start no direct conversations. To be called before the server starts. */
export function addSchoolMail(server) {
  server.addTenant("ent", undefined, "ent");
  const membership = (user, group, role) => ({ type: "membership", user, group, role });
  server.importRows("ent", [
    { type: "user", id: "paul", name: "Paul" },
    { type: "user", id: "ann", name: "Ann Élève" },
    { type: "group", id: "teachers", name: "Teachers", kind: "teachers" },
    { type: "group", id: "6a", name: "6A", kind: "pupils" },
    membership("paul", "teachers", "teacher"),
    membership("ann", "6a", "pupil"),
    { type: "edge", from: "teachers", from_role: "teacher", to: "6a", to_role: "pupil", effect: "allow", delivers: "both" },
  ]);
}

/** Routes to conversations and users; browsers without storage; a page that can't start. */
export function routes(runner, browser, server, town) {
  const missing = "This conversation doesn’t exist, or you don’t have access to it.";

  runner.test("a route leads to a conversation beyond the first 50, also after a reload", async () => {
    const oldest = await town.direct("olga", "u1");
    await town.say("u1", oldest, "the oldest of all");
    for (let index = 2; index <= 61; index++) {
      await town.say(`u${index}`, await town.direct("olga", `u${index}`), `hello ${index}`);
    }
    const olga = await town.enter(browser, "olga", { hash: oldest });
    await olga.sees("the oldest of all");
    await olga.page.getByRole("heading", { name: Town.nameOf("u1"), level: 2 }).waitFor();
    await olga.page.reload();
    await olga.sees("the oldest of all");
    assert.deepEqual(olga.problems, []);
    await olga.close();
  });

  runner.test("an unknown, hidden or invalid route says so and leads back", async () => {
    const private_ = await town.direct("u5", "u6");
    const nowhere = "0197f0a0-0000-7000-8000-000000000000";
    for (const hash of [private_, nowhere, "nonsense", "%E0%A4%A", "to/nonsense", `to/${nowhere}`]) {
      const nora = await town.enter(browser, "nora", { hash });
      await nora.page.getByText(missing).waitFor();
      await nora.page.getByRole("main").getByRole("button", { name: "Back to conversations", exact: true }).click();
      await nora.page.getByRole("heading", { name: /^(Choose a conversation|No conversations yet)$/ }).waitFor();
      await until("the route is that of the list", () => new URL(nora.page.url()).hash, equals(""));
      assert.deepEqual(nora.problems, [], hash);
      await nora.close();
    }
  });

  runner.test("a chosen user receives nothing before the first message, which creates the conversation", async () => {
    const tim = await town.enter(browser, "tim");
    const nora = await town.enter(browser, "nora");
    await nora.startWith("Tim Abt");
    const hash = () => new URL(nora.page.url()).hash;
    await until("the route of the user", hash, (now) => now.startsWith("#to/"));
    await nora.page.reload();
    await nora.page.getByRole("heading", { name: "Tim Abt", level: 2 }).waitFor();
    const before = await town.call("tim", "GET", "/conversations");
    assert.equal(before.conversations?.length ?? 0, 0, "nothing exists yet");
    assert.equal(await tim.item("Nora Lindqvist").count(), 0);
    await nora.say("may I ask you something?");
    await tim.item("Nora Lindqvist").getByText("may I ask you something?").waitFor();
    await nora.messages("may I ask you something?").getByTitle("Sent", { exact: true }).waitFor();
    await until("the route of the conversation", hash, (now) => !/to\//.test(now));
    // The route of the user now leads to the conversation, which the search offers too.
    await nora.page.goBack();
    await nora.page.goForward();
    await nora.sees("may I ask you something?");
    assert.equal(await nora.messages("may I ask you something?").count(), 1);
    await nora.startWith("Tim Abt");
    await nora.sees("may I ask you something?");
    assert.deepEqual([...nora.problems, ...tim.problems], []);
    await nora.close();
    await tim.close();
  });

  runner.test("a draft to a user moves into the conversation that the other user starts meanwhile", async () => {
    const nora = await town.enter(browser, "nora");
    await nora.startWith(Town.nameOf("u88"));
    const field = nora.page.getByRole("textbox", { name: "Write a message" });
    await field.fill("I was about to write");
    await town.say("u88", await town.direct("u88", "nora"), "me first");
    await nora.sees("me first");
    await until("the draft came along", () => field.inputValue(), equals("I was about to write"));
    await hasFocus(field);
    await nora.close();
  });

  runner.test("when direct conversations are not allowed, the text stays and the reason is shown", async () => {
    const paul = await UserPage.enter(browser, server, "ent", "Paul");
    const name = "Ann Élève";
    await paul.compose();
    await paul.option(name).click();
    await paul.page.getByRole("heading", { name, level: 2 }).waitFor();
    await paul.say("Bonjour");
    await paul.page.getByRole("alert").waitFor();
    const field = paul.page.getByRole("textbox", { name: "Write a message" });
    await until("the text is in the field", () => field.inputValue(), equals("Bonjour"));
    assert.equal(await paul.item(name).count(), 0);
    await paul.close();
  });

  runner.test("a browser without storage shows the messenger and sends messages", async () => {
    const prepare = (page) =>
      page.addInitScript(() => {
        for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
          Object.defineProperty(window, name, {
            get() {
              throw new DOMException("The operation is insecure.", "SecurityError");
            },
          });
        }
      });
    const nora = await town.enter(browser, "nora", { prepare });
    await nora.startWith(Town.nameOf("u77"));
    await nora.say("kept nowhere");
    await nora.messages("kept nowhere").getByTitle("Sent", { exact: true }).waitFor();
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("a page that can't start says so, with blocked scripts and without scripts", async () => {
    const broken = await town.enter(browser, "nora", { prepare: (page) => page.route("**/*.js", (route) => route.abort()) });
    await broken.page.getByText("Causerie couldn’t start.").waitFor();
    await broken.close();
    const scriptless = await town.enter(browser, "nora", { javaScriptEnabled: false });
    await scriptless.page.locator("noscript p", { hasText: "Causerie needs JavaScript." }).waitFor();
    await scriptless.close();
  });
}
