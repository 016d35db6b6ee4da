// The server, the data and the pages that are measured.
import { randomUUID } from "node:crypto";
import { Server, UserPage } from "../../e2e/harness.mjs";
import { Town } from "../../e2e/town.mjs";
import { Host } from "../../e2e/widget-host.mjs";
import { installProbe, plainPage } from "./probe.mjs";

export const conversations = 500;
export const messages = 3_000;
/** The user who has all conversations, and the other member of the long one. */
const user = "nora";
const other = "tim";
export const nameOfLong = Town.nameOf(other);
export const nameOfShort = "Neighbour 1";

/** A slow mobile network: 1.6 Mbit/s and 150 ms. The browser does not slow the frames of a WebSocket. */
const slowNetwork = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };

/** The text of a message: most are short, some have several lines, a link or an emoji. */
function textOf(index) {
  if (index % 40 === 7) return "👍";
  const words = "we could meet at the library after lunch and look at the plan for the garden together".split(" ");
  const count = index % 11 === 0 ? 60 : 3 + ((index * 7) % 22);
  const text = Array.from({ length: count }, (_, at) => words[(index + at) % words.length]).join(" ");
  return index % 25 === 3 ? `${text} https://example.org/plans/${index}` : `${index}: ${text}`;
}

/** Runs a function for each number from 1 to `count`, eight at a time. */
async function forEach(count, run) {
  let next = 1;
  const worker = async () => {
    while (next <= count) await run(next++);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

export class Stage {
  #host;
  #server;
  #town;
  #rate;

  static async open(browser, rate) {
    const stage = new Stage();
    stage.browser = browser;
    stage.#rate = rate;
    stage.#host = await Host.start();
    stage.#server = new Server({ CAUSERIE_LISTEN__ORIGINS: stage.#host.origin });
    return stage;
  }

  /** Starts the server and fills the tenant. */
  async fill() {
    const [server, host] = [this.#server, this.#host];
    this.#town = new Town(server);
    const town = this.#town;
    const neighbours = Array.from({ length: conversations - 1 }, (_, index) => ({
      type: "user",
      id: `n${index + 1}`,
      name: `Neighbour ${index + 1}`,
    }));
    server.importRows("town", neighbours);
    await server.start();
    host.chat = server.origin;
    host.sign = () => town.token(user);
    host.scripts.set("/plain.js", `(${plainPage})();`);
    host.pages.set("/plain", '<script src="/plain.js"></script>');
    host.pages.set(
      "/",
      `<h1>Product</h1><script async src="${server.origin}/widget/v1.js" data-token-url="/chat-token"></script>`,
    );
    const send = (from, id, index) =>
      town.call(from, "POST", `/conversations/${id}/messages`, { clientId: randomUUID(), text: textOf(index) });
    await forEach(conversations - 1, async (index) => {
      const id = await town.direct(user, `n${index}`);
      // Three of four conversations have an unread message.
      await send(index % 4 ? `n${index}` : user, id, index);
    });
    const first = await town.direct(user, "n1");
    await send(user, first, 1);
    const long = await town.direct(user, other);
    await forEach(messages, (index) => send(index % 5 < 2 ? user : other, long, index));
    await town.read(user, long, messages);
  }

  /** Opens the messenger, signed in as after `POST /open`, with a cold cache. */
  messenger(options) {
    const token = this.#town.token(user);
    const rememberToken = (page) => page.addInitScript((value) => sessionStorage.setItem("causerie.token", value), token);
    return this.#open(this.#server, "/", "/healthz", { prepare: rememberToken, ...options });
  }

  /** Opens the page of a product with the widget. */
  product() {
    return this.#open(this.#host, "/?as=nora", "/style.css");
  }

  /** Opens the page that is the baseline. */
  plain(query = "", options = {}) {
    return this.#open(this.#host, `/plain${query}`, "/style.css", options);
  }

  /**
   * Opens a page with a slow processor. `before` is a path of the same origin that is opened first, so that the page is loaded in a process
   * that runs already. `watched` is the path of an element, see `painted` of the probe. `starting` is called before the page
   * is opened.
   */
  async #open(server, path, before, { prepare, watched, slow = false, starting } = {}) {
    let session;
    let transfer;
    const userPage = await UserPage.open(this.browser, server, path, {}, async (page) => {
      await page.goto(server.origin + before);
      session = await page.context().newCDPSession(page);
      await page.addInitScript(installProbe);
      if (watched) {
        await page.addInitScript((elements) => {
          globalThis.watched = globalThis.probe.painted(elements);
        }, watched);
      }
      await prepare?.(page);
      transfer = await Transfer.of(session);
      if (slow) await session.send("Network.emulateNetworkConditions", slowNetwork);
      await session.send("Emulation.setCPUThrottlingRate", { rate: this.#rate });
      await starting?.(session);
    });
    const { page } = userPage;
    return { page, session, transfer, problems: userPage.problems, close: () => userPage.close() };
  }

  async close() {
    this.#host.close();
    await this.#server.remove();
  }
}

/** What a page transfers, with the times of the browser's clock. */
class Transfer {
  #start = Number.NaN;
  #requests = [];
  #files = [];
  #frames = [];

  static async of(session) {
    const transfer = new Transfer();
    session.on("Network.requestWillBeSent", ({ timestamp, type }) => {
      if (type === "Document") transfer.#start = timestamp;
      transfer.#requests.push({ timestamp });
    });
    session.on("Network.loadingFinished", ({ timestamp, encodedDataLength }) => {
      transfer.#files.push({ timestamp, bytes: encodedDataLength });
    });
    session.on("Network.webSocketFrameReceived", ({ timestamp, response }) => {
      transfer.#frames.push({ timestamp, bytes: Buffer.byteLength(response.payloadData) });
    });
    await session.send("Network.enable");
    return transfer;
  }

  /**
   * The number of requests, the KiB of the answers as transferred, with headers, and the KiB of WebSocket frames, until a time of the page in
   * ms; and this time on the clock of the browser.
   */
  until(ms) {
    const end = this.#start + ms / 1_000;
    const within = (entries) => entries.filter(({ timestamp }) => timestamp <= end);
    const kib = (entries) => within(entries).reduce((sum, { bytes }) => sum + bytes, 0) / 1_024;
    return { requests: within(this.#requests).length, files: kib(this.#files), frames: kib(this.#frames), end: end * 1_000 };
  }
}
