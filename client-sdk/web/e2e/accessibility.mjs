import assert from "node:assert/strict";
import { UserPage } from "./harness.mjs";

/** axe-core finds no serious problem in the main states, in light and dark. */
export function accessibility(runner, browser, server) {
  for (const colorScheme of ["light", "dark"]) {
    runner.test(`no serious accessibility problem in ${colorScheme}`, async () => {
      const problems = {};
      const door = await UserPage.open(browser, server, "/", { colorScheme });
      await door.page.getByRole("link", { name: "Léa Martin" }).first().waitFor();
      problems.door = await door.accessibilityProblems();
      await door.close();

      const lea = await UserPage.open(browser, server, "/?as=lea", { colorScheme });
      await lea.page.locator("causerie-conversation-item").first().waitFor();
      problems.list = await lea.accessibilityProblems();
      await lea.startWith("Tom Nguyen");
      await lea.say(`en ${colorScheme}`);
      const mine = lea.messages(`en ${colorScheme}`);
      await mine.getByRole("img", { name: "Sent" }).waitFor();
      problems.chat = await lea.accessibilityProblems();
      await mine.hover();
      await mine.getByRole("button", { name: "Message actions", exact: true }).click();
      problems.menu = await lea.accessibilityProblems();
      await lea.page.getByRole("menuitem", { name: "Edit" }).click();
      problems.editing = await lea.accessibilityProblems();
      await lea.page.getByRole("button", { name: "Cancel", exact: true }).click();
      await lea.openConversation("Sortie au musée");
      await lea.page.getByRole("button", { name: "Conversation actions", exact: true }).click();
      problems.conversationMenu = await lea.accessibilityProblems();
      await lea.page.getByRole("menuitem", { name: "Rename" }).click();
      problems.rename = await lea.accessibilityProblems();
      await lea.page.getByRole("button", { name: "Cancel", exact: true }).click();
      await lea.page.getByRole("heading", { name: "Sortie au musée", level: 2 }).getByRole("button").click();
      await lea.page.locator("causerie-member-list").getByText("Tom Nguyen").waitFor();
      problems.members = await lea.accessibilityProblems();
      await lea.openConversation("Tom Nguyen");
      await lea.page.getByRole("heading", { name: "Tom Nguyen", level: 2 }).getByRole("button").click();
      await lea.page.locator("causerie-user-details").getByText("Block").waitFor();
      problems.profile = await lea.accessibilityProblems();
      await lea.page.getByRole("searchbox", { name: "Search conversations and people" }).fill("chl");
      await lea.page.locator("causerie-people-results").getByText("Chloé Petit").waitFor();
      problems.search = await lea.accessibilityProblems();
      await lea.compose();
      await lea.recipient.fill("zz");
      await lea.page.getByText("No one here matches.").waitFor();
      problems.nobody = await lea.accessibilityProblems();
      await lea.recipient.fill("t");
      await lea.option("Tom Nguyen").waitFor();
      problems.compose = await lea.accessibilityProblems();
      await lea.recipient.fill("");
      await lea.page.getByRole("button", { name: "New group", exact: true }).click();
      await lea.page.getByRole("dialog", { name: "New group" }).getByRole("option", { name: "Tom Nguyen" }).click();
      problems.group = await lea.accessibilityProblems();
      await lea.close();

      const ada = await UserPage.open(browser, server, "/?tenant=demo-medical&as=ada#network", { colorScheme });
      await ada.page.getByRole("region", { name: "Friends" }).getByText("Dr Ben Keller").waitFor();
      problems.network = await ada.accessibilityProblems();
      await ada.close();
      assert.deepEqual(
        Object.entries(problems).filter(([, found]) => found.length),
        [],
      );
    });
  }
}
