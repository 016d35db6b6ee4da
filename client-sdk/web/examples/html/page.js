// One conversation: `?user=lea&to=tom`.
import { Client } from "causerie";

const address = new URLSearchParams(location.search);

/** The text that the back end answers. */
async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

const client = new Client({
  url: await ask("/chat-url"),
  getToken: () => ask(`/chat-token?user=${encodeURIComponent(address.get("user") ?? "")}`),
});
client.on("error", (error) => console.error(error.name, error.message));
client.on("state", ({ name }) => {
  document.querySelector("[role=status]").textContent = name === "connected" ? "" : name;
});
client.on("unread", (unread) => {
  document.title = unread ? `(${unread}) Chat` : "Chat";
});
client.connect();

const { id } = await client.startDirect({ externalId: address.get("to") ?? "" });
const history = client.history(id);

function draw() {
  const sent = history.messages.map(({ authorId, text }) => `${client.user(authorId)?.name ?? "…"}: ${text}`);
  const waiting = history.outgoing.map(({ text, status }) => `${text} (${status})`);
  const items = [...sent, ...waiting].map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  document.querySelector("ol").replaceChildren(...items);
  if (document.hasFocus()) client.markRead(id).catch(console.error);
}
client.on("users", draw);
client.on("history", ({ conversationId }) => conversationId === id && draw());
await history.loadNewest();

const { text } = document.forms[0].elements;
text.disabled = false;
document.forms[0].addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim()) client.send(id, text.value);
  text.value = "";
});
