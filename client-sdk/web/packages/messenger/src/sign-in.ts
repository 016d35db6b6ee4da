import { browserStorage } from "@causerie/ui/browser-storage";
import { CauserieError, Client, localStorageOutbox, sdkVersion } from "causerie";
import { DemoError, type DemoIdentity, demoToken, outboxName } from "./demo.js";

/** Returns a client for a user of the demo. Its unsent messages survive a reload if the browser allows storage. */
export function signIn(identity: DemoIdentity): Client {
  const storage = browserStorage();
  const url = new URL("v1/ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new Client({
    url: url.href,
    getToken: () => demoToken(identity).catch(rejectForGood),
    client: { name: "causerie-messenger", version: sdkVersion },
    ...(storage && { outboxStore: localStorageOutbox(outboxName(identity), storage) }),
  });
}

/** Makes a client error of the demo permanent: a user that the demo does not know stays unknown. */
function rejectForGood(thrown: unknown): never {
  if (thrown instanceof DemoError && thrown.status >= 400 && thrown.status < 500 && thrown.status !== 429) {
    throw new CauserieError({ code: 200, name: "unauthenticated", message: thrown.message });
  }
  throw thrown;
}
