// A user of a demo tenant: over HTTP, and in a page of their own.
import { randomUUID } from "node:crypto";
import { UserPage } from "../harness.mjs";

export class DemoUser {
  constructor(server, tenant, externalId) {
    Object.assign(this, { server, tenant, externalId });
  }

  /** Opens the messenger page. */
  open(browser, { hash = "", ...options } = {}) {
    return UserPage.open(browser, this.server, `/?tenant=${this.tenant}&as=${this.externalId}${hash && `#${hash}`}`, options);
  }

  /** Calls the HTTP API. Returns the status and the body. */
  async call(method, path, body) {
    const answer = await fetch(`${this.server.origin}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#token()}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  }

  /** Writes to a user of the tenant. Returns the id of the conversation. */
  async write(other, text) {
    const firstMessage = { clientId: randomUUID(), text };
    const body = { kind: "CONVERSATION_KIND_DIRECT", with: [{ externalId: other }], firstMessage };
    const started = await this.call("POST", "/conversations", body);
    if (!started.body.conversation) throw new Error(`${this.externalId} to ${other}: ${JSON.stringify(started)}`);
    return started.body.conversation.id;
  }

  /** Sends a message in a conversation. Returns its seq. */
  async say(conversationId, text) {
    const { body } = await this.call("POST", `/conversations/${conversationId}/messages`, { clientId: randomUUID(), text });
    return body.message.seq;
  }

  /** Marks a conversation as read. */
  read(conversationId, seq) {
    return this.call("PUT", `/conversations/${conversationId}/read`, { seq });
  }

  async #token() {
    const { tenant, externalId } = this;
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ tenant, externalId }),
    };
    return (await (await fetch(`${this.server.origin}/demo/token`, init)).json()).token;
  }
}
