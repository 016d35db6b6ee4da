// Answers each direct message. When it starts, it answers the last unread message of each conversation.
import { Client } from "causerie";
import WebSocket from "ws";

const { BACK_END = "http://localhost:3000", BOT = "bot" } = process.env;

/** The text that the back end answers. */
async function ask(path) {
  const answer = await fetch(BACK_END + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

const client = new Client({
  url: await ask("/chat-url"),
  getToken: () => ask(`/chat-token?user=${BOT}`),
  client: { name: "example-bot", version: "1.0.0" },
  webSocket: WebSocket, // Node has one of its own from version 22 on
});

const answered = new Set();

/** Answers a message of another user, once. */
function answer(conversation, message) {
  if (conversation.kind !== "direct" || message.authorId === client.me?.id || answered.has(message.id)) return;
  answered.add(message.id);
  client.send(conversation.id, `You wrote: ${message.text}`);
  client.markRead(conversation.id, message.seq).catch(console.error);
}

client.on("message", ({ conversation, message }) => answer(conversation, message));
client.on("error", (error) => console.error(error.name, error.message));
client.connect();
await client.ready();
await client.loadMoreConversations(); // shares the request for the first page
for (const conversation of client.conversations) {
  const { lastMessage, readState } = conversation;
  if (lastMessage && readState.unread > 0) answer(conversation, lastMessage);
}
console.log(`${client.me?.name} is ready`);
process.once("SIGTERM", () => client.disconnect());
