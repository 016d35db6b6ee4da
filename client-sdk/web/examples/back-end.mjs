// The back end of the examples: signs tokens and serves the pages. Yours takes the user from its own session, not from the address.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const { KID, SECRET, PORT = "3000", CHAT_URL = "ws://127.0.0.1:8080/v1/ws" } = process.env;
if (!KID || !SECRET) throw new Error("set KID and SECRET to what `causerie signing-key add` printed");
const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css" };

/** A JWT that names a user for an hour. Any JWT library makes one. */
function tokenOf(user) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: "HS256", typ: "JWT", kid: KID };
  const signed = `${encode(header)}.${encode({ sub: user, name: user, iat: now, exp: now + 3600 })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/** The file of a path. `/causerie/` is the built SDK, for pages without a bundler. */
function fileOf(path) {
  const inside = normalize(path.endsWith("/") ? `${path}index.html` : path);
  if (inside.startsWith("/causerie/")) return join(import.meta.dirname, "node_modules/causerie/dist", inside.slice(10));
  return /^\/(html|react\/dist)\//.test(inside) ? join(import.meta.dirname, inside) : undefined;
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const answer = (status, type, body) => response.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(body);
  const user = searchParams.get("user");
  if (pathname === "/chat-url") return answer(200, "text/plain", CHAT_URL);
  if (pathname === "/chat-token") return user ? answer(200, "text/plain", tokenOf(user)) : answer(401, "text/plain", "no user");
  const file = fileOf(pathname);
  const content = file && (await readFile(file).catch(() => undefined));
  if (content === undefined) return answer(404, "text/plain", "not found");
  return answer(200, types[extname(file)] ?? "application/octet-stream", content);
});
server.listen(Number(PORT), "localhost", () => console.log(`http://localhost:${server.address().port}/`));
