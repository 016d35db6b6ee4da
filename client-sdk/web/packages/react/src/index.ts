// Tells frameworks that render components on a server that these modules hold state and run in the browser.
"use client";

export { type ConversationValue, useConversation } from "./conversation.js";
export { type ConversationsValue, useConversations } from "./conversations.js";
export { type HistoryValue, useHistory } from "./history.js";
export { CauserieProvider, type CauserieProviderProps, useClient } from "./provider.js";
export { useCapabilities, useClientValue, useConnectionState, useTyping, useUnread } from "./values.js";
