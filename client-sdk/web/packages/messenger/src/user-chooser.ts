import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import "@causerie/ui/avatar";
import { strings } from "@causerie/ui/i18n";
import { chatIcon } from "@causerie/ui/icons";
import { userRow } from "@causerie/ui/rows";
import { base, emptyState, theme } from "@causerie/ui/styles";
import { addressOf, DemoError, type DemoTenant, type DemoUser, demoTenants, type Localised } from "./demo.js";

/** A text in the language of the page; in English when the demo has no text in that language. */
function localize(text: Localised | undefined): string {
  return text?.[strings.locale] ?? text?.en ?? "";
}

/** The first page of the demo: a list of the users of each tenant; each user is a link to the messenger. */
@customElement("causerie-user-chooser")
export class UserChooser extends LitElement {
  @state() private tenants: readonly DemoTenant[] | undefined;
  @state() private problem: "none" | "no-demo" | "failed" = "none";

  static override styles = [
    theme,
    base,
    emptyState,
    userRow,
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
      main.several {
        width: min(1180px, 100%);
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
      .several .tenants {
        columns: 3 300px;
        column-gap: 20px;
      }
      section {
        break-inside: avoid;
        margin-bottom: 20px;
        border: 1px solid var(--border);
        border-radius: 20px;
        background: var(--background);
        overflow: hidden;
      }
      section header {
        padding: 16px 20px 2px;
      }
      h2 {
        font-size: 1.0625rem;
        font-weight: 650;
      }
      header p {
        margin-top: 2px;
        font-size: 0.875rem;
        text-wrap: pretty;
      }
      ul {
        padding: 8px;
        --avatar-size: 40px;
      }
      .user {
        gap: 14px;
        border-radius: 14px;
        color: inherit;
        text-decoration: none;
        transition: background 0.12s;
      }
      .pages {
        padding: 4px 20px 16px;
        font-size: 0.875rem;
      }
      .pages li {
        padding: 3px 0;
      }
      .pages a {
        color: var(--accent);
      }
      .details > * {
        display: block;
        line-height: 1.35;
      }
      .name {
        overflow-wrap: anywhere;
      }
      .about {
        font-size: 0.8125rem;
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
    return html`<main class=${(this.tenants?.length ?? 0) > 1 ? "several" : ""}>
      <div class="logo">${chatIcon}</div>
      <h1>${strings.demoChooseUser}</h1>
      <p class="muted">${strings.demoChooseUserHint}</p>
      ${
        this.tenants
          ? html`<div class="tenants">${this.tenants.map((tenant) => this.#tenant(tenant))}</div>`
          : html`<div role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`
      }
    </main>`;
  }

  #tenant({ slug, name, about, people, pages }: DemoTenant): unknown {
    return html`<section aria-labelledby=${slug}>
      <header>
        <h2 id=${slug}>${localize(name)}</h2>
        <p class="muted"><bdi>${localize(about)}</bdi></p>
      </header>
      <ul>
        ${people.map((user) => html`<li>${this.#user(slug, user)}</li>`)}
      </ul>
      <ul class="pages">
        ${pages.map(({ path, title }) => html`<li><a href=${this.#addressOf(path)} target="_blank" rel="noopener">${localize(title)}</a></li>`)}
      </ul>
    </section>`;
  }

  /** The address of a page of the demo, in the language of this page. */
  #addressOf(path: string): string {
    const address = new URL(path, document.baseURI);
    address.searchParams.set("lang", strings.locale);
    return address.href;
  }

  #user(tenant: string, { externalId, name, about }: DemoUser): unknown {
    return html`<a class="user" href=${addressOf({ tenant, externalId }, location.href)} target="_blank" rel="noopener">
      <causerie-avatar .name=${name} .key=${externalId}></causerie-avatar>
      <span class="details">
        <span class="name"><bdi>${name}</bdi></span>
        ${localize(about) ? html`<span class="about muted"><bdi>${localize(about)}</bdi></span>` : ""}
      </span>
    </a>`;
  }

  #load = async (): Promise<void> => {
    this.problem = "none";
    try {
      this.tenants = await demoTenants();
    } catch (thrown) {
      this.problem = thrown instanceof DemoError && thrown.status === 404 ? "no-demo" : "failed";
    }
  };
}
