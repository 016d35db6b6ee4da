import { browserStorage } from "@causerie/ui/browser-storage";
import { CauserieError, Client, localStorageOutbox, sdkVersion } from "causerie";
import { DemoError, type DemoIdentity, demoToken, outboxName } from "./demo.js";
import { requestToken, storageNameOf } from "./handover.js";

/** Returns a client for a user of the demo. */
export function signIn(identity: DemoIdentity): Client {
  return connectAs(outboxName(identity), () => demoToken(identity).catch(rejectForGood));
}

/** Returns a client for the user of a token of the embedding product. Later tokens come from the product's window. */
export function signInWith(token: string): Client {
  let first: string | undefined = token;
  return connectAs(storageNameOf(token), async () => {
    const next = first ?? (await requestToken());
    first = undefined;
    if (next !== undefined) return next;
    throw new CauserieError({ code: 200, name: "unauthenticated", message: "no window of the product gives a new token" });
  });
}

/** Returns a client of this server. Its unsent messages survive a reload if the browser allows storage. */
function connectAs(outbox: string, getToken: () => Promise<string>): Client {
  const storage = browserStorage();
  const url = new URL("v1/ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new Client({
    url: url.href,
    getToken,
    client: { name: "causerie-messenger", version: sdkVersion },
    ...(storage && { outboxStore: localStorageOutbox(outbox, storage) }),
  });
}

/** Makes a client error of the demo permanent: a user that the demo does not know stays unknown. */
function rejectForGood(thrown: unknown): never {
  if (thrown instanceof DemoError && thrown.status >= 400 && thrown.status < 500 && thrown.status !== 429) {
    throw new CauserieError({ code: 200, name: "unauthenticated", message: thrown.message });
  }
  throw thrown;
}
