// `causerie/contacts`: the watches of a page share one command, and each listener sees its own users.
import { expect, test } from "vitest";
import { type Contact, watchContacts } from "../src/contacts.js";
import type { Client } from "../src/index.js";
import type * as wire from "../src/wire.gen.js";
import { settled } from "./harness/clock.js";
import { FakeServer } from "./harness/fake-server.js";

const hidden = (externalId: string): wire.Contact => ({ userRef: { externalId }, cannotStart: "ERROR_CODE_NOT_FOUND" });

const writable = (externalId: string): wire.Contact => ({
  userRef: { externalId },
  user: { id: `id-${externalId}`, externalId, name: externalId, status: "USER_STATUS_ACTIVE" },
  can: ["DIRECTORY_ACTION_START", "DIRECTORY_ACTION_SEND"],
});

/** A client, and the calls of a listener as the list of the users that may be written to. `more` runs at the same moment as the watch. */
async function watching(users: readonly string[], more: (client: Client) => void = () => {}) {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  await settled();
  const calls: string[][] = [];
  const names = (contacts: readonly Contact[]): string[] =>
    contacts.filter(({ can }) => can.has("start")).map(({ user }) => user?.externalId ?? "");
  const end = watchContacts(client, users, (contacts) => calls.push(names(contacts)));
  more(client);
  return { server, client, link, calls, end };
}

test("all watches of a page are one command with each user once, and each listener gets its own users in its order", async () => {
  const second: (readonly Contact[])[] = [];
  const { link, calls } = await watching(["tom", "zoe"], (client) => {
    watchContacts(client, ["max", "tom"], (contacts) => second.push(contacts));
  });
  const watch = await link.next("watchContacts");
  expect(watch.body.users).toEqual([{ externalId: "tom" }, { externalId: "zoe" }, { externalId: "max" }]);
  await settled();
  expect(link.received("watchContacts")).toBe(false);
  link.reply(watch, { contactList: { contacts: [writable("tom"), hidden("zoe"), writable("max")] } });
  await settled();
  expect(calls).toEqual([["tom"]]);
  expect(second.map((contacts) => contacts.map(({ ref }) => ref))).toEqual([[{ externalId: "max" }, { externalId: "tom" }]]);
});

test("a change calls only the listeners of the changed users", async () => {
  let others = 0;
  const { link, calls } = await watching(["tom"], (client) => {
    watchContacts(client, ["zoe"], () => others++);
  });
  const watch = await link.next("watchContacts");
  link.reply(watch, { contactList: { contacts: [writable("tom"), hidden("zoe")] } });
  await settled();
  link.event({ contactsChanged: { contacts: [hidden("tom")] } });
  link.event({ contactsChanged: { contacts: [hidden("tom")] } });
  expect(calls).toEqual([["tom"], []]);
  expect(others).toBe(1);
});

test("the fields of a contact have the names of the SDK", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  let contacts: readonly Contact[] = [];
  const id = "01936d2e-0000-7000-8000-000000000002";
  watchContacts(client, [{ id }], (now) => {
    contacts = now;
  });
  const watch = await link.next("watchContacts");
  expect(watch.body.users).toEqual([{ id }]);
  const relations: wire.RelationStatus[] = [
    { relation: "friend", state: "RELATION_STATE_PENDING", direction: "DIRECTION_INCOMING" },
  ];
  const contact: wire.Contact = {
    userRef: { id },
    user: { id, externalId: "cem", name: "Cem", status: "USER_STATUS_ACTIVE" },
    can: ["DIRECTORY_ACTION_SEE_PROFILE"],
    cannotStart: "ERROR_CODE_NEEDS_FRIEND",
    relations,
    mayRequest: ["colleague"],
    conversationId: "c1",
  };
  link.reply(watch, { contactList: { contacts: [contact] } });
  await settled();
  expect(contacts).toEqual([
    {
      ref: { id },
      user: { id, externalId: "cem", name: "Cem", avatarUrl: "", status: "active", about: "" },
      can: new Set(["see_profile"]),
      cannotStart: "needs_friend",
      relations: [{ relation: "friend", state: "pending", direction: "incoming" }],
      mayRequest: ["colleague"],
      conversationId: "c1",
    },
  ]);
});

test("a watch is sent again after a reconnection and after a gap, and tells what changed meanwhile", async () => {
  const { server, link, calls } = await watching(["tom"]);
  link.reply(await link.next("watchContacts"), { contactList: { contacts: [writable("tom")] } });
  await settled();
  link.end();
  await server.clock.advance(1_000);
  const { link: second } = await server.welcome({ resumed: { epoch: "epoch-1" } });
  second.reply(await second.next("watchContacts"), { contactList: { contacts: [hidden("tom")] } });
  await settled();
  expect(calls).toEqual([["tom"], []]);
  second.event({ gap: {} });
  second.reply(await second.next("watchContacts"), { contactList: { contacts: [writable("tom")] } });
  await settled();
  expect(calls).toEqual([["tom"], [], ["tom"]]);
});

test("the answer to a command that a later command replaced is not shown", async () => {
  const { client, link, calls } = await watching(["tom"]);
  const first = await link.next("watchContacts");
  watchContacts(client, ["zoe"], () => {});
  const second = await link.next("watchContacts");
  link.reply(second, { contactList: { contacts: [hidden("tom"), hidden("zoe")] } });
  link.reply(first, { contactList: { contacts: [writable("tom")] } });
  await settled();
  expect(calls).toEqual([[]]);
});

test("a watch that ends leaves the command, and the last one ends the subscription", async () => {
  let endSecond = () => {};
  const { link, calls, end } = await watching(["tom"], (client) => {
    endSecond = watchContacts(client, ["zoe"], () => {});
  });
  link.reply(await link.next("watchContacts"), { contactList: { contacts: [writable("tom"), hidden("zoe")] } });
  await settled();
  end();
  const rest = await link.next("watchContacts");
  expect(rest.body.users).toEqual([{ externalId: "zoe" }]);
  link.reply(rest, { contactList: { contacts: [hidden("zoe")] } });
  await settled();
  endSecond();
  expect((await link.next("watchContacts")).body.users).toEqual([]);
  expect(calls).toEqual([["tom"]]);
});

test("users beyond the hundredth get a contact that allows nothing, until there is room", async () => {
  const many = Array.from({ length: 100 }, (_, at) => `user-${at}`);
  const { client, link, end } = await watching(many);
  const late: (readonly Contact[])[] = [];
  watchContacts(client, ["late"], (contacts) => late.push(contacts));
  const watch = await link.next("watchContacts");
  expect(watch.body.users).toHaveLength(100);
  expect(late.map(([contact]) => [contact?.cannotStart, contact?.can.size])).toEqual([["too_many", 0]]);
  link.reply(watch, { contactList: { contacts: many.map(writable) } });
  await settled();
  end();
  const room = await link.next("watchContacts");
  expect(room.body.users).toEqual([{ externalId: "late" }]);
  link.reply(room, { contactList: { contacts: [writable("late")] } });
  await settled();
  expect(late.at(-1)?.[0]?.can.has("start")).toBe(true);
});

test("a wrong argument is reported to its caller and does not reach the other watches", async () => {
  const { client, link } = await watching(["tom"]);
  await link.next("watchContacts");
  const watch = (users: unknown) => () => watchContacts(client, users as string[], () => {});
  expect(watch("tom")).toThrow(TypeError);
  expect(watch([null])).toThrow(TypeError);
  expect(watch([{ id: "tom" }])).toThrow("`watchContacts.users[0]` has no valid id");
  expect(watch([""])).toThrow("`watchContacts.users[0]` has no valid id");
  expect(watch(["tom", "x".repeat(129)])).toThrow("`watchContacts.users[1].externalId` has more than 128 bytes");
  await settled();
  expect(link.received("watchContacts")).toBe(false);
});
