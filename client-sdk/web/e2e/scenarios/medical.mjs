import assert from "node:assert/strict";
import { DemoUser } from "./demo-user.mjs";

/** The rows of a medical network that are checked in a browser (`server/tests/it/scenarios/rows.txt`). */
export function medical(runner, browser, server) {
  const ada = new DemoUser(server, "demo-medical", "ada");
  const friends = (page) => page.page.getByRole("region", { name: /^Friends/ });

  runner.test("S3-12: the button “Network” and the home page both lead to the list of friends", async () => {
    const page = await ada.open(browser);
    await page.page
      .getByRole("complementary")
      .getByRole("button", { name: /^Network/ })
      .click();
    await friends(page).getByText("Dr Ben Keller").waitFor();
    await page.page.goBack();
    await page.page.getByRole("main").getByRole("button", { name: "Network", exact: true }).click();
    await friends(page).getByText("Dr Ben Keller").waitFor();
    assert.deepEqual(page.problems, []);
    await page.close();
  });

  runner.test("S3-13: the paper plane marks exactly the users whom the user may write to", async () => {
    const page = await ada.open(browser, { hash: "network" });
    await friends(page).getByRole("button", { name: "Write to Dr Ben Keller" }).waitFor();
    await page.page.getByRole("region", { name: "Find people" }).getByText("Dora Papadopoulou").waitFor();
    assert.equal(await page.page.getByRole("button", { name: /^Write to / }).count(), 1);
    const { body } = await ada.call("GET", "/directory?q=");
    const writable = body.hits.filter(({ can = [] }) => can.includes("DIRECTORY_ACTION_START"));
    assert.deepEqual(
      writable.map(({ user }) => user.externalId),
      ["ben"],
    );
    await page.close();
  });

  runner.test("S3-14: a friend and the paper plane lead to the text field", async () => {
    const page = await ada.open(browser, { hash: "network" });
    await friends(page).getByRole("button", { name: "Write to Dr Ben Keller" }).click();
    await page.page.getByRole("heading", { name: "Dr Ben Keller", level: 2 }).waitFor();
    await page.page.getByRole("textbox", { name: "Write a message" }).waitFor();
    await page.sees("Could you have a look at the new protocol before Thursday?");
    await page.close();
  });
}
