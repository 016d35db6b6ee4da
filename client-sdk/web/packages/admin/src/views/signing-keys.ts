import { dialogStyles } from "@causerie/ui/dialog-styles";
import { html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import "../parts/dialog.js";
import type { Dialog } from "../parts/dialog.js";
import "../parts/form.js";
import type { Field, Form, Values } from "../parts/form.js";
import { labelled } from "../parts/labelled.js";
import { day } from "../parts/labels.js";
import { Pages } from "../parts/loader.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import type { SigningKey } from "../types.js";

const perPage = 25;
const algorithms = ["HS256", "EdDSA", "ES256", "RS256"];

/** The keys that sign the tokens of users: list, add, revoke. */
@customElement("admin-signing-keys")
export class SigningKeys extends View {
  @state() private algorithm = "HS256";
  @query("admin-form") private form!: Form;
  @query("dialog") private maker!: HTMLDialogElement;
  @query("admin-dialog") private dialog!: Dialog;
  readonly #keys = new Pages<SigningKey>(this, async (cursor, signal) => {
    const { signingKeys, nextCursor } = await this.session.api.get<{ signingKeys: SigningKey[]; nextCursor?: string }>(
      "signing-keys",
      { cursor, limit: perPage },
      signal,
    );
    return { items: signingKeys, next: nextCursor };
  });

  static override styles = [...view, dialogStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#keys.restart();
  }

  protected override render(): unknown {
    // Tokens act as any user, so the server demands the scopes that allow the same.
    const mayAdd = this.session.has("act", "provision");
    return html`<div class="head">
        <h1 tabindex="-1">${strings.views["signing-keys"]}</h1>
        ${mayAdd ? html`<button class="button primary" @click=${() => this.maker.showModal()}>${strings.addSigningKey}</button>` : ""}
      </div>
      <p class="lead">${strings.signingKeysLead}</p>
      ${mayAdd ? "" : html`<p class="notice">${strings.signingKeysNeed}</p>`}
      ${this.#keys.render((keys) => this.#table(keys), html`<strong>${strings.noSigningKeys}</strong>${strings.noSigningKeysHint}`)}
      ${this.#form()}
      <admin-dialog></admin-dialog>`;
  }

  #table(keys: readonly SigningKey[]): unknown {
    return html`<table>
      <caption class="visually-hidden">${strings.views["signing-keys"]}</caption>
      <thead>
        <tr>
          <th scope="col">${strings.kid}</th>
          <th scope="col">${strings.algorithm}</th>
          <th scope="col" class="wide">${strings.fields.state}</th>
          <th scope="col" class="wide">${strings.made}</th>
          <th scope="col"><span class="visually-hidden">${strings.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${keys.map(
          (key) => html`<tr>
            <td class="mono">${key.kid}</td>
            <td>${key.algorithm}</td>
            <td class="wide">
              <span class="pill ${key.revokedAt ? "bad" : "good"}">${key.revokedAt ? strings.keyStates.revoked : strings.keyStates.valid}</span>
            </td>
            <td class="wide">${day(key.createdAt)}</td>
            <td class="actions">
              ${
                key.revokedAt
                  ? html`<span class="narrow pill bad">${strings.keyStates.revoked}</span>`
                  : html`<button class="button small quiet-danger" aria-label="${strings.revoke}: ${key.kid}" @click=${() => this.#revoke(key)}>${strings.revoke}</button>`
              }
            </td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #form(): unknown {
    const shared = this.algorithm === "HS256";
    const fields: readonly Field[] = [
      { name: "kid", label: strings.kid, hint: strings.kidHint(this.session.own.tenant.slug), mono: true },
      ...(shared
        ? []
        : [
            {
              name: "publicKey",
              label: strings.publicKey,
              hint: strings.publicKeyHint,
              type: "textarea",
              mono: true,
              required: true,
            } as const,
          ]),
    ];
    return html`<dialog class="small" aria-labelledby="add" @close=${() => this.form.reset()}>
      <h2 id="add">${strings.addSigningKey}</h2>
      ${labelled(
        "algorithm",
        strings.algorithm,
        html`<select class="field" id="algorithm" aria-describedby="algorithm-about" @change=${(event: Event) => {
          this.algorithm = (event.target as HTMLSelectElement).value;
        }}>
          ${algorithms.map((each) => html`<option .selected=${each === this.algorithm}>${each}</option>`)}
        </select>`,
        { hint: shared ? strings.sharedHint : strings.pairHint },
      )}
      <admin-form always .fields=${fields} .action=${strings.add} .send=${this.#add}>
        <button type="button" class="button" @click=${() => this.maker.close()}>${strings.cancel}</button>
      </admin-form>
    </dialog>`;
  }

  #add = async ({ kid, publicKey }: Values): Promise<void> => {
    const body = {
      algorithm: this.algorithm,
      ...(kid && { kid }),
      ...(publicKey && this.algorithm !== "HS256" && { publicKey }),
    };
    const added = await this.session.api.send<{ kid: string; secret?: string }>("POST", "signing-keys", body);
    this.maker.close();
    this.#keys.reload();
    if (added.secret) void this.dialog.show(strings.signingKeyMade(added.kid), strings.signingKeyMadeText, added.secret);
    else this.notify(strings.saved);
  };

  async #revoke(key: SigningKey): Promise<void> {
    const question = {
      heading: strings.revokeKey(key.kid),
      text: strings.revokeSigningText,
      action: strings.revoke,
      typed: key.kid,
    };
    if (!(await this.dialog.ask(question))) return;
    try {
      await this.session.api.send("DELETE", `signing-keys/${encodeURIComponent(key.kid)}`);
      this.notify(strings.revoked);
    } catch (thrown) {
      this.fail(thrown);
    }
    this.#keys.reload();
  }
}
