// Accessibility, languages and widths of all views.
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../harness.mjs";
import { makeKey, Operator } from "./college.mjs";

const routes = [
  "overview",
  "users",
  "users/lea",
  "groups",
  "groups/6a",
  "import",
  "rules",
  "rules/cases",
  "rules/history",
  "explain?as=lea&to=tom",
  "audit",
  "jobs",
  "api-keys",
  "signing-keys",
];

export function looks(runner, browser, server) {
  /** Shows each view, with everything loaded. `each` looks at it. */
  const visit = async (operator, each) => {
    for (const route of routes) {
      // Before the page hears of the new address, it has the view before, with everything loaded.
      await operator.page.evaluate(async (hash) => {
        if (location.hash === `#${hash}`) return;
        const heard = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        location.hash = hash;
        await heard;
      }, route);
      await until(
        `${route} is shown`,
        () =>
          operator.page.evaluate(() => {
            const main = document.querySelector("causerie-admin").shadowRoot.querySelector("main");
            const view = main?.lastElementChild;
            const inside = [
              view?.shadowRoot,
              ...[...(view?.shadowRoot?.querySelectorAll("*") ?? [])].map(({ shadowRoot }) => shadowRoot),
            ];
            return Boolean(view?.shadowRoot?.querySelector("h1")) && !inside.some((root) => root?.querySelector(".skeleton"));
          }),
        Boolean,
      );
      await each(route);
    }
  };

  for (const colorScheme of ["light", "dark"]) {
    runner.test(`admin: no serious accessibility problem in ${colorScheme}`, async () => {
      const problems = {};
      const operator = await Operator.open(browser, server, "", { colorScheme });
      problems.signIn = await operator.view.accessibilityProblems();
      await operator.signIn(makeKey(server, "admin,read,provision,act"));
      await operator.heading("Overview");
      await visit(operator, async (route) => {
        problems[route] = await operator.view.accessibilityProblems();
        if (process.env.CAUSERIE_PICTURES) {
          const name = `${route.replace(/\W+/g, "-")}-1280-${colorScheme}.png`;
          await operator.page.screenshot({ path: join(process.env.CAUSERIE_PICTURES, name) });
        }
      });
      await operator.button("Make an API key").waitFor({ state: "detached" });
      await operator.show("API keys");
      await operator.button("Make an API key").click();
      await operator.page.getByRole("dialog").getByLabel("Name", { exact: true }).waitFor();
      problems.dialog = await operator.view.accessibilityProblems();
      assert.deepEqual(
        Object.entries(problems).filter(([, found]) => found.length),
        [],
      );
      await operator.close();
    });
  }

  for (const [width, locale] of [
    [360, "fr-FR"],
    [800, "en-GB"],
    [1280, "fr-FR"],
  ]) {
    runner.test(`admin: each view fits a window of ${width} pixels in ${locale}`, async () => {
      const operator = await Operator.open(browser, server, "", {
        viewport: { width, height: 760 },
        locale,
        hasTouch: width === 360,
      });
      const { page } = operator;
      await operator.signIn(makeKey(server, "admin,read,provision,act"));
      await page.locator("main h1").first().waitFor();
      const wide = [];
      await visit(operator, async (route) => {
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) wide.push(`${route}: ${over} px`);
        if (process.env.CAUSERIE_PICTURES) {
          await page.screenshot({
            path: join(process.env.CAUSERIE_PICTURES, `${route.replace(/\W+/g, "-")}-${width}-${locale}.png`),
          });
        }
      });
      assert.deepEqual(wide, []);
      if (width === 360) {
        await page.getByRole("button", { name: "Menu", exact: true }).click();
        const drawer = page.getByRole("dialog", { name: "Menu" });
        await drawer.getByRole("link", { name: "Règles", exact: true }).click();
        await page.getByRole("heading", { name: "Règles", level: 1 }).waitFor();
        await drawer.waitFor({ state: "hidden" });
        await page.getByRole("button", { name: "Menu", exact: true }).click();
        await drawer.getByRole("button", { name: "English" }).click();
        await operator.heading("Rules");
      }
      await operator.close();
    });
  }
}
