// A tenant with many users and long conversations, filled over HTTP as the back end of a product does.
import { createHmac, randomUUID } from "node:crypto";
import { UserPage } from "./harness.mjs";

const slug = "town";
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The users of the tenant: `u1` to `u140` and the users named here. */
const names = {
  nora: "Nora Lindqvist",
  olga: "Olga Brandt",
  tim: "Tim Abt",
  u1: "Tom Nguyen",
  u2: "Maître Jean-Baptiste de la Rochefoucauld-Montmorency",
};

export class Town {
  #secret;
  #kid;
  #server;

  /** Adds the tenant; to be called before the server starts. */
  constructor(server) {
    this.#server = server;
    server.addTenant(slug, undefined);
    const key = server.command("signing-key", "add", "--tenant", slug, "--algorithm", "HS256", "--generate");
    [, this.#kid] = key.match(/^kid (.*)$/m);
    [, this.#secret] = key.match(/^secret (.*)$/m);
    const ids = ["nora", "olga", "tim", ...Array.from({ length: 140 }, (_, index) => `u${index + 1}`)];
    server.importRows(
      slug,
      ids.map((id) => ({ type: "user", id, name: Town.nameOf(id) })),
    );
  }

  static nameOf(user) {
    return names[user] ?? `Resident ${user.slice(1)}`;
  }

  token(user) {
    const now = Math.floor(Date.now() / 1000);
    const head = `${encode({ alg: "HS256", typ: "JWT", kid: this.#kid })}.${encode({ sub: user, iat: now, exp: now + 3600 })}`;
    return `${head}.${createHmac("sha256", this.#secret).update(head).digest("base64url")}`;
  }

  async call(user, method, path, body) {
    const response = await fetch(`${this.#server.origin}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token(user)}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Starts the direct conversation of two users. Returns its id. */
  async direct(one, other) {
    const body = { kind: "CONVERSATION_KIND_DIRECT", with: [{ externalId: other }] };
    return (await this.call(one, "POST", "/conversations", body)).conversation.id;
  }

  /** Starts a group of `owner`. Returns its id. */
  async group(owner, subject, others) {
    const body = { kind: "CONVERSATION_KIND_GROUP", subject, clientId: randomUUID() };
    const started = await this.call(owner, "POST", "/conversations", {
      ...body,
      with: others.map((externalId) => ({ externalId })),
    });
    return started.conversation.id;
  }

  /** Sends a message. Returns its seq. */
  async say(user, conversationId, text) {
    const body = { clientId: randomUUID(), text };
    return (await this.call(user, "POST", `/conversations/${conversationId}/messages`, body)).message.seq;
  }

  /** Sends the messages `text 1` to `text n`, in this order. */
  async sayMany(user, conversationId, text, count) {
    for (let index = 1; index <= count; index++) await this.say(user, conversationId, `${text} ${index}`);
  }

  /** Sends messages of the same text, sixteen at a time. */
  async sayAtOnce(user, conversationId, text, count) {
    let left = count;
    const worker = async () => {
      while (left-- > 0) await this.say(user, conversationId, text);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  }

  async read(user, conversationId, seq) {
    await this.call(user, "PUT", `/conversations/${conversationId}/read`, { seq });
  }

  conversation(user, id) {
    return this.call(user, "GET", `/conversations/${id}`);
  }

  /** Opens the page of a user; `hash` is the route to show. */
  async enter(browser, user, { hash = "", query = "", prepare = async () => {}, ...options } = {}) {
    const sign = async (page) => {
      await page.route("**/demo/token", (route) => route.fulfill({ json: { token: this.token(user) } }));
      await prepare(page);
    };
    const address = `/?tenant=${slug}&as=${user}${query}${hash && `#${hash}`}`;
    return UserPage.open(browser, this.#server, address, options, sign);
  }
}
