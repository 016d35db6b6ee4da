// @vitest-environment happy-dom
// The end of a session: when the user logs out, and when the page has another user.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hub } from "../src/hub.js";

/** The sockets that the clients have opened. */
const sockets: { onclose: ((event: { code: number; reason: string }) => void) | undefined }[] = [];

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenOf = (sub: string): string => `${encode({ kid: "acme-1" })}.${encode({ sub })}.x`;

beforeEach(() => {
  vi.useFakeTimers();
  // The diagnosis of a socket that does not open.
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no network")));
  vi.stubGlobal(
    "WebSocket",
    class {
      onclose: (typeof sockets)[0]["onclose"];
      constructor() {
        sockets.push(this);
      }
      close(): void {}
    },
  );
  hub.signedOut = false;
  Object.assign(hub.signIn, { server: "https://chat.example", getToken: () => tokenOf("lea") });
});

afterEach(() => {
  hub.stop();
  sockets.length = 0;
  localStorage.clear();
  sessionStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("logout before the first connection removes what the browser stores for all users, and nothing else", async () => {
  for (const key of ["causerie.draft/lea/c1", "causerie.widget/tom/x", "causerie.other/lea", "page"])
    localStorage.setItem(key, "1");
  hub.keep({ open: true, route: "c1" });
  const counts: number[] = [];
  const listener = ({ detail }: CustomEventInit<number>): void => void counts.push(detail ?? -1);
  document.addEventListener("causerie-unread", listener);
  hub.setUnread(3);
  hub.logout();
  document.removeEventListener("causerie-unread", listener);
  expect(Object.keys(localStorage).sort()).toEqual(["causerie.other/lea", "page"]);
  expect([hub.kept, hub.unread, counts]).toEqual([{}, 0, [3, 0]]);
  await expect(hub.start()).rejects.toThrow();
  expect(hub.session).toBeUndefined();
});

test("logout removes what the browser stores for the connected user", async () => {
  for (const key of ["causerie.draft/lea/c1", "causerie.widget/tom/x"]) localStorage.setItem(key, "1");
  const session = await hub.start();
  vi.spyOn(session.client, "me", "get").mockReturnValue({ id: "lea" } as never);
  hub.logout();
  expect(Object.keys(localStorage)).toEqual(["causerie.widget/tom/x"]);
  expect(session.client.state.name).toBe("disconnected");
});

test("when a requested token names another user, another session begins, and the earlier client does not connect with it", async () => {
  const first = await hub.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(sockets).toHaveLength(1);
  hub.signIn.getToken = () => tokenOf("tom");
  sockets[0]?.onclose?.({ code: 4003, reason: "token_expired" });
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.dynamicImportSettled();
  expect(first.client.state.name).toBe("disconnected");
  expect(hub.session).not.toBe(first);
  expect(hub.session?.client.state.name).toMatch(/connecting/);
});
