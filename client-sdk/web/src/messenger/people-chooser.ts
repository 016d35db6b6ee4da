import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import "../ui/avatar.js";
import { strings } from "../ui/i18n/index.js";
import { chatIcon } from "../ui/icons.js";
import { base, emptyState, theme } from "../ui/styles.js";
import { DemoError, type DemoPerson, demoPeople } from "./demo.js";

/** The demo's door: choose who you are. */
@customElement("causerie-people-chooser")
export class PeopleChooser extends LitElement {
  @state() private people: readonly DemoPerson[] | undefined;
  @state() private problem: "none" | "no-demo" | "failed" = "none";

  static override styles = [
    theme,
    base,
    emptyState,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        overflow-y: auto;
        background: var(--surface);
      }
      main {
        width: min(560px, 100%);
        margin: auto;
        padding: 40px 20px;
      }
      .logo {
        width: 56px;
        height: 56px;
        display: grid;
        place-items: center;
        border-radius: 18px;
        background: var(--accent);
        color: var(--on-accent);
        margin-bottom: 20px;
      }
      .logo .icon {
        width: 30px;
        height: 30px;
      }
      h1 {
        font-size: 1.75rem;
        font-weight: 750;
        letter-spacing: -0.025em;
        line-height: 1.2;
      }
      main > p {
        margin: 6px 0 24px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 8px;
        border: 1px solid var(--border);
        border-radius: 20px;
        background: var(--background);
        --avatar-size: 44px;
      }
      a {
        display: flex;
        align-items: center;
        gap: 14px;
        padding: 10px 12px;
        border-radius: 14px;
        color: inherit;
        text-decoration: none;
        font-weight: 550;
        transition: background 0.12s;
      }
      a:hover {
        background: var(--hover);
      }
      a span {
        flex: 1;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  protected override render(): unknown {
    if (this.problem === "no-demo") {
      return html`<main class="empty"><span class="badge">${chatIcon}</span>
        <h2>${strings.noDemo}</h2><p>${strings.noDemoHint}</p></main>`;
    }
    if (this.problem === "failed") {
      return html`<main class="empty" role="alert"><h2>${strings.loadFailed}</h2>
        <button class="button" @click=${this.#load}>${strings.tryAgain}</button></main>`;
    }
    return html`<main>
      <div class="logo">${chatIcon}</div>
      <h1>${strings.choosePerson}</h1>
      <p class="muted">${strings.choosePersonHint}</p>
      ${this.people ? this.#list(this.people) : html`<div role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`}
    </main>`;
  }

  #list(people: readonly DemoPerson[]): unknown {
    return html`<ul>
      ${people.map(
        ({ externalId, name }) => html`<li>
          <a href=${this.#address(externalId)} target="_blank" rel="noopener">
            <causerie-avatar .name=${name} .key=${externalId}></causerie-avatar><span class="clip">${name}</span>
          </a>
        </li>`,
      )}
    </ul>`;
  }

  #address(externalId: string): string {
    const address = new URL(location.href);
    address.hash = "";
    address.searchParams.set("as", externalId);
    return address.href;
  }

  #load = async (): Promise<void> => {
    this.problem = "none";
    try {
      this.people = await demoPeople();
    } catch (thrown) {
      this.problem = thrown instanceof DemoError && thrown.status === 404 ? "no-demo" : "failed";
    }
  };
}
