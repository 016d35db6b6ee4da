import {
  useCapabilities,
  useClient,
  useConnectionState,
  useConversations,
  useHistory,
  useTyping,
  useUnread,
} from "@causerie/react";
import type { Conversation } from "causerie";
import { useEffect, useState } from "react";

/** The subject of a conversation, or the names of its other members. */
function titleOf({ subject, members }: Conversation, myId: string | undefined): string {
  const others = members.filter(({ user }) => user.id !== myId).map(({ user }) => user.name);
  return subject || others.join(", ");
}

export function Page() {
  const [chosen, choose] = useState<string>();
  const { conversations, loaded, hasMore, loadMore } = useConversations();
  const client = useClient();
  const state = useConnectionState();
  const unread = useUnread();
  return (
    <>
      <h1>Chats{unread > 0 && ` (${unread})`}</h1>
      {state.name !== "connected" && <p role="status">{state.name}</p>}
      {loaded && conversations.length === 0 && <p>No conversation yet.</p>}
      <ul>
        {conversations.map((conversation) => (
          <li key={conversation.id}>
            <button type="button" onClick={() => choose(conversation.id)}>
              {titleOf(conversation, client?.me?.id)} {conversation.readState.unread || ""}
            </button>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" onClick={() => void loadMore()}>
          More
        </button>
      )}
      {chosen && <Chat key={chosen} conversationId={chosen} />}
    </>
  );
}

function Chat({ conversationId }: { conversationId: string }) {
  const client = useClient();
  const { messages, outgoing, moreBefore, loadOlder, send, error } = useHistory(conversationId);
  const maySend = useCapabilities(conversationId).has("send");
  const typing = useTyping(conversationId);
  const lastSeq = messages.at(-1)?.seq;
  useEffect(() => {
    if (lastSeq) client?.markRead(conversationId, lastSeq).catch(console.error);
  }, [client, conversationId, lastSeq]);
  return (
    <section>
      {error && <p role="alert">{error.message}</p>}
      {moreBefore && (
        <button type="button" onClick={() => void loadOlder()}>
          Older
        </button>
      )}
      <ol>
        {messages.map(({ id, authorId, text }) => (
          <li key={id}>
            {client?.user(authorId)?.name}: {text}
          </li>
        ))}
        {outgoing.map(({ clientId, text, status }) => (
          <li key={clientId}>
            {text} ({status})
          </li>
        ))}
      </ol>
      <p>{typing.length > 0 && `${typing.map((id) => client?.user(id)?.name).join(", ")} …`}</p>
      <form action={(form) => void send(String(form.get("text")))}>
        <input
          name="text"
          aria-label="Message"
          autoComplete="off"
          disabled={!maySend}
          required
          onChange={() => client?.setTyping(conversationId, true)}
        />
        <button type="submit">Send</button>
      </form>
    </section>
  );
}
