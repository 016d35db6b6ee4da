//! The commands that the HTTP API offers under `/v1`. The router and the OpenAPI description are both made from [`ROUTES`].
//!
//! To offer another command, add a line to the table. A `{name}` in the path sets the field of the command with this name.
//! For methods without a body (`GET`, `DELETE`), query parameters set the other fields.

use http::Method;

use crate::http::operation::path_fields;

/// A command that the HTTP API offers.
#[derive(Debug)]
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path in the syntax of axum: `/v1/conversations/{conversation_id}`.
    pub path: &'static str,
    /// The name of the command, as on the socket.
    pub command: &'static str,
    /// The protobuf message of the answer.
    pub reply: &'static str,
    /// The summary in the OpenAPI document, one sentence.
    pub summary: &'static str,
    /// A query parameter whose name differs from the name of its field: the name of the parameter, then the name of the
    /// field.
    pub renamed: Option<(&'static str, &'static str)>,
}

impl Route {
    /// Whether the request has a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        !matches!(self.method, Method::GET | Method::DELETE)
    }

    /// The names in braces in the path.
    pub fn path_fields(&self) -> impl Iterator<Item = &'static str> + use<> {
        path_fields(self.path)
    }

    /// The name of the query parameter that sets a field.
    #[must_use]
    pub fn parameter<'a>(&self, field: &'a str) -> &'a str {
        match self.renamed {
            Some((parameter, renamed)) if renamed == field => parameter,
            _ => field,
        }
    }

    /// A route without a renamed query parameter.
    const fn command(
        method: Method,
        path: &'static str,
        command: &'static str,
        reply: &'static str,
        summary: &'static str,
    ) -> Self {
        Self { method, path, command, reply, summary, renamed: None }
    }

    /// The same route with a query parameter of another name for a field.
    const fn query(mut self, parameter: &'static str, field: &'static str) -> Self {
        self.renamed = Some((parameter, field));
        self
    }
}

/// All commands that the HTTP API offers.
#[rustfmt::skip] // a table
pub static ROUTES: [Route; 25] = {
    use Route as R;
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PUT: Method = Method::PUT;
    const PATCH: Method = Method::PATCH;
    const DELETE: Method = Method::DELETE;
    [
        R::command(GET,    "/v1/conversations",                                         "ListConversations",  "ConversationPage",    "Lists the caller's conversations, the latest activity first."),
        R::command(POST,   "/v1/conversations",                                         "StartConversation",  "ConversationStarted", "Starts a conversation, or finds the existing conversation."),
        R::command(GET,    "/v1/conversations/{conversation_id}",                       "GetConversation",    "ConversationFound",   "Returns a conversation."),
        R::command(PATCH,  "/v1/conversations/{conversation_id}",                       "RenameConversation", "ConversationUpdated", "Changes the subject of a group."),
        R::command(DELETE, "/v1/conversations/{conversation_id}",                       "DeleteConversation", "ConversationDeleted", "Deletes the caller's copy of a conversation, or erases the conversation for all members."),
        R::command(POST,   "/v1/conversations/{conversation_id}/close",                 "CloseConversation",  "ConversationUpdated", "Closes a conversation: it stays readable, and no user can write to it."),
        R::command(POST,   "/v1/conversations/{conversation_id}/reopen",                "ReopenConversation", "ConversationUpdated", "Reopens a closed conversation."),
        R::command(GET,    "/v1/conversations/{conversation_id}/messages",              "GetHistory",         "MessagePage",         "Returns messages, the oldest first. Without bounds it returns the newest page."),
        R::command(POST,   "/v1/conversations/{conversation_id}/messages",              "SendMessage",        "MessageSent",         "Sends a message; a retry with the same client id is harmless."),
        R::command(PATCH,  "/v1/conversations/{conversation_id}/messages/{message_id}", "EditMessage",        "MessageEdited",       "Edits a message of the caller."),
        R::command(DELETE, "/v1/conversations/{conversation_id}/messages/{message_id}", "DeleteMessage",      "MessageDeleted",      "Deletes a message of the caller for all members, or the caller's copy of any message."),
        R::command(GET,    "/v1/conversations/{conversation_id}/changes",               "GetChanges",         "Changes",             "Returns the changes after a version."),
        R::command(GET,    "/v1/conversations/{conversation_id}/members",               "ListMembers",        "MemberPage",          "Lists the members of a conversation."),
        R::command(POST,   "/v1/conversations/{conversation_id}/members",               "AddMembers",         "ConversationUpdated", "Adds users to a group."),
        R::command(DELETE, "/v1/conversations/{conversation_id}/members/{user_id}",     "RemoveMember",       "ConversationUpdated", "Removes a member from a group. Callers leave by naming themselves."),
        R::command(PUT,    "/v1/conversations/{conversation_id}/read",                  "MarkRead",           "Marked",              "Moves the caller's read position up to a message."),
        R::command(PUT,    "/v1/conversations/{conversation_id}/unread",                "MarkUnread",         "Marked",              "Marks the conversation as unread for the caller."),
        R::command(POST,   "/v1/conversations/{conversation_id}/typing",                "SetTyping",          "TypingSet",           "Announces that the caller is typing, or stopped typing."),
        R::command(GET,    "/v1/users",                                                 "GetUsers",           "UserList",            "Returns users by id.").query("id", "user_ids"),
        R::command(GET,    "/v1/directory",                                             "SearchDirectory",    "DirectoryPage",       "Searches the users and groups that the caller may find.").query("q", "query"),
        R::command(GET,    "/v1/relations",                                             "ListRelations",      "RelationPage",        "Lists the caller's relations: friends, requests, blocked users."),
        R::command(PUT,    "/v1/relations/{relation}",                                  "Relate",             "RelationUpdated",     "Requests a mutual relation with a user, or creates a one-sided relation."),
        R::command(POST,   "/v1/relations/{relation}/accept",                           "AcceptRelation",     "RelationUpdated",     "Accepts the request of a user."),
        R::command(POST,   "/v1/relations/{relation}/end",                              "Unrelate",           "RelationUpdated",     "Ends a relation, declines a request, or withdraws the caller's own request."),
        R::command(GET,    "/v1/presence",                                              "GetPresence",        "PresenceList",        "Returns whether users are online.").query("user_id", "user_ids"),
    ]
};
