import type { Client } from "causerie";
import { createContext, createElement, type ReactElement, type ReactNode, useContext, useEffect } from "react";

/** `null` outside of a provider, `undefined` in a provider without a client. */
const ClientContext = createContext<Client | undefined | null>(null);

/** The properties of `CauserieProvider`. */
export interface CauserieProviderProps {
  /** `undefined` where no client is needed, such as on a server: the hooks return empty values then. */
  readonly client: Client | undefined;
  readonly children?: ReactNode;
}

/** By client that a provider has connected: the number of its mounted providers. */
const mounted = new WeakMap<Client, number>();

/**
 * Passes a client to the hooks below it. Connects a client that is `disconnected` while at least one provider of this client is mounted. The
 * connection of a client that the application has connected itself is left alone.
 */
export function CauserieProvider({ client, children }: CauserieProviderProps): ReactElement {
  useEffect(() => {
    if (!client) return undefined;
    const others = mounted.get(client);
    if (others === undefined && client.state.name !== "disconnected") return undefined;
    mounted.set(client, (others ?? 0) + 1);
    if (others === undefined) client.connect();
    return () => {
      mounted.set(client, (mounted.get(client) ?? 1) - 1);
      // Later, because React may mount a provider at the same moment: on another page, or the same one in StrictMode.
      queueMicrotask(() => {
        if (mounted.get(client)) return;
        mounted.delete(client);
        client.disconnect();
      });
    };
  }, [client]);
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the provider, for commands. Throws an `Error` outside of a `CauserieProvider`. */
export function useClient(): Client | undefined {
  const client = useContext(ClientContext);
  if (client === null)
    throw new Error("the hooks of @causerie/react need a <CauserieProvider client={…}> above this component");
  return client;
}
