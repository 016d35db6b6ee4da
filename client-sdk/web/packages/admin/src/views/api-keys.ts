import { dialogStyles } from "@causerie/ui/dialog-styles";
import { css, html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { ApiError } from "../errors.js";
import { explain, strings } from "../i18n/index.js";
import "../parts/dialog.js";
import type { Dialog } from "../parts/dialog.js";
import { labelled } from "../parts/labelled.js";
import { day } from "../parts/labels.js";
import { Pages } from "../parts/loader.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import type { ApiKey } from "../types.js";

const perPage = 25;
const lifetimesDays = [30, 90, 365, 730];

/** The API keys of the tenant: list, make, revoke. */
@customElement("admin-api-keys")
export class ApiKeys extends View {
  @state() private error: unknown;
  @state() private busy = false;
  @query("dialog") private maker!: HTMLDialogElement;
  @query("admin-dialog") private dialog!: Dialog;
  readonly #keys = new Pages<ApiKey>(this, async (cursor, signal) => {
    const { apiKeys, nextCursor } = await this.session.api.get<{ apiKeys: ApiKey[]; nextCursor?: string }>(
      "api-keys",
      { cursor, limit: perPage },
      signal,
    );
    return { items: apiKeys, next: nextCursor };
  });

  static override styles = [
    ...view,
    dialogStyles,
    css`
      dialog.small {
        width: min(500px, calc(100vw - 32px));
        overflow-y: auto;
      }
      dialog form {
        display: grid;
        gap: 14px;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 8px;
      }
      legend {
        padding: 0;
        margin-bottom: 6px;
        font-weight: 550;
        font-size: 0.875rem;
      }
      .check .hint {
        display: block;
      }
      .scopes {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#keys.restart();
  }

  protected override render(): unknown {
    return html`<div class="head">
        <h1 tabindex="-1">${strings.views["api-keys"]}</h1>
        <button class="button primary" @click=${this.#open}>${strings.makeKey}</button>
      </div>
      <p class="lead">${strings.apiKeysLead}</p>
      ${this.#keys.render((keys) => this.#table(keys), html`<strong>${strings.noKeys}</strong>`)}
      ${this.#form()}
      <admin-dialog></admin-dialog>`;
  }

  #table(keys: readonly ApiKey[]): unknown {
    return html`<table>
      <caption class="visually-hidden">${strings.views["api-keys"]}</caption>
      <thead>
        <tr>
          <th scope="col">${strings.fields.name}</th>
          <th scope="col" class="wide">${strings.scopesTitle}</th>
          <th scope="col">${strings.fields.state}</th>
          <th scope="col" class="wide">${strings.made}</th>
          <th scope="col" class="wide">${strings.expires}</th>
          <th scope="col"><span class="visually-hidden">${strings.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${keys.map(
          (key) => html`<tr>
            <td>
              <bdi>${key.name}</bdi> ${key.id === this.session.own.key.id ? html`<span class="pill">${strings.thisKey}</span>` : ""}
              <span class="sub mono">${key.id}</span>
              <span class="sub narrow">${key.scopes.join(", ")}</span>
            </td>
            <td class="wide"><span class="scopes">${key.scopes.map((scope) => html`<span class="pill mono">${scope}</span>`)}</span></td>
            <td>${keyState(key)}</td>
            <td class="wide">${day(key.createdAt)}</td>
            <td class="wide">${key.expiresAt ? day(key.expiresAt) : strings.never}</td>
            <td class="actions">
              ${
                key.revokedAt
                  ? ""
                  : html`<button class="button small quiet-danger" aria-label="${strings.revoke}: ${key.name}" @click=${() => this.#revoke(key)}>${strings.revoke}</button>`
              }
            </td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #form(): unknown {
    const blamed = this.error instanceof ApiError ? this.error.field.split(/[.[]/)[0] : "";
    const wrong = (field: string): string => (blamed === field ? explain(this.error) : "");
    const scopes = Object.keys(strings.keyScopes) as (keyof typeof strings.keyScopes)[];
    // Scopes that a newer server has and this page does not know.
    const others = this.session.own.key.scopes.filter((scope) => !scopes.includes(scope as never));
    return html`<dialog class="small" aria-labelledby="make">
      <form @submit=${this.#make}>
        <h2 id="make">${strings.makeKey}</h2>
        ${labelled(
          "name",
          strings.keyName,
          html`<input class="field" id="name" name="name" autocomplete="off" dir="auto" aria-describedby="name-about" aria-invalid=${blamed === "name"} />`,
          { hint: strings.keyNameHint, wrong: wrong("name") },
        )}
        <fieldset>
          <legend>${strings.scopesTitle}</legend>
          ${[...scopes, ...others].map((scope) => {
            const has = this.session.has(scope);
            const about = strings.keyScopes[scope as keyof typeof strings.keyScopes] ?? "";
            return html`<label class="check"
              ><input type="checkbox" name="scopes" value=${scope} ?disabled=${!has} /><span
                ><code>${scope}</code> <span class="hint">${about}${has ? "" : html` ${strings.scopeLacking}`}</span></span
              ></label
            >`;
          })}
          ${blamed === "scopes" ? html`<span class="wrong" role="alert">${wrong("scopes")}</span>` : ""}
        </fieldset>
        ${labelled(
          "days",
          strings.expires,
          html`<select class="field" id="days" name="days" aria-describedby="days-about" aria-invalid=${blamed === "expiresInDays"}>
            ${lifetimesDays.map((days) => html`<option value=${days} ?selected=${days === 365}>${strings.inDays(days)}</option>`)}
            <option value="">${strings.never}</option>
          </select>`,
          { wrong: wrong("expiresInDays") },
        )}
        ${this.error && !["name", "scopes", "expiresInDays"].includes(blamed ?? "") ? html`<p class="notice bad" role="alert">${explain(this.error)}</p>` : ""}
        <div class="buttons">
          <button type="button" class="button" @click=${() => this.maker.close()}>${strings.cancel}</button>
          <button class="button primary" ?disabled=${this.busy}>${strings.make}</button>
        </div>
      </form>
    </dialog>`;
  }

  #open(): void {
    this.error = undefined;
    this.maker.querySelector("form")?.reset();
    this.maker.showModal();
  }

  async #make(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const days = Number(form.get("days"));
    this.busy = true;
    this.error = undefined;
    try {
      const body = { name: form.get("name"), scopes: form.getAll("scopes"), ...(days && { expiresInDays: days }) };
      const { apiKey } = await this.session.api.send<{ apiKey: string }>("POST", "api-keys", body);
      this.maker.close();
      this.#keys.reload();
      await this.dialog.show(strings.keyMade, strings.keyMadeText, apiKey);
    } catch (thrown) {
      this.error = thrown;
    }
    this.busy = false;
  }

  async #revoke(key: ApiKey): Promise<void> {
    const own = key.id === this.session.own.key.id;
    const question = {
      heading: strings.revokeKey(key.name),
      text: own ? strings.revokeOwn : strings.revokeKeyText,
      action: strings.revoke,
    };
    if (!(await this.dialog.ask(question))) return;
    try {
      await this.session.api.send("DELETE", `api-keys/${key.id}`);
      this.notify(strings.revoked);
    } catch (thrown) {
      this.fail(thrown);
    }
    this.#keys.reload();
  }
}

function keyState({ revokedAt, expiresAt }: ApiKey): unknown {
  if (revokedAt) return html`<span class="pill bad">${strings.keyStates.revoked}</span>`;
  if (expiresAt && Date.parse(expiresAt) <= Date.now())
    return html`<span class="pill warn">${strings.keyStates.expired}</span>`;
  return html`<span class="pill good">${strings.keyStates.valid}</span>`;
}
