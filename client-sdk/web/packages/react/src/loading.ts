import type { CauserieError, Client } from "causerie";
import { useEffect, useState } from "react";
import { useClient } from "./provider.js";
import { useConnectionState } from "./values.js";

/**
 * Loads something of a conversation when the client is connected and it is not loaded, and again after each reconnection until it is. Returns
 * the error of the last attempt.
 */
export function useLoading(
  conversationId: string | undefined,
  isLoaded: boolean,
  load: (client: Client, conversationId: string) => Promise<unknown>,
): CauserieError | undefined {
  const client = useClient();
  const isConnected = useConnectionState().name === "connected";
  const [failure, setFailure] = useState<{ client: Client; conversationId: string; error: CauserieError }>();
  // Without `load`, which is a new function at each render and does the same.
  useEffect(() => {
    if (!client || conversationId === undefined || !isConnected || isLoaded) return undefined;
    let isWanted = true;
    load(client, conversationId).then(
      () => isWanted && setFailure(undefined),
      (error: CauserieError) => isWanted && setFailure({ client, conversationId, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [client, conversationId, isConnected, isLoaded]);
  const isCurrent = !isLoaded && failure?.client === client && failure?.conversationId === conversationId;
  return isCurrent ? failure?.error : undefined;
}
