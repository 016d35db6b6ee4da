// The list of conversations of a user, and one chat: `?user=tom`.
import { CauserieProvider } from "@causerie/react";
import { Client } from "causerie";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Page } from "./page.js";

const user = new URLSearchParams(location.search).get("user") ?? "";

/** The text that the back end answers. */
async function ask(path: string): Promise<string> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

const client = new Client({
  url: await ask("/chat-url"),
  getToken: () => ask(`/chat-token?user=${encodeURIComponent(user)}`),
});
client.on("error", (error) => console.error(error.name, error.message));

const main = document.querySelector("main");
if (main) {
  createRoot(main).render(
    <StrictMode>
      <CauserieProvider client={client}>
        <Page />
      </CauserieProvider>
    </StrictMode>,
  );
}
