import { CauserieError, Client, localStorageOutbox, sdkVersion } from "../sdk/index.js";
import { browserStorage } from "../ui/browser-storage.js";
import { DemoError, type DemoIdentity, demoToken, outboxName } from "./demo.js";

/** A client that is one of the demo's people. Its unsent messages survive a reload where the browser keeps data. */
export function signIn(identity: DemoIdentity): Client {
  const storage = browserStorage();
  const url = new URL("v1/ws", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new Client({
    url: url.href,
    getToken: () => demoToken(identity).catch(refuse),
    client: { name: "causerie-messenger", version: sdkVersion },
    ...(storage && { outboxStore: localStorageOutbox(outboxName(identity), storage) }),
  });
}

/** A person the demo does not know will not be known later either. */
function refuse(thrown: unknown): never {
  if (thrown instanceof DemoError && thrown.status >= 400 && thrown.status < 500 && thrown.status !== 429) {
    throw new CauserieError({ code: 200, name: "unauthenticated", message: thrown.message });
  }
  throw thrown;
}
