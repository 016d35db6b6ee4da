import { CauserieError, Client, localStorageOutbox, sdkVersion } from "../sdk/index.js";
import { DemoError, type DemoIdentity, demoToken, outboxName } from "./demo.js";

/** A client that is one of the demo's people. Its unsent messages survive a reload. */
export function signIn(identity: DemoIdentity): Client {
  const url = new URL("/v1/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new Client({
    url: url.href,
    getToken: () => demoToken(identity).catch(refuse),
    client: { name: "causerie-messenger", version: sdkVersion },
    outboxStore: localStorageOutbox(outboxName(identity)),
  });
}

/** A person the demo does not know will not be known later either. */
function refuse(thrown: unknown): never {
  if (thrown instanceof DemoError && thrown.status >= 400 && thrown.status < 500 && thrown.status !== 429) {
    throw new CauserieError({ code: 200, name: "unauthenticated", message: thrown.message });
  }
  throw thrown;
}
