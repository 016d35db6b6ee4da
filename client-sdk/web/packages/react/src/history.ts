import type { CauserieError, Client, History, Message, OutgoingMessage } from "causerie";
import { useCallback, useMemo } from "react";
import { useLoading } from "./loading.js";
import { useClient } from "./provider.js";
import { useClientValue } from "./values.js";

const noMessages: readonly Message[] = [];
const noOutgoing: readonly OutgoingMessage[] = [];

/** The messages of a conversation. A new object after every change. */
export interface HistoryValue {
  /** The loaded messages, oldest first. */
  readonly messages: readonly Message[];
  /** Messages of the user that are not among `messages` yet. To be shown after them. */
  readonly outgoing: readonly OutgoingMessage[];
  /** Whether messages were loaded, even none. */
  readonly loaded: boolean;
  /** Whether there are older messages that are not loaded. */
  readonly moreBefore: boolean;
  /** Whether there are newer messages that are not loaded. */
  readonly moreAfter: boolean;
  /** Why the newest messages can't be loaded. */
  readonly error: CauserieError | undefined;
  /** Loads the page of messages before the loaded ones. Rejects with a `CauserieError`. */
  readonly loadOlder: () => Promise<void>;
  /** Loads the page of messages after the loaded ones. Rejects with a `CauserieError`. */
  readonly loadNewer: () => Promise<void>;
  /** Sends a message, as `Client.send`. Throws an `Error` without a client or without a conversation. */
  readonly send: (text: string) => OutgoingMessage;
}

async function loadNewest(client: Client, conversationId: string): Promise<void> {
  // A history drops pages of a conversation that is not loaded.
  await client.getConversation(conversationId);
  await client.history(conversationId).loadNewest();
}

/** The messages of a conversation; nothing without an id. Loads the newest ones, and again after a reconnection while there are none. */
export function useHistory(conversationId: string | undefined): HistoryValue {
  const client = useClient();
  const history = conversationId === undefined ? undefined : client?.history(conversationId);
  const read = <Value>(from: Client | undefined, value: (history: History) => Value, empty: Value): Value =>
    from && conversationId !== undefined ? value(from.history(conversationId)) : empty;
  const messages = useClientValue("history", (from) => read(from, (of) => of.messages, noMessages));
  const outgoing = useClientValue("history", (from) => read(from, (of) => of.outgoing, noOutgoing));
  const loaded = useClientValue("history", (from) => read(from, (of) => of.loaded, false));
  const moreBefore = useClientValue("history", (from) => read(from, (of) => of.moreBefore, false));
  const moreAfter = useClientValue("history", (from) => read(from, (of) => of.moreAfter, false));
  const error = useLoading(conversationId, loaded, loadNewest);
  const loadOlder = useCallback(async () => history?.loadOlder(), [history]);
  const loadNewer = useCallback(async () => history?.loadNewer(), [history]);
  const send = useCallback(
    (text: string): OutgoingMessage => {
      if (!client || conversationId === undefined) throw new Error("`send` needs a client and a conversation");
      return client.send(conversationId, text);
    },
    [client, conversationId],
  );
  return useMemo(
    () => ({ messages, outgoing, loaded, moreBefore, moreAfter, error, loadOlder, loadNewer, send }),
    [messages, outgoing, loaded, moreBefore, moreAfter, error, loadOlder, loadNewer, send],
  );
}
