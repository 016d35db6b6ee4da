// A profile page in a product: the launcher, the number of unread messages, and a button to contact the user of the page:
// `elements.html?user=tom&profile=lea`.
import { CauserieChat, CauserieContact, CauserieUnread } from "@causerie/react/elements";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const query = new URLSearchParams(location.search);
const user = query.get("user") ?? "";
const profile = query.get("profile") ?? "";

/** The text that the back end answers. */
async function ask(path: string): Promise<string> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

/** The server, from the address of its socket: `ws://127.0.0.1:8080/v1/ws`. */
const server = (await ask("/chat-url")).replace(/^ws/, "http").replace(/v1\/ws$/, "");

function Profile() {
  const [me, setMe] = useState("nobody");
  const [unread, setUnread] = useState(0);
  const [panel, setPanel] = useState("closed");
  const [last, setLast] = useState("");
  return (
    <>
      <nav>
        Messages <CauserieUnread />
      </nav>
      <h1>{profile}</h1>
      <CauserieContact user={profile}>Contact {profile}</CauserieContact>
      <p>
        Signed in as {me}. {unread} unread. The panel is {panel}. {last && `Last message: ${last}`}
      </p>
      <CauserieChat
        server={server}
        getToken={() => ask(`/chat-token?user=${encodeURIComponent(user)}`)}
        position="left 24 80"
        strings={{ launcher: "My messages" }}
        onReady={({ name }) => setMe(name)}
        onUnread={setUnread}
        onOpen={() => setPanel("open")}
        onClose={() => setPanel("closed")}
        onMessage={({ message }) => setLast(message.text)}
        onError={(error) => console.error(error.name, error.message)}
      />
    </>
  );
}

const main = document.querySelector("main");
if (main) {
  createRoot(main).render(
    <StrictMode>
      <Profile />
    </StrictMode>,
  );
}
