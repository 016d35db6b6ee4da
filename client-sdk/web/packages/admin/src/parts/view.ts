import { type CSSResultGroup, LitElement } from "lit";
import { property } from "lit/decorators.js";
import { explain } from "../i18n/index.js";
import { hashOf, type Route } from "../route.js";
import type { Session } from "../session.js";
import { view } from "./styles.js";

/** A view: the part of the page beside the menu. */
export abstract class View extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) route!: Route;

  static override styles: CSSResultGroup = view;

  /** Shows a sentence at the edge of the page for some seconds, and tells it to screen readers. */
  protected notify(text: string): void {
    this.dispatchEvent(new CustomEvent("admin-notice", { detail: text, bubbles: true, composed: true }));
  }

  /** Shows why something failed, until the operator closes it. */
  protected fail(thrown: unknown): void {
    this.dispatchEvent(new CustomEvent("admin-failure", { detail: explain(thrown), bubbles: true, composed: true }));
  }

  /** Writes the filters of a list into the address, so that a reload and a link show the same list. */
  protected setQuery(query: Readonly<Record<string, string>>): void {
    location.replace(hashOf(this.route.view, this.route.id, { ...Object.fromEntries(this.route.query), ...query }));
  }
}
