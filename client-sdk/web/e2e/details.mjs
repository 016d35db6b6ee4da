import assert from "node:assert/strict";
import { equals, hasFocus, UserPage, until } from "./harness.mjs";
import { Town } from "./town.mjs";

/** Users own a group: they add and remove members. Users may block each other. */
const team = `policy team
relations  block:own
deny  find,see_profile,start,send  blocked   when them -block-> me  code not_found
deny  start,send                   blocking  when me -block-> them  code not_found
allow find,see_profile,start       everyone  when everyone
allow block                        anyone    when everyone
allow start_group                  groups
allow read,send                    holder    when holder
allow leave                        group     when holder and conversation=group
allow rename,add_member,remove_member  owner  when owner and conversation=group
`;

/** Adds the tenant of these tests. */
export function addTeam(server) {
  server.addTenant("team", team);
  server.importRows("team", [
    { type: "user", id: "anna1", name: "Anna Meyer", about: "Class 6A" },
    { type: "user", id: "anna2", name: "Anna Meyer", about: "Class 6B" },
  ]);
}

/** The pane with the profile of a user or the members of a group. */
export function details(runner, browser, server, town) {
  const open = (userPage, title) => userPage.page.getByRole("heading", { name: title, level: 2 }).getByRole("button").click();
  const pane = (userPage) => userPage.page.getByRole("region", { name: "Details" });

  runner.test("the header opens the profile of a user, which has a route and closes", async () => {
    const id = await town.direct("nora", "tim");
    await town.say("tim", id, "about the profile");
    const nora = await town.enter(browser, "nora", { hash: id });
    await nora.sees("about the profile");
    await open(nora, "Tim Abt");
    await pane(nora).getByRole("heading", { name: "Tim Abt" }).waitFor();
    await until("the route", () => new URL(nora.page.url()).hash, equals(`#${id}/details`));
    await nora.page.reload();
    await pane(nora).getByRole("heading", { name: "Tim Abt" }).waitFor();
    await nora.page.keyboard.press("Escape");
    await pane(nora).waitFor({ state: "detached" });
    await nora.sees("about the profile");
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("two users of the same name differ by what the product says about them", async () => {
    const fay = await UserPage.enter(browser, server, "team", "Fay");
    await fay.compose();
    await fay.recipient.fill("anna");
    await fay.option("Anna Meyer Class 6A").waitFor();
    await fay.option("Anna Meyer Class 6B").click();
    await fay.page.locator("causerie-chat-header").getByText("Class 6B").waitFor();
    await open(fay, "Anna Meyer");
    await pane(fay).getByText("Class 6B").waitFor();
    assert.equal(await fay.page.getByText("Class 6A").count(), 0);
    assert.deepEqual(fay.problems, []);
    await fay.close();
  });

  runner.test("at 360 pixels the details are a screen of their own, and back leads to the chat", async () => {
    const id = await town.direct("nora", "tim");
    const nora = await town.enter(browser, "nora", { hash: id, viewport: { width: 360, height: 720 }, hasTouch: true });
    await nora.sees("about the profile");
    await open(nora, "Tim Abt");
    await pane(nora).getByRole("heading", { name: "Tim Abt" }).waitFor();
    assert.equal(await nora.page.locator("causerie-composer").isVisible(), false);
    await nora.page.goBack();
    await nora.page.locator("causerie-composer").waitFor();
    await nora.close();
  });

  runner.test("the members of a large group are loaded page by page and can be searched", async () => {
    const others = Array.from({ length: 121 }, (_, index) => `u${index + 1}`);
    const id = await town.group("nora", "The whole town", others.slice(0, 100));
    await town.call("nora", "POST", `/conversations/${id}/members`, {
      users: others.slice(100).map((externalId) => ({ externalId })),
    });
    const nora = await town.enter(browser, "nora", { hash: id });
    await open(nora, "The whole town");
    const members = pane(nora).locator("causerie-member-list li:has(causerie-avatar)");
    const loaded = await until(
      "the first page",
      () => members.count(),
      (count) => count >= 50,
    );
    assert.ok(loaded < 122, "not all at once");
    await pane(nora).getByText("Owner", { exact: true }).waitFor();
    await pane(nora).getByRole("searchbox", { name: "Search members" }).fill("resident 121");
    await until(
      "the member is found",
      () => members.allInnerTexts(),
      (found) => found.join() === Town.nameOf("u121"),
    );
    await members
      .first()
      .getByRole("button", { name: Town.nameOf("u121") })
      .first()
      .click();
    await pane(nora)
      .getByRole("heading", { name: Town.nameOf("u121") })
      .waitFor();
    assert.deepEqual(nora.problems, []);
    await nora.close();
  });

  runner.test("the owner of a group adds, removes and renames; a member only leaves", async () => {
    const names = ["Ana", "Ben", "Cleo"];
    const [ana, ben, cleo] = await Promise.all(names.map((name) => UserPage.enter(browser, server, "team", name)));
    await ana.compose();
    await ana.page.getByRole("button", { name: "New group", exact: true }).click();
    const dialog = ana.page.getByRole("dialog", { name: "New group" });
    await dialog.getByRole("option", { name: "Ben" }).click();
    await dialog.getByRole("textbox", { name: "Group name" }).fill("Relay");
    await dialog.getByRole("button", { name: "Create group", exact: true }).click();
    await open(ana, "Relay");
    await pane(ana).getByRole("button", { name: "Add people", exact: true }).click();
    const adding = ana.page.getByRole("dialog", { name: "Add people" });
    await adding.getByRole("option", { name: "Cleo" }).waitFor();
    assert.equal(await adding.getByRole("option", { name: "Ben" }).count(), 0, "a member is not offered");
    await adding.getByRole("option", { name: "Cleo" }).click();
    await adding.getByRole("button", { name: "Add people", exact: true }).click();
    await pane(ana).getByRole("button", { name: "Remove Cleo" }).waitFor();
    await cleo.openConversation("Relay");
    await open(cleo, "Relay");
    await pane(cleo).getByText("Ben").waitFor();
    await pane(cleo).getByRole("button", { name: "Leave group", exact: true }).waitFor();
    for (const name of ["Add people", "Rename", "Remove Ben"])
      assert.equal(await pane(cleo).getByRole("button", { name, exact: true }).count(), 0, name);
    await pane(ana).getByRole("button", { name: "Rename", exact: true }).click();
    await hasFocus(ana.page.getByRole("textbox", { name: "Group name" }));
    await ana.page.keyboard.type("Relay of four");
    await ana.page.keyboard.press("Enter");
    await pane(cleo).getByRole("heading", { name: "Relay of four" }).waitFor();
    await pane(ana).getByRole("button", { name: "Remove Ben" }).click();
    await ana.confirm("Remove Ben from this group?", "Remove");
    await pane(ana).getByText("Ben", { exact: true }).waitFor({ state: "detached" });
    await ben.item("Relay of four").waitFor({ state: "detached" });
    await pane(cleo).getByRole("button", { name: "Leave group", exact: true }).click();
    await cleo.confirm("Leave this group?", "Leave group");
    await cleo.item("Relay of four").waitFor({ state: "detached" });
    await pane(ana).getByText("1 member").first().waitFor();
    assert.deepEqual([...ana.problems, ...ben.problems, ...cleo.problems], []);
    await Promise.all([ana, ben, cleo].map((each) => each.close()));
  });

  runner.test("blocking from the profile ends the chat for both, and unblocking opens it again", async () => {
    const dan = await UserPage.enter(browser, server, "team", "Dan");
    const eva = await UserPage.enter(browser, server, "team", "Eva");
    await dan.startWith("Eva");
    await dan.say("hello Eva");
    await eva.openConversation("Dan");
    await open(eva, "Dan");
    await pane(eva).getByRole("button", { name: "Block", exact: true }).click();
    await eva.confirm("Block Dan?", "Block");
    await eva.page.getByText("You can’t message Dan right now.").waitFor();
    await dan.page.getByText("You can’t message Eva right now.").waitFor();
    await dan.page.emulateMedia({ forcedColors: "active" });
    const notice = dan.page.locator("causerie-chat-notice .notice");
    const edge = () => notice.evaluate((element) => getComputedStyle(element).borderTopStyle);
    assert.equal(await edge(), "solid", "with forced colours the notice has an edge");
    await dan.page.emulateMedia({ forcedColors: "none" });
    assert.equal(await edge(), "none", "without them its background tells it apart");
    await pane(eva).getByRole("button", { name: "Unblock", exact: true }).click();
    await dan.page.getByRole("textbox", { name: "Write a message" }).waitFor();
    assert.deepEqual([...dan.problems, ...eva.problems], []);
    await dan.close();
    await eva.close();
  });
}
