import assert from "node:assert/strict";
import { stillBox, UserPage } from "./harness.mjs";

/** Users ask each other to be friends. */
const circle = `policy circle
relations  friend:mutual block:own
deny  start_group                 two-people  code unsupported
allow find,see_profile,request    everyone    when everyone
allow accept                      asked       when asked
allow unrelate                    unfriend    when me -friend- them
allow start                       friend      when me -friend- them
allow send                        friends     when holder and me -friend- them
allow read                        holder      when holder
otherwise start,send  not-friends  code needs_friend
`;

/** Adds the tenant of these tests. */
export function addCircle(server) {
  server.addTenant("circle", circle);
  // Somebody whom every user may ask, or users with no one to write to or to ask have no page that starts a conversation.
  server.importRows("circle", [{ type: "user", id: "kit", name: "Kit" }]);
}

/** Requests, friends and the page of the user's network. */
export function networkPage(runner, browser, server) {
  let ida;
  let jon;
  const enter = (name, options) => UserPage.enter(browser, server, "circle", name, options);
  const section = (userPage, name) => userPage.page.getByRole("region", { name });
  const button = (userPage, name) => userPage.page.getByRole("button", { name, exact: true });

  runner.test("a user asks from the search, sees the request, and can withdraw it", async () => {
    ida = await enter("Ida");
    jon = await enter("Jon");
    await ida.compose();
    await ida.recipient.fill("jon");
    await ida.option("Jon You can ask to connect").click();
    await button(ida, "Ask to connect").click();
    await ida.page.getByText("You have asked Jon to connect.").waitFor();
    assert.equal(await ida.page.getByRole("textbox", { name: "Write a message" }).count(), 0);
    await button(ida, "Network").click();
    await section(ida, /^Sent requests/)
      .getByText("Jon")
      .waitFor();
    await jon.page.getByRole("button", { name: "1 request Ida" }).waitFor();
    await button(ida, "Withdraw: Jon").click();
    await section(ida, /^Sent requests/).waitFor({ state: "detached" });
    await jon.page.getByRole("button", { name: "1 request Ida" }).waitFor({ state: "detached" });
  });

  runner.test("a request is shown in the search and in the chat of the user who was asked", async () => {
    await button(ida, "Ask to connect: Jon").click();
    await jon.compose();
    await jon.recipient.fill("ida");
    await jon.option("Ida Wants to connect").click();
    await jon.page.getByText("Ida wants to connect with you.").waitFor();
    await button(jon, "Accept").waitFor();
    await button(jon, "Decline").waitFor();
    assert.deepEqual(await jon.accessibilityProblems(), []);
  });

  runner.test("a declined request can be taken back for a moment", async () => {
    await button(jon, "Network, 1 request").click();
    await button(jon, "Decline: Ida").waitFor();
    // The moment is as long as this test.
    await jon.page.clock.install();
    await jon.page.clock.pauseAt(Date.now() + 60_000);
    await button(jon, "Decline: Ida").click();
    await section(jon, /^Requests/)
      .getByText("Request declined")
      .waitFor();
    await button(jon, "Undo: Ida").click();
    await button(jon, "Accept: Ida").waitFor();
    await jon.page.clock.resume();
    await section(ida, /^Sent requests/)
      .getByText("Jon")
      .waitFor();
  });

  runner.test("accepting makes friends, whom the paper plane marks and reaches", async () => {
    await button(jon, "Accept: Ida").click();
    await section(jon, /^Friends/)
      .getByText("Ida")
      .waitFor();
    await section(ida, /^Friends/)
      .getByRole("button", { name: "Write to Jon" })
      .click();
    await ida.page.getByRole("heading", { name: "Jon", level: 2 }).waitFor();
    await ida.say("at last");
    await jon.item("Ida").getByText("at last").waitFor();
  });

  runner.test("a friendship that has ended closes the chat, where the user can ask again", async () => {
    await ida.page.getByRole("heading", { name: "Jon", level: 2 }).getByRole("button").click();
    await button(ida, "Remove friend").click();
    await ida.confirm("Remove Jon from your friends?", "Remove friend");
    await jon.openConversation("Ida");
    await jon.sees("at last");
    await jon.page.locator("causerie-chat-notice").getByRole("button", { name: "Ask to connect" }).click();
    await ida.page.locator("causerie-chat-notice").getByRole("button", { name: "Accept", exact: true }).click();
    await jon.page.getByRole("textbox", { name: "Write a message" }).waitFor();
    assert.deepEqual([...ida.problems, ...jon.problems], []);
    await ida.close();
    await jon.close();
  });

  runner.test(
    "on a phone the list counts requests, and the chat of the user who asks has both buttons in the window",
    async () => {
      const max = await enter("Max");
      const una = await enter("Una", { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true });
      await button(max, "Network").first().click();
      await button(max, "Ask to connect: Una").click();
      await una.page.getByRole("button", { name: "1 request Max" }).waitFor();
      await una.compose();
      await una.recipient.fill("max");
      await una.option("Max Wants to connect").tap();
      await una.page.getByText("Max wants to connect with you.").waitFor();
      for (const name of ["Accept", "Decline"]) {
        const { x, y, width, height } = await stillBox(button(una, name));
        assert.ok(x >= 0 && x + width <= 360 && y >= 0 && y + height <= 720, `${name} is in the window`);
      }
      await button(una, "Decline").tap();
      await section(max, /^Sent requests/).waitFor({ state: "detached" });
      await max.close();
      await una.close();
    },
  );

  runner.test("a declined request is over for both users", async () => {
    const kai = await enter("Kai");
    const lin = await enter("Lin");
    await button(kai, "Network").first().click();
    await button(kai, "Ask to connect: Lin").click();
    await button(lin, "Network, 1 request").click();
    await button(lin, "Decline: Kai").click();
    // Leaving the page ends the time in which it can be taken back.
    await lin.page.goBack();
    await section(kai, /^Sent requests/).waitFor({ state: "detached" });
    await lin.page.getByRole("button", { name: "Network", exact: true }).first().waitFor();
    assert.deepEqual([...kai.problems, ...lin.problems], []);
    await kai.close();
    await lin.close();
  });
}
