// A chat server, and a product at another origin that embeds the chat, for the tests of the widget.
import assert from "node:assert/strict";
import { Server, UserPage } from "./harness.mjs";
import { Town } from "./town.mjs";
import { Host } from "./widget-host.mjs";

const relation = (name, from, to) => ({ type: "relation", relation: name, from, to });
const user = (id, more = {}) => ({ type: "user", id, name: id[0].toUpperCase() + id.slice(1), ...more });

/** The tenants beside the town: the users and facts of each, under the preset of that name. */
const tenants = {
  lms: [
    user("ivo"),
    user("ida"),
    user("lia", { roles: ["learner"] }),
    user("leo", { roles: ["learner"] }),
    { type: "group", id: "course", name: "Course", kind: "course" },
    { type: "membership", user: "ivo", group: "course", role: "instructor" },
    { type: "membership", user: "lia", group: "course", role: "learner" },
  ],
  community: [user("mia"), user("pam"), user("kim", { writable_by: "nobody" }), relation("contact", "mia", "pam")],
  medical: [user("ada"), user("dora")],
};

export class Stage {
  /** The tenant whose users visit the product. */
  #tenant = "town";
  #keys = new Map();

  static async open(browser) {
    const stage = new Stage();
    stage.browser = browser;
    stage.host = await Host.start();
    stage.server = new Server({ CAUSERIE_LISTEN__ORIGINS: stage.host.origin });
    stage.town = new Town(stage.server);
    for (const [tenant, rows] of Object.entries(tenants)) {
      stage.server.addTenant(tenant, undefined, tenant);
      stage.server.importRows(tenant, rows);
      const key = stage.server.command("api-key", "create", "--tenant", tenant, "--name", "e2e", "--scopes", "provision");
      stage.#keys.set(tenant, key.match(/sk_\S+/)[0]);
    }
    await stage.server.start();
    stage.host.chat = stage.server.origin;
    stage.host.sign = (user) => stage.token(user);
    return stage;
  }

  /** A token for a user of the product. */
  token(user, tenant = this.#tenant) {
    if (tenant === "town") return this.town.token(user);
    return this.server.token(tenant, user, user[0].toUpperCase() + user.slice(1));
  }

  /** A request of a user to the API. */
  async call(tenant, user, method, path) {
    const headers = { authorization: `Bearer ${this.token(user, tenant)}` };
    const answer = await fetch(`${this.server.origin}/v1${path}`, { method, headers });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.json();
  }

  /** Changes facts, as the back end of the product does. */
  async change(tenant, ...rows) {
    const headers = { authorization: `Bearer ${this.#keys.get(tenant)}` };
    const body = rows.map((row) => JSON.stringify(row)).join("\n");
    const answer = await fetch(`${this.server.origin}/v1/import`, { method: "POST", headers, body });
    assert.ok(answer.ok, `import: ${answer.status} ${await answer.text()}`);
  }

  /** The line that a customer copies, with further attributes. */
  script(attributes = "") {
    return `<script async src="${this.server.origin}/widget/v1.js" data-token-url="/chat-token" ${attributes}></script>`;
  }

  /** Opens a page of the product for a user, with this body. */
  async visit(user, body, { path = "/", query = "", tenant = "town", prepare, ...options } = {}) {
    this.#tenant = tenant;
    this.host.pages.set(path, body);
    const address = `${path}?${user ? `as=${user}` : ""}${query}`;
    return UserPage.open(this.browser, this.host, address, options, prepare);
  }

  async close() {
    this.host.close();
    await this.server.remove();
  }
}

/** The launcher of the widget. */
export const launcherOf = (page) => page.locator("causerie-chat .launcher");

/** The number on the launcher; empty for none. */
export async function badgeOf(page) {
  return launcherOf(page).locator(".badge").innerText();
}

/** The element that has the focus, through all shadow roots, as text. */
export function focused(page) {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active ? `${active.localName}${active.id && `#${active.id}`}${active.className && `.${active.className}`}` : "";
  });
}

/** The innermost element with a shadow root that has the focus. */
export function focusedHost(page) {
  return page.evaluate(() => {
    let host = "";
    for (let active = document.activeElement; active?.shadowRoot?.activeElement; active = active.shadowRoot.activeElement) {
      host = active.localName;
    }
    return host;
  });
}
