// The tenant of the tests of the admin page, and the page of its operator.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { UserPage } from "../harness.mjs";

export const slug = "college";

export const rulesText = `policy college
roles pupil teacher principal
kinds class
relations block:own
allow find,see_profile,start  classmates  when me pupil@class with them pupil@class unless same
allow find,see_profile,start  my-pupils   when me teacher@class with them pupil@class
allow read,send               holder      when holder
`;

const pupils = Array.from({ length: 40 }, (_, at) => `p${String(at).padStart(2, "0")}`);

/** Adds the tenant of these tests, with a failed job. */
export function addCollege(server) {
  server.addTenant(slug, rulesText);
  const user = (id, name, more = {}) => ({ type: "user", id, name, ...more });
  const member = (id, role, group) => ({ type: "membership", user: id, group, role });
  server.importRows(slug, [
    user("lea", "Léa Martin", { locale: "fr" }),
    user("tom", "Tom Nguyen"),
    user("ada", "Ada Lefèvre"),
    user("zoe", "Zoé Petit", { status: "deactivated" }),
    ...pupils.map((id, at) => user(id, `Pupil ${at}`)),
    { type: "group", id: "6a", name: "Sixième A", kind: "class" },
    { type: "group", id: "6b", name: "Sixième B", kind: "class" },
    member("lea", "pupil", "6a"),
    member("tom", "pupil", "6a"),
    member("ada", "teacher", "6a"),
    ...pupils.map((id) => member(id, "pupil", "6b")),
  ]);
  addFailedJob(server);
}

/** A job that erases the texts of a user, as the server stores it after its last attempt. No command makes such a row. */
function addFailedJob(server) {
  const program = `
import json, sqlite3, sys, time, uuid
db = sqlite3.connect(sys.argv[1])
tenant, user = db.execute(
    "SELECT t.id, u.id FROM tenants t JOIN users u ON u.tenant_id = t.id WHERE t.slug = ? AND u.external_id = 'tom'", (sys.argv[2],)
).fetchone()
now = int(time.time() * 1000)
made = (now << 80 | 7 << 76 | 2 << 62 | 1).to_bytes(16, "big")
db.execute(
    "INSERT INTO jobs (id, kind, tenant_id, payload, state, attempts, last_error, created_at, started_at, finished_at)"
    " VALUES (?, 'erase_texts', ?, ?, 4, 10, 'the disk is full', ?, ?, ?)",
    (made, tenant, json.dumps({"user": str(uuid.UUID(bytes=user))}), now, now, now),
)
db.commit()
`;
  execFileSync("python3", ["-c", program, server.file("causerie.sqlite"), slug]);
}

export function makeKey(server, scopes, name = `key ${scopes}`) {
  return server.command("api-key", "create", "--tenant", slug, "--name", name, "--scopes", scopes).match(/sk_[\w-]+/)[0];
}

/** Revokes the key of this name. */
export function revokeKey(server, name) {
  const line = server
    .command("api-key", "list", "--tenant", slug)
    .split("\n")
    .find((each) => each.includes(name));
  server.command("api-key", "revoke", line.match(/[\da-f]{8}-[\da-f-]{27}/)[0]);
}

/** Whether a text is in the page: in an element, in a field, or in an attribute. */
export function holds(page, text) {
  return page.evaluate((wanted) => {
    const within = (root) =>
      [...root.querySelectorAll("*")].some(
        (element) =>
          element.value === wanted ||
          [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.includes(wanted)) ||
          [...element.attributes].some(({ value }) => value.includes(wanted)) ||
          (element.shadowRoot && within(element.shadowRoot)),
      );
    return within(document);
  }, text);
}

/** The page of an operator. */
export class Operator {
  static async open(browser, server, path = "", options = {}) {
    const operator = new Operator();
    operator.view = await UserPage.open(browser, server, `/admin/${path}`, options);
    operator.page = operator.view.page;
    return operator;
  }

  static async enter(browser, server, scopes, path = "", options = {}) {
    const operator = await Operator.open(browser, server, path, options);
    operator.key = makeKey(server, scopes, options.keyName);
    await operator.signIn(operator.key);
    // The form has a heading too, and stays until the server has accepted the key.
    await operator.page.locator("admin-sign-in").waitFor({ state: "detached" });
    await operator.page.locator("main h1").first().waitFor();
    return operator;
  }

  async signIn(key) {
    await this.page.getByLabel(/^(API key|Clé d’API)$/).fill(key);
    await this.page.getByRole("button", { name: /^(Sign in|Se connecter)$/ }).click();
  }

  /** Shows a view from the menu. */
  async show(name) {
    await this.page.getByRole("link", { name, exact: true }).first().click();
    await this.heading(name);
  }

  async heading(name) {
    await this.page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** A row of a table with this text. */
  row(text) {
    return this.page.getByRole("row").filter({ hasText: text });
  }

  async told(text) {
    await this.page.getByRole("status").getByText(text).waitFor();
  }

  /** Errors of the page without the browser's lines about answers that are no success. */
  get problems() {
    return this.view.problems.filter((problem) => !/Failed to load resource/.test(problem));
  }

  async close() {
    assert.deepEqual(this.problems, []);
    await this.view.close();
  }
}
