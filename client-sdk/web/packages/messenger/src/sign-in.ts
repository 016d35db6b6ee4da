import { browserStorage } from "@causerie/ui/browser-storage";
import { CauserieError, Client, localStorageOutbox, sdkVersion } from "causerie";
import { DemoError, type DemoIdentity, demoToken, outboxName } from "./demo.js";
import { remember, requestToken, storageNameOf } from "./handover.js";

/** Returns a client for a user of the demo. */
export function signIn(identity: DemoIdentity): Client {
  return connectAs(outboxName(identity), () => demoToken(identity).catch(rejectForGood));
}

/** Returns a client for the user of a token of the embedding product. Later tokens come from the product's window. */
export function signInWith(token: string): Client {
  const outbox = storageNameOf(token);
  let first: string | undefined = token;
  const client: Client = connectAs(outbox, async () => {
    const next = first ?? (await requestToken());
    first = undefined;
    if (next === undefined) throw unauthenticated("no window of the product gives a new token");
    if (storageNameOf(next) === outbox) return remember(next);
    // The token has another user or another key. After the first welcome the client itself refuses another user. Before the first welcome it
    // would accept any user, and send the unsent messages of the first token's user as the user of this token.
    if (!client.me) throw unauthenticated("another user has signed in to the product: load the page again");
    return next;
  });
  return client;
}

/** An error that ends the client: no other token will come. */
function unauthenticated(message: string): CauserieError {
  return new CauserieError({ code: 200, name: "unauthenticated", message });
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
    throw unauthenticated(thrown.message);
  }
  throw thrown;
}
