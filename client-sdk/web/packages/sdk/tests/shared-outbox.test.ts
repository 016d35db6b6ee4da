// Several tabs of a user share the unsent messages.
import { afterEach, expect, test, vi } from "vitest";
import { sharedOutbox } from "../src/cache.js";
import { type Client, localStorageOutbox } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, type FakeConnection, FakeServer, message } from "./harness/fake-server.js";
import { FakeLocks } from "./harness/locks.js";
import { memoryStorage } from "./harness/storage.js";

afterEach(() => void vi.useRealTimers());

/** The tabs of a user, with one storage. */
class Browser {
  readonly storage = memoryStorage();
  readonly #locks = new FakeLocks();
  #tabs = 0;

  tab() {
    const server = new FakeServer();
    // A tab that was opened later writes later, and makes ids of its own.
    const tab = this.#tabs++;
    server.clock.ahead = tab * 10;
    let ids = 0;
    const { locks, close } = this.#locks.tab();
    const outboxStore = sharedOutbox(localStorageOutbox("lea", this.storage), "lea", locks);
    const client = server.client({ outboxStore, uuid: () => `tab-${tab}-${++ids}` });
    const end = (): void => {
      client.disconnect();
      close();
    };
    return { server, client, outboxStore, locks, close: end };
  }
}

async function connect({ server, client }: { server: FakeServer; client: Client }): Promise<FakeConnection> {
  client.connect();
  const { link } = await server.welcome();
  const list = await link.next("listConversations");
  link.reply(list, { conversationPage: { conversations: [conversation("c1")], epoch: "epoch-1", inboxVersion: 3 } });
  await client.ready();
  await turns();
  return link;
}

/** Lets all promises and locks take their turns. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await settled();
}

/** Accepts the next message that a tab sends. Returns its text. */
async function accept(link: FakeConnection, seq: number): Promise<string> {
  const sent = await link.next("sendMessage");
  const { clientId = "", text = "" } = sent.body;
  link.reply(sent, { messageSent: { message: message("c1", seq, { authorId: "lea", clientId, text }) } });
  await turns();
  return text;
}

test("a message is sent by the tab that wrote it, and by another one when that tab is closed", async () => {
  const browser = new Browser();
  const first = browser.tab();
  first.client.send("c1", "one");
  await turns();
  const second = browser.tab();
  const link = await connect(second);
  expect(link.received("sendMessage")).toBe(false);
  expect(second.client.history("c1").outgoing).toEqual([]);

  first.close();
  link.end();
  await second.server.clock.advance(2_000);
  const { link: next } = await second.server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  expect(await accept(next, 1)).toBe("one");
  expect(browser.storage.length).toBe(0);
});

test("the messages of a tab that closes while another one is connected are sent by the other one", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const browser = new Browser();
  const [first, second] = [browser.tab(), browser.tab()];
  const link = await connect(second);
  first.client.send("c1", "one");
  await turns();
  await vi.advanceTimersByTimeAsync(5_000);
  await turns();
  expect(link.received("sendMessage")).toBe(false);

  first.close();
  await vi.advanceTimersByTimeAsync(5_000);
  await turns();
  expect(await accept(link, 1)).toBe("one");
  expect(browser.storage.length).toBe(0);
});

test("a tab that is disconnected leaves the messages of a closed tab to others", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const browser = new Browser();
  const [first, second, third] = [browser.tab(), browser.tab(), browser.tab()];
  await connect(second);
  second.client.disconnect();
  first.client.send("c1", "one");
  await turns();
  first.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await turns();
  expect(second.client.history("c1").outgoing).toEqual([]);
  expect(await accept(await connect(third), 1)).toBe("one");
});

test("a store that was closed while it waited for another tab does not look at the storage again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const browser = new Browser();
  const { outboxStore } = browser.tab();
  const loading = outboxStore.load(() => {});
  outboxStore.close?.();
  await turns();
  await loading;
  expect(vi.getTimerCount()).toBe(0);
});

test("a store that is closed leaves its messages to the next store of the same page", async () => {
  const browser = new Browser();
  const { client, outboxStore, locks } = browser.tab();
  client.send("c1", "one");
  await turns();
  client.disconnect();
  const next = sharedOutbox(localStorageOutbox("lea", browser.storage), "lea", locks);
  expect(await next.load()).toEqual([]);
  outboxStore.close?.();
  await turns();
  expect(await next.load()).toMatchObject([{ text: "one" }]);
});

test("of two tabs that start at once, one adopts the messages of a closed tab", async () => {
  const browser = new Browser();
  const closed = browser.tab();
  closed.client.send("c1", "one");
  closed.client.send("c1", "two");
  await turns();
  closed.close();
  const tabs = [browser.tab(), browser.tab()];
  const links = await Promise.all(tabs.map(connect));
  const adopters = links.filter((link) => link.received("sendMessage"));
  expect(adopters).toHaveLength(1);
  for (const [at, text] of ["one", "two"].entries()) expect(await accept(adopters[0] as FakeConnection, at + 1)).toBe(text);
});

test("the messages of a conversation are sent in the order in which they were written, in whichever tab", async () => {
  const browser = new Browser();
  const [first, second] = [browser.tab(), browser.tab()];
  first.client.send("c1", "one");
  second.client.send("c1", "two");
  second.client.send("c2", "elsewhere");
  await turns();
  const secondLink = await connect(second);
  expect((await secondLink.next("sendMessage")).body.text).toBe("elsewhere");
  expect(secondLink.received("sendMessage")).toBe(false);
  const firstLink = await connect(first);
  expect(await accept(firstLink, 1)).toBe("one");
  expect(await accept(secondLink, 2)).toBe("two");
});

test("a failed message of another tab, and a tab that does not send, hold nothing up for long", async () => {
  const browser = new Browser();
  const [first, second] = [browser.tab(), browser.tab()];
  const firstLink = await connect(first);
  first.client.send("c1", "refused");
  firstLink.refuse(await firstLink.next("sendMessage"), { code: 254, name: "closed" });
  await turns();
  const secondLink = await connect(second);
  second.client.send("c1", "sound");
  expect(await accept(secondLink, 1)).toBe("sound");

  first.client.disconnect();
  first.client.send("c1", "kept back");
  await turns();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  second.client.send("c1", "later");
  await turns();
  expect(secondLink.received("sendMessage")).toBe(false);
  for (let waited = 0; waited < 60 && !secondLink.received("sendMessage"); waited++) {
    await vi.advanceTimersByTimeAsync(100);
    await turns();
  }
  expect((await secondLink.next("sendMessage")).body.text).toBe("later");
});

test("a message that is discarded while it waits for its turn is not sent", async () => {
  const browser = new Browser();
  const [first, second] = [browser.tab(), browser.tab()];
  first.client.send("c1", "one");
  const { clientId } = second.client.send("c1", "regretted");
  await turns();
  const link = await connect(second);
  expect(second.client.discard(clientId)).toBe(true);
  second.client.send("c1", "two");
  expect(await accept(await connect(first), 1)).toBe("one");
  expect(await accept(link, 2)).toBe("two");
  expect(browser.storage.length).toBe(0);
});

test("without Web Locks the store is used as it is", () => {
  const store = localStorageOutbox("lea", memoryStorage());
  expect(sharedOutbox(store, "lea", undefined)).toBe(store);
});
