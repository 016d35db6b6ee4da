// Messages far from the visible ones are unloaded, and loaded again when they are needed.
import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, message } from "./harness/fake-server.js";

const page = (from: number, to: number, more: { moreBefore?: boolean; moreAfter?: boolean } = {}) => ({
  messagePage: {
    messages: Array.from({ length: to - from + 1 }, (_, index) => message("c1", from + index)),
    version: 100,
    ...more,
  },
});

test("unloaded messages can be loaded again on both sides, and a new message is not added after a gap", async () => {
  const { client, link } = await new FakeServer().connected([conversation("c1", 100)]);
  const history = client.history("c1");
  const seqs = () => [history.messages[0]?.seq, history.messages.at(-1)?.seq, history.messages.length];
  const loading = history.loadNewest();
  link.reply(await link.next("getHistory"), page(1, 100));
  await loading;
  let changes = 0;
  client.on("history", () => changes++);
  history.unloadExcept(200, 300);
  expect(changes).toBe(0);
  history.unloadExcept(40, 60);
  expect(changes).toBe(1);
  expect(seqs()).toEqual([40, 60, 21]);
  expect([history.moreBefore, history.moreAfter]).toEqual([true, true]);
  link.event({ messageSent: { message: message("c1", 101) } });
  expect(seqs()).toEqual([40, 60, 21]);

  const newer = history.loadNewer();
  const askedNewer = await link.next("getHistory");
  expect(askedNewer.body.afterSeq).toBe(60);
  // While a page is being loaded, nothing is unloaded: the page would not join the rest.
  history.unloadExcept(50, 55);
  expect(seqs()).toEqual([40, 60, 21]);
  link.reply(askedNewer, { messagePage: { ...page(61, 101).messagePage, version: 101 } });
  await newer;
  const older = history.loadOlder();
  const askedOlder = await link.next("getHistory");
  expect(askedOlder.body.beforeSeq).toBe(40);
  link.reply(askedOlder, { messagePage: { ...page(1, 39).messagePage, version: 101 } });
  await older;
  await settled();
  expect(seqs()).toEqual([1, 101, 101]);
  expect([history.moreBefore, history.moreAfter]).toEqual([false, false]);
});
