import type { Client, ClientEvents, User } from "causerie";
import { css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import { ContactController } from "./contact.js";
import { explain, strings } from "./i18n/index.js";
import { displayName } from "./names.js";
import { base } from "./styles.js";

/** A step in a relation that the connected user may take, as a button. */
interface Step {
  readonly label: string;
  readonly primary: boolean;
  readonly run: (client: Client) => Promise<unknown>;
}

/**
 * The state of a request between the connected user and another user, with buttons: to ask, to withdraw, to accept, to decline. Renders
 * nothing when there is no request and none may be made.
 */
@customElement("causerie-contact-actions")
export class ContactActions extends ClientElement {
  @property({ attribute: false }) user!: User;
  @state() private busy = false;
  @state() private problem = "";

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];
  readonly #contact = new ContactController(this);

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 10px;
        justify-items: center;
        text-align: center;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 8px;
      }
      .problem {
        color: var(--danger);
        font-size: 0.875rem;
      }
    `,
  ];

  protected override render(): unknown {
    const { text, steps } = this.#offer();
    if (!text && !steps.length) return "";
    return html`${text ? html`<p role="status">${text}</p>` : ""}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <div class="buttons">
        ${steps.map(
          (step) =>
            html`<button class="button ${step.primary ? "primary" : ""}" ?disabled=${this.busy} @click=${() => this.#take(step)}>
              ${step.label}
            </button>`,
        )}
      </div>`;
  }

  #offer(): { readonly text: string; readonly steps: readonly Step[] } {
    const ref = { id: this.user.id };
    const name = displayName(this.user);
    const { relations = [], mayRequest = [] } = this.#contact.of(this.client, this.user) ?? {};
    const request = relations.find(({ state }) => state === "pending");
    if (request) {
      const { relation } = request;
      const end = (label: string): Step => ({ label, primary: false, run: (client) => client.unrelate(relation, ref) });
      if (request.direction === "outgoing") return { text: strings.requestSentTo(name), steps: [end(strings.withdraw)] };
      const accept: Step = { label: strings.accept, primary: true, run: (client) => client.acceptRelation(relation, ref) };
      return { text: strings.requestFrom(name), steps: [accept, end(strings.decline)] };
    }
    const [relation] = mayRequest;
    if (relation === undefined) return { text: "", steps: [] };
    return {
      text: "",
      steps: [{ label: strings.sendRequest, primary: true, run: (client) => client.relate(relation, ref) }],
    };
  }

  async #take({ run }: Step): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await run(this.client);
    } catch (thrown) {
      this.problem = explain(thrown);
    } finally {
      this.busy = false;
    }
  }
}
