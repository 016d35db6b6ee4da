import { theme } from "@causerie/ui/styles";
import { css, html, LitElement } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { isDirty, keepDraft } from "./draft.js";
import { date, explain, setLanguage, strings } from "./i18n/index.js";
import { view } from "./parts/styles.js";
import { hashOf, parseRoute, type Route } from "./route.js";
import { forgetKey, type Session, type ViewName } from "./session.js";
import "./sign-in.js";
import { isOccupied } from "./unfinished.js";

/** How long a notice stays. */
const noticeMs = 5_000;

/** A view, or the view of one item of it. */
interface Shown {
  readonly load: () => Promise<unknown>;
  readonly render: (session: Session, route: Route) => unknown;
}

const lists: Readonly<Record<ViewName, Shown>> = {
  overview: {
    load: () => import("./views/overview.js"),
    render: (session, route) => html`<admin-overview .session=${session} .route=${route}></admin-overview>`,
  },
  users: {
    load: () => import("./views/users.js"),
    render: (session, route) => html`<admin-users .session=${session} .route=${route}></admin-users>`,
  },
  groups: {
    load: () => import("./views/groups.js"),
    render: (session, route) => html`<admin-groups .session=${session} .route=${route}></admin-groups>`,
  },
  import: {
    load: () => import("./views/import.js"),
    render: (session, route) => html`<admin-import .session=${session} .route=${route}></admin-import>`,
  },
  rules: {
    load: () => import("./views/rules.js"),
    render: (session, route) => html`<admin-rules .session=${session} .route=${route}></admin-rules>`,
  },
  explain: {
    load: () => import("./views/explain.js"),
    render: (session, route) => html`<admin-explain .session=${session} .route=${route}></admin-explain>`,
  },
  audit: {
    load: () => import("./views/audit.js"),
    render: (session, route) => html`<admin-audit .session=${session} .route=${route}></admin-audit>`,
  },
  jobs: {
    load: () => import("./views/jobs.js"),
    render: (session, route) => html`<admin-jobs .session=${session} .route=${route}></admin-jobs>`,
  },
  "api-keys": {
    load: () => import("./views/api-keys.js"),
    render: (session, route) => html`<admin-api-keys .session=${session} .route=${route}></admin-api-keys>`,
  },
  "signing-keys": {
    load: () => import("./views/signing-keys.js"),
    render: (session, route) => html`<admin-signing-keys .session=${session} .route=${route}></admin-signing-keys>`,
  },
};

const items: Readonly<Partial<Record<ViewName, Shown>>> = {
  users: {
    load: () => import("./views/user.js"),
    render: (session, route) => html`<admin-user .session=${session} .route=${route}></admin-user>`,
  },
  groups: {
    load: () => import("./views/group.js"),
    render: (session, route) => html`<admin-group .session=${session} .route=${route}></admin-group>`,
  },
};

/** The menu in parts. */
const menu: readonly (readonly [title: keyof typeof strings.menu, views: readonly ViewName[]])[] = [
  ["tenant", ["overview", "users", "groups", "import"]],
  ["rules", ["rules", "explain"]],
  ["operation", ["audit", "jobs", "api-keys", "signing-keys"]],
];

/** The page: the form for the key, or the menu and a view. */
@customElement("causerie-admin")
export class Admin extends LitElement {
  @state() private session: Session | undefined;
  @state() private route: Route = parseRoute(location.hash);
  @state() private reason = "";
  @state() private notice = "";
  @state() private failure = "";
  /** The view whose file has arrived. */
  @state() private ready: Shown | undefined;
  @state() private loadError: unknown;
  @query("dialog") private drawer!: HTMLDialogElement | null;
  #timer = 0;
  /** The tenant of the latest session. */
  #tenant = "";
  /** The heading takes the focus when another view is shown, but not when the page is opened. */
  #focusHeading = false;

  static override styles = [
    theme,
    ...view,
    css`
      :host {
        display: block;
        --edge: light-dark(#8a8a9c, #6c6c80);
        --good-soft: light-dark(#e2f5ea, #17382a);
        --on-good-soft: light-dark(#0f6b40, #6fdca8);
        --on-danger: light-dark(#ffffff, #2b0d12);
        --on-accent-soft: var(--text);
      }
      .page {
        display: grid;
        grid-template-columns: 236px minmax(0, 1fr);
        min-height: 100dvh;
      }
      aside {
        position: sticky;
        top: 0;
        height: 100dvh;
        overflow-y: auto;
        border-inline-end: 1px solid var(--border);
        background: var(--surface);
      }
      .side {
        display: flex;
        flex-direction: column;
        min-height: 100%;
        padding: 18px 12px;
        gap: 18px;
      }
      .tenant {
        padding: 0 10px;
        overflow-wrap: anywhere;
      }
      .tenant strong {
        display: block;
        font-size: 1.0625rem;
        line-height: 1.3;
      }
      nav h2 {
        padding: 0 10px 4px;
        font-size: 0.75rem;
        font-weight: 650;
        letter-spacing: 0.03em;
        color: var(--muted);
      }
      nav ul + h2 {
        margin-top: 16px;
      }
      nav .item {
        display: block;
        padding: 7px 10px;
        border-radius: 9px;
        color: var(--text);
        font-weight: 500;
        text-decoration: none;
      }
      nav .item:hover {
        background: var(--hover);
      }
      nav .item[aria-current="page"] {
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 650;
      }
      .foot {
        display: grid;
        gap: 8px;
        margin-top: auto;
        padding: 14px 10px 0;
        border-top: 1px solid var(--border);
        font-size: 0.8125rem;
        overflow-wrap: anywhere;
      }
      .foot .row button:not(.button) {
        color: var(--muted);
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      .foot .row button[aria-pressed="true"] {
        color: var(--text);
        font-weight: 650;
        text-decoration: none;
      }
      main {
        width: min(1080px, 100%);
        margin: 0 auto;
        padding: 32px 32px 64px;
      }
      .top {
        display: none;
      }
      .failure {
        display: flex;
        gap: 12px;
        align-items: start;
        justify-content: space-between;
      }
      .failure button {
        flex: none;
        font-weight: 600;
        text-decoration: underline;
      }
      .toast {
        position: fixed;
        z-index: 5;
        inset-block-end: 20px;
        inset-inline: 16px;
        margin: 0 auto;
        width: fit-content;
        max-width: calc(100vw - 32px);
        padding: 10px 18px;
        border-radius: 12px;
        background: var(--text);
        color: var(--background);
        box-shadow: var(--shadow);
        pointer-events: none;
      }
      .toast:empty {
        display: none;
      }
      dialog {
        margin: 0;
        padding: 0;
        width: min(290px, 86vw);
        height: 100dvh;
        max-height: none;
        border: 0;
        background: var(--surface);
        color: inherit;
      }
      dialog::backdrop {
        background: rgb(10 10 20 / 45%);
      }
      @media (max-width: 819px) {
        .page {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 1fr;
        }
        aside {
          display: none;
        }
        .top {
          position: sticky;
          top: 0;
          z-index: 3;
          display: flex;
          align-items: center;
          gap: 10px;
          padding: 8px 14px;
          border-bottom: 1px solid var(--border);
          background: var(--background);
        }
        .top strong {
          min-width: 0;
        }
        main {
          padding: 18px 14px 48px;
        }
      }
      @media (pointer: coarse) {
        nav .item {
          padding: 11px 10px;
        }
      }
      @media (forced-colors: active) {
        nav .item[aria-current="page"] {
          outline: 2px solid Highlight;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#hashChanged);
    addEventListener("beforeunload", this.#beforeUnload);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#hashChanged);
    removeEventListener("beforeunload", this.#beforeUnload);
  }

  protected override render(): unknown {
    // Another language renders everything anew.
    return keyed(strings.locale, this.session ? this.#page(this.session) : this.#signIn());
  }

  #signIn(): unknown {
    document.title = `${strings.signInTitle} · Causerie`;
    return html`<admin-sign-in .reason=${this.reason} @admin-signed-in=${(event: CustomEvent<Session>) => this.#enter(event.detail)}></admin-sign-in>`;
  }

  #page(session: Session): unknown {
    return html`<div class="page" @admin-notice=${(event: CustomEvent<string>) => this.#notify(event.detail)} @admin-failure=${(
      event: CustomEvent<string>,
    ) => {
      this.failure = event.detail;
    }}>
      <aside>${this.#side(session)}</aside>
      <div class="top">
        <button class="button" aria-haspopup="dialog" @click=${() => this.drawer?.showModal()}>${strings.openMenu}</button>
        <strong class="clip"><bdi>${session.own.tenant.name}</bdi></strong>
      </div>
      <main>
        ${
          this.failure
            ? html`<div class="notice bad failure" role="alert">
                <span>${this.failure}</span>
                <button
                  @click=${() => {
                    this.failure = "";
                  }}
                >
                  ${strings.close}
                </button>
              </div>`
            : ""
        }
        ${this.#view(session)}
      </main>
      <dialog aria-label=${strings.openMenu} @click=${this.#drawerClicked}>${this.#side(session)}</dialog>
      <div class="toast" role="status">${this.notice}</div>
    </div>`;
  }

  #side(session: Session): unknown {
    const { tenant, key } = session.own;
    const visible = session.views;
    return html`<div class="side">
      <div class="tenant"><strong><bdi>${tenant.name}</bdi></strong><span class="hint mono">${tenant.slug}</span></div>
      <nav aria-label=${strings.openMenu}>
        ${menu.map(([title, views]) => {
          const shown = views.filter((each) => visible.includes(each));
          if (!shown.length) return "";
          return html`<h2>${strings.menu[title]}</h2>
            <ul>
              ${shown.map(
                (each) =>
                  html`<li><a class="item" href=${hashOf(each)} aria-current=${each === this.#shownView(session) ? "page" : "false"}>${strings.views[each]}</a></li>`,
              )}
            </ul>`;
        })}
      </nav>
      <div class="foot">
        <span>${strings.signedInWith} <b><bdi>${key.name}</bdi></b><br /><span class="hint">${key.scopes.join(", ")}</span></span>
        ${key.expiresAt ? html`<span class="hint">${strings.expires} ${date(key.expiresAt)}</span>` : ""}
        <div class="row">
          ${(
            [
              ["en", "English"],
              ["fr", "Français"],
            ] as const
          ).map(
            ([code, name]) =>
              html`<button lang=${code} aria-pressed=${strings.locale === code} @click=${() => this.#speak(code)}>${name}</button>`,
          )}
        </div>
        <button class="button small" @click=${() => this.#leave("")}>${strings.signOut}</button>
      </div>
    </div>`;
  }

  #view(session: Session): unknown {
    const shown = this.#shownView(session);
    if (!shown) {
      return html`<div class="empty"><h1 tabindex="-1">${strings.nothingAllowed}</h1><p>${strings.nothingAllowedHint}</p></div>`;
    }
    if (this.route.view && !session.may(shown)) {
      return html`<div class="empty"><h1 tabindex="-1">${strings.notAllowed}</h1><p>${strings.notAllowedHint(strings.views[shown])}</p></div>`;
    }
    if (this.loadError) {
      return html`<div class="empty" role="alert">
        <strong>${strings.loadFailed}</strong>
        <p>${strings.errors.unreachable}</p>
        <button class="button" @click=${() => location.reload()}>${strings.tryAgain}</button>
      </div>`;
    }
    const wanted = this.#wanted(shown);
    if (wanted !== this.ready)
      return html`<div class="skeleton" role="status"><span class="visually-hidden">${strings.loading}</span><i></i><i></i><i></i></div>`;
    return wanted.render(session, { ...this.route, view: shown });
  }

  /** The view of the address; the first allowed view for an address without one, or with an unknown one. */
  #shownView(session: Session): ViewName | undefined {
    const { view } = this.route;
    return Object.hasOwn(lists, view) ? (view as ViewName) : session.views[0];
  }

  #wanted(view: ViewName): Shown {
    return (this.route.id ? items[view] : undefined) ?? lists[view];
  }

  protected override willUpdate(): void {
    const { session } = this;
    if (!session) return;
    const shown = this.#shownView(session);
    document.title = `${shown ? strings.views[shown] : strings.nothingAllowed} · ${session.own.tenant.name}`;
    const wanted = shown && session.may(shown) ? this.#wanted(shown) : undefined;
    if (wanted && wanted !== this.ready) void this.#load(wanted);
  }

  async #load(wanted: Shown): Promise<void> {
    try {
      await wanted.load();
      this.loadError = undefined;
      this.ready = wanted;
      await this.updateComplete;
      if (this.#focusHeading) this.#focusNow();
    } catch (thrown) {
      this.loadError = thrown;
    }
  }

  /** Moves the focus to the heading of the view, so that a screen reader tells what is shown and the keyboard begins there. */
  #focusNow(): void {
    this.#focusHeading = false;
    const shown = this.renderRoot.querySelector("main > :last-child");
    const heading = shown?.shadowRoot?.querySelector<HTMLElement>("h1") ?? shown?.querySelector("h1");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  #enter(session: Session): void {
    // Rules that were edited for another tenant stay there.
    if (this.#tenant !== session.own.tenant.slug) keepDraft(undefined);
    this.#tenant = session.own.tenant.slug;
    session.api.onKeyRefused = (error) => this.#leave(explain(error));
    this.reason = "";
    this.session = session;
    this.#focusHeading = true;
  }

  /** Ends the session. `reason`: why the operator has to sign in again; empty if the operator signed out. */
  #leave(reason: string): void {
    forgetKey();
    if (!reason) keepDraft(undefined);
    this.drawer?.close();
    this.session = undefined;
    this.ready = undefined;
    this.reason = reason;
    this.failure = this.notice = "";
  }

  async #speak(language: string): Promise<void> {
    await setLanguage([language]);
    this.drawer?.close();
    this.requestUpdate();
  }

  #notify(text: string): void {
    this.failure = "";
    this.notice = text;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.notice = "";
    }, noticeMs);
  }

  #drawerClicked(event: Event): void {
    const path = event.composedPath();
    // A click on the backdrop has the dialog itself as its target.
    if (path[0] === this.drawer || path.some((each) => each instanceof HTMLAnchorElement)) this.drawer?.close();
  }

  readonly #hashChanged = (): void => {
    const before = this.route;
    this.route = parseRoute(location.hash);
    // Filters of the same view leave the focus where it is.
    if (before.view === this.route.view && before.id === this.route.id) return;
    this.failure = "";
    this.loadError = undefined;
    this.#focusHeading = true;
    const session = this.session;
    const shown = session && this.#shownView(session);
    if (shown && this.#wanted(shown) === this.ready) void this.updateComplete.then(() => this.#focusNow());
  };

  readonly #beforeUnload = (event: BeforeUnloadEvent): void => {
    if (isDirty() || isOccupied()) event.preventDefault();
  };
}
