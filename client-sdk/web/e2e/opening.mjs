// Opening the messenger for a user of the embedding product: by a form, and by messages between windows.
import assert from "node:assert/strict";
import { createServer } from "node:http";

/** The product: pages of its own origin that open the messenger. `token` is the token that they hand over; it may be changed. */
async function product(server, token) {
  const shop = { token };
  const pages = {
    "/form": () => `<!doctype html><title>Product</title><form method="post" action="${server.origin}/open?lang=en">
      <input type="hidden" name="token" value="${shop.token}"><button>Open chat</button></form>`,
    "/window": () => `<!doctype html><title>Product</title><button>Open chat</button><script>
      addEventListener("message", async ({ source, origin, data }) => {
        if (origin !== "${server.origin}" || data?.causerie !== "token") return;
        source.postMessage({ causerie: "token", token: await (await fetch("/token")).text() }, origin);
      });
      document.querySelector("button").onclick = () => open("${server.origin}/?lang=en");
    </script>`,
    "/token": () => shop.token,
  };
  const web = createServer((request, response) => {
    response.writeHead(request.url in pages ? 200 : 404, { "content-type": "text/html" });
    response.end(pages[request.url]?.());
  });
  await new Promise((listening) => web.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${web.address().port}`;
  return Object.assign(shop, { origin, close: () => web.closeAllConnections() ?? web.close() });
}

/** Before the start of the server. */
export function addOpening(server) {
  server.addTenant("opening");
}

/** A page of the product in a context of its own; `problems` has the violations of the content security policy. */
async function visit(browser, address) {
  const context = await browser.newContext({ locale: "en-GB" });
  const problems = [];
  context.on("console", (message) => {
    if (/Content Security Policy|violation of/.test(message.text())) problems.push(message.text());
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(address);
  return { context, page, problems };
}

export function opening(runner, browser, server) {
  runner.test("a form of the product opens the messenger, and the token is in no address", async () => {
    const shop = await product(server, server.token("opening", "ida", "Ida"));
    server.command("tenant", "web-access", "opening", "--origin", shop.origin);
    const { context, page, problems } = await visit(browser, `${shop.origin}/form`);
    try {
      await page.getByRole("button", { name: "Open chat" }).click();
      await page.getByTitle("You are Ida").waitFor();
      assert.equal(page.url(), `${server.origin}/?lang=en`);
      assert.equal(await page.locator("meta[name=causerie-token]").count(), 0);
      // The address of the page is not that of the form: it loads again without a question, as the same user.
      await page.reload();
      await page.getByTitle("You are Ida").waitFor();
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
      shop.close();
    }
  });

  runner.test("a window of the product hands over a token by a message", async () => {
    const shop = await product(server, server.token("opening", "max", "Max"));
    server.command("tenant", "web-access", "opening", "--origin", shop.origin);
    const { context, page, problems } = await visit(browser, `${shop.origin}/window`);
    try {
      const opened = context.waitForEvent("page");
      await page.getByRole("button", { name: "Open chat" }).click();
      const chat = await opened;
      await chat.getByTitle("You are Max").waitFor();
      assert.equal(chat.url(), `${server.origin}/?lang=en`);
      // Another user signs in to the product.
      shop.token = server.token("opening", "ida", "Ida");
      await chat.reload();
      await chat.getByTitle("You are Ida").waitFor();
      // The product's window is closed: the page takes the token that it had.
      await page.close();
      await chat.reload();
      await chat.getByTitle("You are Ida").waitFor();
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
      shop.close();
    }
  });

  runner.test("a page of an origin that is not allowed opens no messenger", async () => {
    const shop = await product(server, server.token("opening", "eve", "Eve"));
    server.command("tenant", "web-access", "opening", "--no-origins");
    const { context, page } = await visit(browser, `${shop.origin}/form`);
    try {
      await page.getByRole("button", { name: "Open chat" }).click();
      await page.getByText("does not allow pages of").waitFor();
      await page.goto(`${shop.origin}/window`);
      const opened = context.waitForEvent("page");
      await page.getByRole("button", { name: "Open chat" }).click();
      const chat = await opened;
      // The page asks in vain, and shows what it shows without a token: here, the users of the demo.
      await chat.getByRole("heading", { level: 1 }).waitFor();
      assert.equal(await chat.getByTitle("You are Eve").count(), 0);
    } finally {
      await context.close();
      shop.close();
    }
  });
}
