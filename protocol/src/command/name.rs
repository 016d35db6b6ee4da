//! The names of commands in metrics.

use crate::wire::request::Command as C;

/// The name of a command in snake case.
#[must_use]
pub fn name(command: &C) -> &'static str {
    match command {
        C::Hello(_) => "hello",
        C::RefreshToken(_) => "refresh_token",
        C::Ping(_) => "ping",
        C::Resume(_) => "resume",
        C::StartConversation(_) => "start_conversation",
        C::ListConversations(_) => "list_conversations",
        C::GetConversation(_) => "get_conversation",
        C::GetHistory(_) => "get_history",
        C::GetChanges(_) => "get_changes",
        C::ListMembers(_) => "list_members",
        C::SendMessage(_) => "send_message",
        C::EditMessage(_) => "edit_message",
        C::DeleteMessage(_) => "delete_message",
        C::MarkRead(_) => "mark_read",
        C::MarkUnread(_) => "mark_unread",
        C::SetTyping(_) => "set_typing",
        C::RenameConversation(_) => "rename_conversation",
        C::AddMembers(_) => "add_members",
        C::RemoveMember(_) => "remove_member",
        C::GetUsers(_) => "get_users",
        C::SearchDirectory(_) => "search_directory",
        C::WatchPresence(_) => "watch_presence",
        C::GetPresence(_) => "get_presence",
        C::WatchContacts(_) => "watch_contacts",
        C::CloseConversation(_) => "close_conversation",
        C::ReopenConversation(_) => "reopen_conversation",
        C::DeleteConversation(_) => "delete_conversation",
        C::Relate(_) => "relate",
        C::AcceptRelation(_) => "accept_relation",
        C::Unrelate(_) => "unrelate",
        C::ListRelations(_) => "list_relations",
    }
}
