import type { Conversation } from "causerie";
import { strings } from "./i18n/index.js";
import { displayName, peerOf } from "./names.js";

/** The sentence that says why the user can't write in a conversation; empty when the user can. Only the capability `send` decides that. */
export function noticeOf(conversation: Conversation, meId: string | undefined): string {
  const { capabilities, state, kind, cannotSend } = conversation;
  if (capabilities.has("send")) return "";
  if (state === "locked") return strings.lockedConversation;
  if (state === "closed") return capabilities.has("reopen") ? strings.closedReopenable : strings.closedConversation;
  // Rules that do not concern the other user alone. The sentences below say the others.
  const rule = cannotSend === "needs_friend" || cannotSend === "messaging_off" ? strings.errors[cannotSend] : undefined;
  if (rule) return rule;
  if (kind === "mail") return strings.mailIsOneMessage;
  const peer = peerOf(conversation, meId);
  if (!peer) return strings.cannotSend;
  const name = displayName(peer);
  if (peer.status === "removed") return strings.peerRemoved(name);
  if (peer.status === "deactivated" || peer.status === "invited") return strings.peerInactive(name);
  return strings.cannotSendTo(name);
}
