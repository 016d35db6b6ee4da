// A product that embeds the chat: its own server at its own origin, with a strict security policy and a token URL, as a customer has it.
import { createServer } from "node:http";

/** What a page needs for the chat: the files, the API and the socket of the chat server. */
function policyFor(chat) {
  const socket = chat.replace("http", "ws");
  return (
    `default-src 'none'; script-src 'self' ${chat}; style-src 'self'; connect-src 'self' ${chat} ${socket}; img-src 'self' data:; ` +
    "frame-src *; require-trusted-types-for 'script'; trusted-types lit-html router"
  );
}

export class Host {
  #server;
  /** The pages by path: the HTML of the body, or a function of the query that returns it. */
  pages = new Map();
  /** Scripts by path. */
  scripts = new Map();
  /** The origin of the chat server. */
  chat = "";
  /** Signs a token for the user of a request; `undefined` for a visitor who is not signed in. */
  sign = () => undefined;
  /** The number of token requests. */
  asked = 0;

  static async start() {
    const host = new Host();
    host.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url, "http://host");
      const user = searchParams.get("as") ?? /(?:^|; )user=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
      if (pathname === "/chat-token") {
        host.asked++;
        const token = user && host.sign(user);
        if (!token) return response.writeHead(401).end("not signed in");
        return response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store" }).end(token);
      }
      const script = host.scripts.get(pathname);
      if (script) return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      if (pathname === "/style.css") {
        return response
          .writeHead(200, { "content-type": "text/css" })
          .end("body{margin:0;min-height:200vh;font:16px sans-serif}");
      }
      const body = host.pages.get(pathname);
      if (body === undefined) return response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end();
      const lang = searchParams.get("lang") ?? "en";
      // The session of the product: a cookie.
      const cookie = searchParams.has("as") ? { "set-cookie": `user=${user}; SameSite=Lax; Path=/` } : {};
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policyFor(host.chat),
        ...cookie,
      });
      response.end(`<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><title>Product</title>
<link rel="stylesheet" href="/style.css"></head><body>${body}</body></html>`);
    });
    await new Promise((listening) => host.#server.listen(0, "127.0.0.1", listening));
    return host;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
