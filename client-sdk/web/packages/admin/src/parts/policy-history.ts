import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import type { Policy, PolicyVersion } from "../types.js";
import "./editor.js";
import { moment } from "./labels.js";
import { Loader } from "./loader.js";
import "./policy-change.js";
import type { Candidate } from "./policy-change.js";
import { view } from "./styles.js";
import { View } from "./view.js";

/** The versions of the rules, the latest first: each can be read, and put in force again. Fires `admin-policy-set`. */
@customElement("admin-policy-history")
export class PolicyHistory extends View {
  @state() private candidate: Candidate | undefined;
  readonly #versions = new Loader<readonly PolicyVersion[]>(this);
  readonly #shown = new Loader<Policy>(this);
  @state() private shows: number | undefined;

  static override styles = [
    ...view,
    css`
      .shown {
        margin: 16px 0;
      }
      .shown h2 {
        margin-bottom: 8px;
      }
      admin-editor {
        --editor-height: 380px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#load();
  }

  protected override render(): unknown {
    return html`
      ${
        this.candidate
          ? html`<admin-policy-change
              .session=${this.session}
              .candidate=${this.candidate}
              @admin-policy-set=${this.#wasSet}
              @admin-policy-closed=${() => {
                this.candidate = undefined;
              }}
            ></admin-policy-change>`
          : ""
      }
      <div class="table">${this.#versions.render((versions) => this.#table(versions))}</div>
      ${
        this.shows === undefined
          ? ""
          : html`<section class="shown" aria-labelledby="shown">
              <h2 id="shown">${strings.version(this.shows)}</h2>
              ${this.#shown.render(({ text }) => html`<admin-editor readonly .label=${strings.version(this.shows ?? 0)} .text=${text}></admin-editor>`)}
            </section>`
      }
    `;
  }

  #table(versions: readonly PolicyVersion[]): unknown {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${strings.versionTitle}</th>
          <th scope="col" class="wide">${strings.at}</th>
          <th scope="col" class="wide">${strings.by}</th>
          <th scope="col"><span class="visually-hidden">${strings.actions}</span></th>
        </tr>
      </thead>
      <tbody>
        ${versions.map(
          (each, at) => html`<tr>
            <td>
              ${strings.version(each.version)} ${at === 0 ? html`<span class="pill good">${strings.current}</span>` : ""}
              <span class="sub"><bdi>${each.name}</bdi>${each.restores === undefined ? "" : html` · ${strings.restores(each.restores)}`}</span>
            </td>
            <td class="wide">${moment(each.createdAt)}</td>
            <td class="wide"><bdi>${each.createdByName ?? each.createdBy}</bdi></td>
            <td class="actions">
              <button class="button small" aria-label="${strings.show}: ${strings.version(each.version)}" @click=${() => this.#show(each.version)}>${strings.show}</button>
              ${
                at > 0 && this.session.may("setRules")
                  ? html`<button class="button small" aria-label="${strings.goBack}: ${strings.version(each.version)}" @click=${() => this.#restore(each.version, versions[0]?.version ?? 0)}>
                      ${strings.goBack}
                    </button>`
                  : ""
              }
            </td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #load(): void {
    void this.#versions.load(async (signal) => {
      const { policies } = await this.session.api.get<{ policies: PolicyVersion[] }>("policy/history", {}, signal);
      return policies;
    });
  }

  #read(version: number, signal?: AbortSignal): Promise<Policy> {
    return this.session.api.get("policy", { version }, signal);
  }

  #show(version: number): void {
    this.shows = version;
    void this.#shown.load((signal) => this.#read(version, signal), true);
  }

  async #restore(restores: number, version: number): Promise<void> {
    try {
      const { text } = await this.#read(restores);
      this.candidate = { text, version, restores };
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  #wasSet(): void {
    this.candidate = undefined;
    this.#load();
    this.dispatchEvent(new CustomEvent("admin-policy-set"));
  }
}
