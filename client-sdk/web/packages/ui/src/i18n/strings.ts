import type { ConversationState, ErrorName } from "causerie";

/** Sentences for errors, by the name of the error. */
export type Explanations = Readonly<Partial<Record<ErrorName, string>>>;

/** All texts of the messenger. Each language is one object of this type. The comment of a text says where it is shown. */
export interface Strings {
  /** The language as a BCP 47 tag, for the `lang` attribute of the page. */
  readonly locale: string;
  /** The writing direction, for the `dir` attribute of the page. */
  readonly direction: "ltr" | "rtl";
  /** Stands between the names of a list; ends with a space. */
  readonly comma: string;
  /** The heading above the list, and the name of the list for screen readers. */
  readonly conversations: string;
  /** The label of the button with a plus sign, and the title of the dialog that it opens. */
  readonly newConversation: string;
  /** The placeholder of the search field above the list. */
  readonly search: string;
  /** The label of that field. */
  readonly searchAll: string;
  /** The heading of the users that a search has found. */
  readonly people: string;
  /** The label of the field for the recipient of a new message. */
  readonly to: string;
  /** Stands before that field. */
  readonly toLabel: string;
  /** Read by screen readers when a search has ended. */
  readonly usersFound: (count: number) => string;
  /** The label of the button that opens the page of the user’s network, and the title of that page. */
  readonly network: string;
  /** The heading above the requests of other users for a relation, such as friendship. */
  readonly requests: string;
  /** The row above the list that leads to the requests of other users. */
  readonly requestsCount: (count: number) => string;
  /** The heading above the requests of the connected user. */
  readonly sentRequests: string;
  /** The heading above the users with whom the connected user has a mutual relation. */
  readonly friends: string;
  /** In place of an empty list of friends. */
  readonly noFriends: string;
  /** The heading above the users who may be asked, and the label of the field that searches them. */
  readonly findPeople: string;
  /** Below the name of a user who has requested a relation. */
  readonly wantsToConnect: string;
  /** In a chat with such a user. */
  readonly requestFrom: (name: string) => string;
  /** In a chat with a user whom the connected user has asked. */
  readonly requestSentTo: (name: string) => string;
  /** The label of the button that accepts a request. */
  readonly accept: string;
  /** The label of the button that declines a request. */
  readonly decline: string;
  /** The label of the button that withdraws the user’s own request. */
  readonly withdraw: string;
  /** In place of a request that was declined a moment ago, before `undo`. */
  readonly requestDeclined: string;
  /** The label of the button that takes a step back. */
  readonly undo: string;
  /** The label of a button in the row of a user, for screen readers. */
  readonly actionFor: (action: string, name: string) => string;
  /** The label of the paper plane on a user to whom the connected user may write. */
  readonly writeTo: (name: string) => string;
  /** An entry of the dialog for new conversations, and its title after a click on that entry. */
  readonly newGroup: string;
  /** The title of the conversation in which a user keeps notes, and the entry that opens it. */
  readonly noteToSelf: string;
  /** The heading in place of an empty list. */
  readonly noConversations: string;
  /** The sentence below `noConversations`. */
  readonly noConversationsHint: string;
  /** The same for a user who may not start conversations. */
  readonly noConversationsWait: string;
  /** The heading beside the list while no conversation is shown. */
  readonly chooseConversation: string;
  /** The sentence below `chooseConversation`, above a button with `newConversation`. */
  readonly chooseConversationHint: string;
  /** The heading of a conversation without messages, and its preview in the list. */
  readonly noMessages: string;
  /** The sentence below `noMessages`. */
  readonly noMessagesHint: string;
  /** Read by screen readers while something loads, and shown while the directory is searched. */
  readonly loading: string;
  /** Shown in place of content that could not be loaded, above a button with `tryAgain`. */
  readonly loadFailed: string;
  /** Below the list: more conversations could not be loaded. */
  readonly moreConversationsFailed: string;
  /** The label of the button that loads again. */
  readonly tryAgain: string;
  /** The label of the button that leads from a conversation to the list. */
  readonly back: string;
  /** Stands for the connected user: as author in a preview, and among the members of a group. */
  readonly you: string;
  /** The preview of the last message: author and text. */
  readonly authoredText: (name: string, text: string) => string;
  /** The separator above the messages of today. */
  readonly today: string;
  /** The separator above the messages of yesterday, and the date in the list. */
  readonly yesterday: string;
  /** Below the name of a user who is online. */
  readonly online: string;
  /** Below the name of a user who is offline. */
  readonly offline: string;
  /** Below the name of a user who is offline; `when` is such as “5 minutes ago”. */
  readonly lastSeen: (when: string) => string;
  /** Below the name of a group: the number of its members. */
  readonly members: (count: number) => string;
  /** The tooltip of the number of unread messages in the list. */
  readonly unread: (count: number) => string;
  /** The tooltip of the dot on a conversation that the user has marked as unread. */
  readonly markedUnread: string;
  /** The label of the button that marks the shown conversation as unread. */
  readonly markUnread: string;
  /** Below the messages and in the list: a user is typing. */
  readonly typingOne: (name: string) => string;
  /** The same for two users. */
  readonly typingTwo: (first: string, second: string) => string;
  /** The same for three or more users. */
  readonly typingMany: string;
  /** The separator above the first unread message. */
  readonly newMessages: string;
  /** The label of the button that scrolls to the newest message. */
  readonly jumpToLatest: string;
  /** Stands for a user whose name is hidden from the connected user. */
  readonly unnamedUser: string;
  /** The label of the same button while there are unread messages below. */
  readonly jumpToLatestUnread: (count: number) => string;
  /** Read by screen readers when several messages arrive at once. */
  readonly messagesArrived: (count: number) => string;
  /** The label of the faces of the members who have read a message, below it. */
  readonly readBy: (names: string) => string;
  /** Entries of the menu of a message: copies its address; shows its details; deletes it for the connected user, or for all members. */
  readonly copyLink: string;
  readonly details: string;
  readonly deleteForMe: string;
  readonly deleteForAll: string;
  /** The sentence in the dialog before a message is deleted for the connected user. */
  readonly deleteForMeText: string;
  /** The title of the dialog with the details of a message. */
  readonly messageDetails: string;
  /** Labels in that dialog: the author, and when the message was edited. */
  readonly author: string;
  readonly editedAt: string;
  /** Headings in that dialog: the members who have read the message, and the others. */
  readonly readByCount: (count: number) => string;
  readonly notReadBy: (count: number) => string;
  /** Above the messages: older messages could not be loaded. */
  readonly olderFailed: string;
  /** Below the messages: newer messages could not be loaded. */
  readonly newerFailed: string;
  /** Shown for an address whose conversation does not exist or is hidden from the user. */
  readonly conversationNotFound: string;
  /** Shown in a chat with a user with whom there is no conversation yet. */
  readonly firstMessageHint: string;
  /** Stands before an unsent text in the list; ends with a space. */
  readonly draft: string;
  /** The mark of a conversation in the list that is not open. */
  readonly states: Readonly<Partial<Record<ConversationState, string>>>;
  /** The name of the list of messages for screen readers; `title` is a user or a group. */
  readonly messagesOf: (title: string) => string;
  /** The placeholder and label of the text field. */
  readonly writeMessage: string;
  /** The label of the button that sends a message. */
  readonly send: string;
  /** In place of the text field, when the rules do not allow messages to a group. */
  readonly cannotSend: string;
  /** In place of the text field, when the rules do not allow messages to a user. */
  readonly cannotSendTo: (name: string) => string;
  /** In place of the text field of a closed conversation. */
  readonly closedConversation: string;
  /** The same, when the user may reopen it. */
  readonly closedReopenable: string;
  /** The label of the button in that place that reopens the conversation. */
  readonly reopen: string;
  /** In place of the text field of a conversation that is locked by moderation. */
  readonly lockedConversation: string;
  /** In place of the text field of a mail, which has a single message. */
  readonly mailIsOneMessage: string;
  /** In place of the text field: the other user was removed. */
  readonly peerRemoved: (name: string) => string;
  /** In place of the text field: the other user is deactivated or has not joined yet. */
  readonly peerInactive: (name: string) => string;
  /** Above the text field while the text exceeds the limit. */
  readonly tooLong: string;
  /** Below the text field: Enter sends, or only the shortcut does; `shortcut` is a key such as `Ctrl`. */
  readonly enterSends: string;
  readonly shortcutSends: (shortcut: string) => string;
  /** The name of the control key. */
  readonly ctrlKey: string;
  /** The tooltip of that text, which is a button. */
  readonly letEnterBreak: string;
  readonly letEnterSend: string;
  /** Above the text field: the characters that may be added, and those that have to be removed. */
  readonly charactersLeft: (count: number) => string;
  readonly charactersOver: (count: number) => string;
  /** The label of the button and panel of emoji; of its search field, of the recently used emoji, and shown when the search has no result. */
  readonly emoji: string;
  readonly searchEmoji: string;
  readonly recentEmoji: string;
  readonly noEmojiFound: string;
  /** The tooltip of the clock on a message that is being sent. */
  readonly sending: string;
  /** The tooltip of the check mark on a message that was sent. */
  readonly sent: string;
  /** The tooltip of the two check marks on a message that all other members have read. */
  readonly read: string;
  /** Below a message that could not be sent, before `retry` and `discard`. */
  readonly notSent: string;
  /** The label of the button that sends such a message again. */
  readonly retry: string;
  /** The label of the button that discards such a message. */
  readonly discard: string;
  /** Beside the time of an edited message. */
  readonly edited: string;
  /** In place of the text of a deleted message, and as its preview. */
  readonly deleted: string;
  /** The label of the button below a long message that is cut. */
  readonly showAll: string;
  /** An entry of the menu of a message: copies its text. */
  readonly copy: string;
  /** The label of the button that opens the menu of a message. */
  readonly messageActions: string;
  /** An entry of the menu of a message. */
  readonly edit: string;
  /** An entry of the menu of a message, and the button that confirms a deletion. */
  readonly delete: string;
  /** Above the text field while a message is edited. */
  readonly editing: string;
  /** The label of the button that saves an edited message. */
  readonly save: string;
  /** The label of the buttons that close a dialog or end an edit without a change. */
  readonly cancel: string;
  /** The title of the dialog before a message is deleted. */
  readonly deleteTitle: string;
  /** The sentence in that dialog. */
  readonly deleteText: string;
  /** The label of the button that opens the menu of a conversation. */
  readonly conversationActions: string;
  /** An entry of that menu, and the button of the dialog that it opens. */
  readonly rename: string;
  /** The title of that dialog. */
  readonly renameTitle: string;
  /** An entry of the menu of a conversation, and the button that confirms it. */
  readonly closeConversation: string;
  /** The title of the dialog before a conversation is closed. */
  readonly closeTitle: string;
  /** The sentence in that dialog. */
  readonly closeText: string;
  /** An entry of the menu of a closed conversation. */
  readonly reopenConversation: string;
  /** An entry of the menu of a conversation: deletes it for the connected user only. */
  readonly deleteCopy: string;
  /** The title of the dialog before that. */
  readonly deleteCopyTitle: string;
  /** The sentence in that dialog. */
  readonly deleteCopyText: string;
  /** An entry of the menu of a group, and the button that confirms it. */
  readonly leave: string;
  /** The title of the dialog before the user leaves a group. */
  readonly leaveTitle: string;
  /** The sentence in that dialog. */
  readonly leaveText: string;
  /** The title of the pane with the profile of a user or the members of a group. */
  readonly detailsTitle: string;
  /** Beside the name of the user who started a group. */
  readonly owner: string;
  /** The label of the button that adds members to a group, and the title of the dialog that it opens. */
  readonly addPeople: string;
  /** The placeholder and label of the field that searches the members of a group. */
  readonly searchMembers: string;
  /** Below the members of a group: more of them could not be loaded. */
  readonly membersFailed: string;
  /** The label of the button that removes a member from a group. */
  readonly removeMember: string;
  /** The title of the dialog before a member is removed. */
  readonly removeMemberTitle: (name: string) => string;
  /** The sentence in that dialog. */
  readonly removeMemberText: string;
  /** The label of the button that ends a mutual relation. */
  readonly removeFriend: string;
  /** The title of the dialog before that. */
  readonly removeFriendTitle: (name: string) => string;
  /** The sentence in that dialog. */
  readonly removeFriendText: string;
  /** The label of the button that blocks a user. */
  readonly block: string;
  /** The title of the dialog before that. */
  readonly blockTitle: (name: string) => string;
  /** The sentence in that dialog. */
  readonly blockText: string;
  /** The label of the button that ends the block. */
  readonly unblock: string;
  /** The label of the button that closes a dialog. */
  readonly close: string;
  /** The placeholder and label of the search field in the dialog for new conversations. */
  readonly searchUsers: string;
  /** In that dialog: the search has no result. */
  readonly noUsersFound: string;
  /** In that dialog: the user may write to no other user. */
  readonly noReachableUsers: string;
  /** The sentence below `noUsersFound`. It names all causes, because the server does not say which one it is. */
  readonly missingUserCauses: string;
  /** The link below that sentence, if `reachRules` has a text. */
  readonly reachRulesTitle: string;
  /** The rules of the service in plain words. Empty, unless the application gives a text. */
  readonly reachRules: string;
  /** The sentence below both. */
  readonly reachableUsersHint: string;
  /** Below the name of a user: the connected user has requested a relation, such as friendship. */
  readonly requestSent: string;
  /** The label of the button that requests such a relation. */
  readonly sendRequest: string;
  /** Below the name of a user to whom the connected user may write only after such a request is accepted. */
  readonly reachableOnRequest: string;
  /** Below the name of a user to whom the connected user may not write. */
  readonly userNotReachable: string;
  /** The placeholder and label of the field for the name of a group. */
  readonly groupName: string;
  /** The label of the field that searches members for a group. */
  readonly groupMembers: string;
  /** Shown when the user creates a group without members. */
  readonly groupNeedsMembers: string;
  /** Shown when the user creates a group without a name. */
  readonly groupNeedsName: string;
  /** The label of the button that creates a group. */
  readonly createGroup: string;
  /** Beside that button: the number of chosen users. */
  readonly selected: (count: number) => string;
  /** The label of the button that removes a chosen user. */
  readonly remove: (name: string) => string;
  /** The banner at the top during the first connection. */
  readonly connecting: string;
  /** The banner at the top after a lost connection. */
  readonly reconnecting: string;
  /** The banner at the top while the device is offline. */
  readonly waitingForNetwork: string;
  /** Below a message that has been `sending` for some time. */
  readonly waitingForConnection: string;
  /** The label of the button in the banner that reconnects at once. */
  readonly tryNow: string;
  /** The banner at the top after the server has ended the connection for good. */
  readonly closedByServer: string;
  /** The same, when the server does not accept the user’s token. */
  readonly notSignedIn: string;
  /** The label of the button in that banner. */
  readonly connectAgain: string;
  /** The heading of the demo page, on which a visitor chooses a user. */
  readonly demoChooseUser: string;
  /** The sentence below that heading. */
  readonly demoChooseUserHint: string;
  /** The heading of that page when the server has no demo. */
  readonly noDemo: string;
  /** The sentence below that heading. */
  readonly noDemoHint: string;
  /** The tooltip of the avatar of the connected user. */
  readonly signedInAs: (name: string) => string;
  /** The label of the menu that the avatar opens. */
  readonly settings: string;
  /** Entries of that menu. */
  readonly turnOnNotifications: string;
  readonly turnOffNotifications: string;
  readonly turnOnSound: string;
  readonly turnOffSound: string;
  /** Shown when the browser does not allow notifications. */
  readonly notificationsBlocked: string;
  /** Shown where an action fails. */
  readonly errors: Explanations;
  /** Shown instead of `errors` when a conversation can't be started. */
  readonly startErrors: Explanations;
  /** Shown instead of `startErrors` when a group can't be started. */
  readonly startGroupErrors: Explanations;
  /** Shown for an error that `errors` does not list. */
  readonly unknownError: string;
}
