// @vitest-environment happy-dom
// The pages of the messenger in a simulated page, against a simulated server. The browser suites in e2e test the same in a real browser.
import type { Client } from "causerie";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { toMessage } from "../../sdk/src/model.js";
import type * as wire from "../../sdk/src/wire.gen.js";
import {
  conversation,
  type FakeConnection,
  FakeServer,
  tom as fakeTom,
  me,
  message,
} from "../../sdk/tests/harness/fake-server.js";
import type { ConversationPane } from "../src/conversation-pane.js";
import { draftsOf } from "../src/drafts.js";
import { setLanguage } from "../src/i18n/index.js";
import type { MessageList } from "../src/message-list.js";
import "../src/messenger.js";
import type { Messenger } from "../src/messenger.js";

const [c1, group, evaId] = ["c1", "c2", "e1"].map((end) => `00000000-0000-7000-8000-0000000000${end}`) as [
  string,
  string,
  string,
];
/** `watchContacts` takes real ids only. */
const tom: wire.User = { ...fakeTom, id: "00000000-0000-7000-8000-0000000000f2" };
const eva: wire.User = { id: evaId, externalId: "eva", name: "Éva Nagy" };

beforeAll(async () => void (await setLanguage(["en"])));

let messenger: Messenger;
afterEach(() => {
  messenger.remove();
  vi.restoreAllMocks();
});

/** The answers of the simulated server, by command. */
type Answers = Partial<Record<keyof wire.Request, (body: never) => Omit<wire.Reply, "id">>>;

interface Opened {
  readonly client: Client;
  readonly link: FakeConnection;
}

/** Opens the messenger with a route. It follows its own navigation, as a page does. */
async function open(route: string, conversations: wire.Conversation[], answers: Answers = {}): Promise<Opened> {
  const server = new FakeServer();
  const { client, link } = await server.connected(conversations);
  const all: Answers = {
    getHistory: () => ({ messagePage: { messages: [message(c1, 1)], version: 1 } }),
    watchPresence: () => ({ presenceList: {} }),
    listRelations: () => ({ relationPage: {} }),
    searchDirectory: () => ({ directoryPage: { hits: [{ user: eva, can: ["DIRECTORY_ACTION_START"] }], mayStartGroup: true } }),
    watchContacts: ({ users = [] }: wire.WatchContacts) => ({
      contactList: {
        contacts: users.map((userRef) => ({ userRef, user: eva, can: ["DIRECTORY_ACTION_START", "DIRECTORY_ACTION_BLOCK"] })),
      },
    }),
    listMembers: () => ({ memberPage: { members: [{ user: me, role: "MEMBER_ROLE_OWNER" }, { user: tom }] } }),
    getUsers: () => ({ userList: { users: [eva] } }),
    markRead: () => ({ marked: {} }),
    ...answers,
  };
  for (const [name, answer] of Object.entries(all)) {
    void (async () => {
      for (;;) {
        const request = await link.next(name as "getHistory");
        link.reply(request, answer(request.body as never));
      }
    })();
  }
  messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.route = route;
  for (const name of ["causerie-navigate", "causerie-redirect"]) {
    messenger.addEventListener(name, (event) => {
      messenger.route = (event as CustomEvent<string>).detail;
    });
  }
  document.body.append(messenger);
  return { client, link };
}

/** All elements that match, in all shadow trees. */
function all(selector: string, root: ParentNode = document): HTMLElement[] {
  const hosts = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? [shadowRoot] : []));
  return [...root.querySelectorAll<HTMLElement>(selector), ...hosts.flatMap((host) => all(selector, host))];
}

const texts = (selector: string): string[] => all(selector).map(({ textContent }) => textContent.replace(/\s+/g, " ").trim());

/** Waits for an element. */
async function one(selector: string, text = ""): Promise<HTMLElement> {
  const end = Date.now() + 4_000;
  for (;;) {
    const found = all(selector).find(({ textContent }) => textContent.includes(text));
    if (found) return found;
    if (Date.now() > end) throw new Error(`no ${selector} with “${text}”`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const withTom = (status: wire.UserStatus): wire.Member[] => [{ user: me }, { user: { ...tom, status } }];
const chat = conversation(c1, 1, { members: withTom("USER_STATUS_ACTIVE") });
const circle = conversation(group, 1, {
  kind: "CONVERSATION_KIND_GROUP",
  subject: "Circle",
  memberCount: 2,
  capabilities: [
    "CAPABILITY_SEND",
    "CAPABILITY_ADD_MEMBER",
    "CAPABILITY_REMOVE_MEMBER",
    "CAPABILITY_RENAME",
    "CAPABILITY_LEAVE",
  ],
});

test("the list shows rows, of which the Tab key reaches one, and a filter", async () => {
  await open("", [chat, circle]);
  await one(".name", "Circle");
  expect(texts("causerie-conversation-item .name").sort()).toEqual(["Circle", "Tom Petit"]);
  const stops = all("causerie-conversation-item button").map((row) => row.getAttribute("tabindex"));
  expect(stops.sort()).toEqual(["-1", "0"]);
  expect(texts("main h2")).toEqual(["Choose a conversation"]);
});

test("a long list shows its first rows at once, and adds the others by few", async () => {
  const many = Array.from({ length: 45 }, (_, index) =>
    conversation(`c${index}`, 1, { members: withTom("USER_STATUS_ACTIVE") }),
  );
  const list = "causerie-conversation-list";
  await open("", many);
  await one("causerie-conversation-item");
  const { shadowRoot } = all(list)[0] as HTMLElement;
  const counts = new Set<number>();
  await vi.waitFor(() => {
    counts.add(shadowRoot?.querySelectorAll("causerie-conversation-item").length ?? 0);
    expect(counts).toContain(45);
  });
  expect(counts).toContain(20);
});

test("a new conversation does not remove the last row of a full page", async () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    conversation(`c${index}`, 1, { members: withTom("USER_STATUS_ACTIVE") }),
  );
  const { link } = await open("", many);
  await one("causerie-conversation-item");
  const { shadowRoot } = all("causerie-conversation-list")[0] as HTMLElement;
  const rows = (): Element[] => [...(shadowRoot?.querySelectorAll("causerie-conversation-item") ?? [])];
  await vi.waitFor(() => expect(rows()).toHaveLength(50));
  const [first, last] = [rows()[0], rows()[49]];
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("new", 1) } });
  const removed: boolean[] = [];
  await vi.waitFor(() => {
    removed.push(!first?.isConnected || !last?.isConnected);
    expect(rows()).toHaveLength(51);
  });
  expect(removed).not.toContain(true);
});

test("the time in a row becomes “Yesterday” when the day changes, without an event of the client", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  vi.setSystemTime("2026-11-20T11:00:00Z");
  try {
    await open("", [conversation(c1, 1, { activeAt: "2026-11-20T10:00:00Z" })]);
    const before = (await one("time")).textContent;
    expect(before).not.toBe("Yesterday");
    // The list looks at the clock by a timer of the module that it loads later.
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), 20_000);
    vi.setSystemTime("2026-11-21T11:00:00Z");
    expect(texts("time")).toEqual([before]);
    await vi.advanceTimersByTimeAsync(60_000);
    await one("time", "Yesterday");
  } finally {
    vi.useRealTimers();
  }
}, 30_000);

test("“Last seen” grows older in the header and in the profile, without an event of the client", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  vi.setSystemTime("2026-11-20T11:00:00Z");
  try {
    await open(`${c1}/details`, [chat], {
      watchPresence: () => ({ presenceList: { presences: [{ userId: tom.id ?? "", lastSeenAt: "2026-11-20T10:54:00Z" }] } }),
    });
    const shown = (): string[] => texts("causerie-chat-header p, causerie-user-details .head p");
    await vi.waitFor(() => expect(shown()).toEqual(["Last seen 6 minutes ago", "Last seen 6 minutes ago"]), 10_000);
    vi.setSystemTime("2026-11-20T13:00:00Z");
    // The header looks at the clock by a timer of a module that it loads later.
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(60_000);
      expect(shown()).toEqual(["Last seen 2 hours ago", "Last seen 2 hours ago"]);
    }, 10_000);
  } finally {
    vi.useRealTimers();
  }
}, 30_000);

test("two users of the same name differ by what the product says about them, wherever they are chosen and shown", async () => {
  const twin = (end: string, about: string): wire.User => ({
    id: `00000000-0000-7000-8000-0000000000${end}`,
    externalId: end,
    name: "Anna Meyer",
    about,
  });
  const twins = [twin("a1", "Class 6A"), twin("a2", "Class 6B")];
  const { client } = await open("new", [chat, circle], {
    searchDirectory: () => ({ directoryPage: { hits: twins.map((user) => ({ user, can: ["DIRECTORY_ACTION_START"] })) } }),
    getUsers: () => ({ userList: { users: twins } }),
    listMembers: () => ({ memberPage: { members: twins.map((user) => ({ user })) } }),
  });
  const both = ["Anna Meyer Class 6A", "Anna Meyer Class 6B"];
  await one("[role=option] .note", "Class 6B");
  // The dialog for a group has the same users.
  expect(texts("[role=option] > span")).toEqual([...both, ...both]);
  type(await one("causerie-sidebar input"), "anna");
  await one("causerie-people-results .note", "Class 6B");
  expect(texts("causerie-people-results .user > span")).toEqual(both);
  (await one("causerie-people-results .user", "Class 6B")).click();
  await one("causerie-chat-header p", "Class 6B");
  messenger.route = `to/${twins[0]?.id}/details`;
  await one("causerie-user-details .head p", "Class 6A");
  await one("causerie-chat-header p", "Class 6A");
  messenger.route = `${group}/details`;
  await one("causerie-member-list .note", "Class 6B");
  expect(texts("causerie-member-list .user > span")).toEqual(both);
  client.disconnect();
});

test("a user who can be neither written to nor asked is not offered a request", async () => {
  const can: wire.DirectoryHit[] = [{ user: eva }];
  await open("new", [chat], {
    searchDirectory: () => ({ directoryPage: { hits: can } }),
    watchContacts: ({ users = [] }: wire.WatchContacts) => ({
      contactList: { contacts: users.map((userRef) => ({ userRef, user: eva })) },
    }),
  });
  await one("[role=option] .note", "You can’t message this person");
  (await one("[role=option]", "Éva Nagy")).click();
  await one("causerie-new-chat .notice", "You can’t message Éva Nagy right now.");
  expect(texts("causerie-new-chat button").filter((label) => /connect|request/i.test(label))).toEqual([]);
});

test("a conversation opens with its header, whose title opens the profile", async () => {
  await open(c1, [chat]);
  (await one("causerie-chat-header .open", "Tom Petit")).click();
  await one("causerie-user-details h3", "Tom Petit");
  expect(messenger.route).toBe(`${c1}/details`);
  await one("causerie-user-details .row", "Block");
});

test("blocking is offered as the server says, and a relation can always be ended", async () => {
  const friend: wire.RelationStatus = { relation: "friend", state: "RELATION_STATE_ACCEPTED", direction: "DIRECTION_MUTUAL" };
  const blocked: wire.RelationStatus = { relation: "block", state: "RELATION_STATE_ACCEPTED", direction: "DIRECTION_OUTGOING" };
  const rows = (): string[] => texts("causerie-user-details ul > li > .row");
  const openDetails = (contact: wire.Contact): Promise<Opened> =>
    open(`${c1}/details`, [chat], {
      watchContacts: ({ users = [] }: wire.WatchContacts) => ({
        contactList: { contacts: users.map((userRef) => ({ userRef, user: tom, ...contact })) },
      }),
    });
  const { link } = await openDetails({ relations: [friend], can: ["DIRECTORY_ACTION_BLOCK"] });
  await one("causerie-user-details .row", "Remove friend");
  expect(rows()).toEqual(["Remove friend", "Block"]);
  const userRef = { id: tom.id as string };
  link.event({ contactsChanged: { contacts: [{ userRef, user: tom, relations: [friend] }] } });
  await vi.waitFor(() => expect(rows()).toEqual(["Remove friend"]));
  messenger.remove();
  await openDetails({ relations: [blocked] });
  await one("causerie-user-details .row", "Unblock");
});

test("the actions of a conversation are in the menu and in the details of a group", async () => {
  await open(`${group}/details`, [circle]);
  await one("causerie-member-list .name", "Tom Petit");
  expect(texts("causerie-group-details .row")).toEqual(["Add people"]);
  expect(texts("causerie-conversation-actions .row")).toEqual(["Mark as unread", "Rename", "Leave group"]);
  expect(texts("causerie-member-list .name")).toEqual(["You", "Tom Petit"]);
  expect(texts("causerie-member-list .tag")).toEqual(["Owner"]);
  (await one("causerie-chat-header .more")).click();
  await one("[role=menuitem]", "Leave group");
});

test("choosing a recipient leads to a chat that takes the text along", async () => {
  await open("new", [chat]);
  await one("[role=option]", "Éva Nagy");
  await one("causerie-compose .shortcut", "New group");
  const field = (await one("causerie-composer textarea")) as HTMLTextAreaElement;
  field.value = "typed before";
  field.dispatchEvent(new Event("input"));
  (await one("[role=option]", "Éva Nagy")).click();
  await one("causerie-new-chat .name", "Éva Nagy");
  expect(messenger.route).toBe(`to/${evaId}`);
  expect(all("textarea").map((each) => (each as HTMLTextAreaElement).value)).toEqual(["typed before"]);
});

test("the network shows requests of others, own requests and friends", async () => {
  const relation = (user: wire.User, more: wire.Relation): wire.Relation => ({ relation: "friend", user, ...more });
  await open("network", [chat], {
    listRelations: () => ({
      relationPage: {
        relations: [
          relation(eva, { state: "RELATION_STATE_PENDING", direction: "DIRECTION_INCOMING" }),
          relation(tom, { state: "RELATION_STATE_ACCEPTED", direction: "DIRECTION_MUTUAL" }),
        ],
      },
    }),
    searchDirectory: () => ({ directoryPage: { hits: [{ user: tom, can: ["DIRECTORY_ACTION_START"], conversationId: c1 }] } }),
  });
  await one("causerie-network-page .note", "Wants to connect");
  const labels = (): (string | null)[] =>
    all("causerie-network-page .actions button").map((each) => each.getAttribute("aria-label"));
  await one("causerie-network-page .plane");
  expect(labels()).toEqual(["Accept: Éva Nagy", "Decline: Éva Nagy", "Write to Tom Petit"]);
  (await one("causerie-network-page .actions button", "Decline")).click();
  await one("causerie-network-page .note", "Request declined");
  expect(labels()).toEqual(["Undo: Éva Nagy", "Write to Tom Petit"]);
  (await one("causerie-network-page .actions button", "Undo")).click();
  await one("causerie-network-page .actions button", "Accept");
  (await one("causerie-network-page .plane")).click();
  expect(messenger.route).toBe(c1);
  await one("causerie-network-link button[aria-label='Network, 1 request']");
});

test("a closed conversation says so in its row, and its notice reopens it", async () => {
  let isReopened = false;
  await open(c1, [{ ...chat, state: "CONVERSATION_STATE_CLOSED", capabilities: ["CAPABILITY_REOPEN"] }], {
    reopenConversation: () => {
      isReopened = true;
      return { conversationUpdated: { conversation: { ...chat, version: 2 } } };
    },
    getChanges: () => ({ changes: { conversation: { ...chat, version: 2 } } }),
  });
  await one("causerie-conversation-item .tag", "Closed");
  (await one("causerie-chat-notice button", "Reopen")).click();
  await one("causerie-composer textarea");
  expect(isReopened).toBe(true);
});

test("what a user may start is offered as the directory says", async () => {
  const pages: wire.DirectoryPage[] = [{ mayStartGroup: true }, { mayStartNote: true }];
  for (const [at, label] of ["New group", "Note to self"].entries()) {
    await open("new", [chat], { searchDirectory: () => ({ directoryPage: pages[at] ?? {} }) });
    await one("causerie-compose .shortcut", label);
    expect(texts("causerie-compose .shortcut")).toEqual([label]);
    messenger.remove();
  }
});

test("a text can be typed as soon as the user is known", async () => {
  const server = new FakeServer();
  const client = server.client();
  messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.route = "new";
  document.body.append(messenger);
  await one("causerie-compose causerie-user-picker");
  expect(all("textarea")).toEqual([]);
  client.connect();
  await server.welcome();
  type(await one("causerie-composer textarea"), "early");
  expect(draftsOf("lea").get("new").text).toBe("early");
  draftsOf("lea").setText("new", "");
});

test("the first messages to two users have two client ids, also with the same text", async () => {
  const ids: (string | undefined)[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const kim: wire.User = { id: "00000000-0000-7000-8000-0000000000f1", externalId: "kim", name: "Kim Lee" };
  const hits: wire.DirectoryHit[] = [eva, kim].map((user) => ({ user, can: ["DIRECTORY_ACTION_START"] }));
  const { client } = await open(`to/${evaId}`, [chat], {
    getUsers: () => ({ userList: { users: [eva, kim] } }),
    searchDirectory: () => ({ directoryPage: { hits } }),
  });
  vi.spyOn(client, "startDirect").mockImplementation(async (_, first) => {
    ids.push(first?.clientId);
    await held;
    throw new Error("lost");
  });
  const send = async (name: string): Promise<void> => {
    await one("causerie-new-chat .name", name);
    type(await one("causerie-composer textarea"), "hello");
    await vi.waitFor(() => expect(all("causerie-composer .send")[0]?.getAttribute("aria-disabled")).toBe("false"));
    all("causerie-composer .send")[0]?.click();
  };
  await send("Éva Nagy");
  await vi.waitFor(() => expect(ids).toHaveLength(1));
  messenger.route = `to/${kim.id}`;
  await send("Kim Lee");
  await vi.waitFor(() => expect(ids).toHaveLength(2));
  expect(new Set(ids).size).toBe(2);
  release();
  await one("causerie-new-chat .problem");
});

test("a message is edited in its conversation, also when another one is shown meanwhile", async () => {
  await open(group, [circle, chat]);
  const list = await one("causerie-message-list");
  const detail = toMessage(message(c1, 1));
  list.dispatchEvent(new CustomEvent("causerie-edit", { detail }));
  expect(draftsOf("lea").get(c1).edit?.messageId).toBe(detail.id);
  expect(draftsOf("lea").get(group).edit).toBeUndefined();
  draftsOf("lea").endEdit(c1);
});

test("a mark as unread that could not be cleared is cleared later", async () => {
  const { client } = await open(c1, [{ ...chat, readState: { readSeq: 1, markedUnread: true } }]);
  const pane = (await one("causerie-conversation-pane")) as ConversationPane;
  Object.defineProperty((await one("causerie-message-list")) as MessageList, "seen", { get: () => 1 });
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  const markRead = vi.spyOn(client, "markRead").mockRejectedValueOnce(new Error("lost"));
  dispatchEvent(new Event("focus"));
  await vi.waitFor(() => expect(markRead).toHaveBeenCalledTimes(1));
  await new Promise((resolve) => setTimeout(resolve));
  pane.requestUpdate();
  await vi.waitFor(() => expect(markRead).toHaveBeenCalledTimes(2));
});

/** Presses a key in the focused element of an element. */
function press(target: HTMLElement, key: string, more: KeyboardEventInit = {}): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...more }));
}

function type(field: HTMLElement, text: string): void {
  (field as HTMLInputElement).value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

test("the search filters the rows, and finds people without a row", async () => {
  await open("", [chat, circle]);
  const field = await one("causerie-sidebar input");
  type(field, "circ");
  await one("causerie-conversation-item .name", "Circle");
  await messenger.updateComplete;
  expect(texts("causerie-conversation-item .name")).toEqual(["Circle"]);
  type(field, "eva");
  await one("causerie-people-results .name", "Éva Nagy");
  expect(texts("causerie-conversation-item .name")).toEqual([]);
  press(field, "Enter");
  await one("causerie-new-chat .name", "Éva Nagy");
  expect((field as HTMLInputElement).value).toBe("");
});

test("the arrow keys and Enter choose a recipient, and Enter waits for the answer to the search", async () => {
  await open("new", [chat]);
  await one("[role=option]", "Éva Nagy");
  const field = await one("[role=combobox]");
  press(field, "ArrowDown");
  await messenger.updateComplete;
  await one("[role=option][aria-selected=true]", "Éva Nagy");
  type(field, "ev");
  press(field, "Enter");
  expect(messenger.route).toBe("new");
  await one("causerie-new-chat .name", "Éva Nagy");
});

test("a group needs members and a name, and says which is missing", async () => {
  const started: unknown[] = [];
  await open("new", [chat], {
    startConversation: (body) => {
      started.push(body);
      return { conversationStarted: { conversation: circle, created: true } };
    },
  });
  (await one("causerie-compose .shortcut", "New group")).click();
  const create = await one("causerie-group-dialog button.primary");
  create.click();
  await one("causerie-group-dialog [role=alert]", "Choose at least one person.");
  const picker = (await one("causerie-group-dialog")).shadowRoot?.querySelector("causerie-user-picker")?.shadowRoot;
  picker?.querySelector<HTMLElement>("[role=option]")?.click();
  await one("causerie-group-dialog .chip", "Éva Nagy");
  create.click();
  await one("causerie-group-dialog [role=alert]", "Give the group a name.");
  type(await one("causerie-group-dialog .subject"), "Circle");
  create.click();
  await one("causerie-chat-header .open", "Circle");
  expect(messenger.route).toBe(group);
  expect(started).toMatchObject([{ subject: "Circle", with: [{ id: evaId }] }]);
});

test("the buttons that start a conversation follow the rules", async () => {
  const { client, link } = await new FakeServer().connected([]);
  messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  document.body.append(messenger);
  await one("causerie-conversation-list p, causerie-sidebar p", "When someone writes to you");
  const starts = (): number => all("button").filter((each) => /New conversation/.test(each.title + each.textContent)).length;
  expect(starts()).toBe(0);
  for (const may of [{ mayStart: true }, { mayRequest: true }]) {
    link.event({ mayStartChanged: may });
    await one("causerie-sidebar .new");
    expect(starts()).toBeGreaterThan(1);
    link.event({ mayStartChanged: {} });
    await vi.waitFor(() => expect(starts()).toBe(0));
  }
});

test("nothing can be chosen and nothing is missing while the list is loaded, or while there is no connection", async () => {
  const server = new FakeServer();
  const client = server.client();
  messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  document.body.append(messenger);
  await one("causerie-conversation-list .skeleton");
  expect(texts("main h2")).toEqual([]);
  client.connect();
  const { link } = await server.welcome();
  const request = await link.next("listConversations");
  expect(texts("main h2")).toEqual([]);
  link.reply(request, { conversationPage: {} });
  await one("main h2", "No conversations yet");
});

test("conversations that could not be loaded can be loaded again", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  document.body.append(messenger);
  link.refuse(await link.next("listConversations"), { code: 100, name: "internal", message: "a fault" });
  (await one("causerie-conversation-list .failed button", "Try again")).click();
  link.reply(await link.next("listConversations"), { conversationPage: { conversations: [chat], nextCursor: "next" } });
  await one("causerie-conversation-item .name", "Tom Petit");
});
