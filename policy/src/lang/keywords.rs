//! The keywords of the language, and messages about unknown words.

use crate::{
    action::{Action, ConversationKind, ConversationState},
    decision::Code,
    facts::{GroupState, UserStatus, WritableBy},
    ir::RuleEffect,
};

pub(crate) const EFFECTS: [(&str, RuleEffect); 3] =
    [("deny", RuleEffect::Deny), ("allow", RuleEffect::Allow), ("otherwise", RuleEffect::Otherwise)];

/// The keyword of each action.
pub const ACTIONS: [(&str, Action); 23] = [
    ("find", Action::Find),
    ("see_profile", Action::SeeProfile),
    ("start", Action::Start),
    ("start_group", Action::StartGroup),
    ("address_group", Action::AddressGroup),
    ("send", Action::Send),
    ("reply", Action::Reply),
    ("edit", Action::Edit),
    ("delete_for_all", Action::DeleteForAll),
    ("delete_own_copy", Action::DeleteOwnCopy),
    ("close", Action::Close),
    ("reopen", Action::Reopen),
    ("delete_conversation", Action::DeleteConversation),
    ("erase_conversation", Action::EraseConversation),
    ("rename", Action::Rename),
    ("add_member", Action::AddMember),
    ("remove_member", Action::RemoveMember),
    ("leave", Action::Leave),
    ("read", Action::Read),
    ("request", Action::Request),
    ("accept", Action::Accept),
    ("unrelate", Action::Unrelate),
    ("block", Action::Block),
];

pub(crate) const CODES: [(&str, Code); 13] = [
    ("not_found", Code::NotFound),
    ("unsupported", Code::Unsupported),
    ("not_a_member", Code::NotAMember),
    ("not_author", Code::NotAuthor),
    ("closed", Code::Closed),
    ("locked", Code::Locked),
    ("recipient_inactive", Code::RecipientInactive),
    ("cannot_start", Code::CannotStart),
    ("needs_friend", Code::NeedsFriend),
    ("messaging_off", Code::MessagingOff),
    ("window_over", Code::WindowOver),
    ("group_not_addressable", Code::GroupNotAddressable),
    ("too_many", Code::TooMany),
];

pub(crate) const STATUSES: [(&str, UserStatus); 4] = [
    ("invited", UserStatus::Invited),
    ("active", UserStatus::Active),
    ("deactivated", UserStatus::Deactivated),
    ("removed", UserStatus::Removed),
];

pub(crate) const WRITABLE_BY: [(&str, WritableBy); 3] =
    [("rules", WritableBy::Rules), ("contacts", WritableBy::Contacts), ("nobody", WritableBy::Nobody)];

pub(crate) const GROUP_STATES: [(&str, GroupState); 3] =
    [("active", GroupState::Active), ("concluded", GroupState::Concluded), ("archived", GroupState::Archived)];

pub(crate) const CONVERSATIONS: [(&str, ConversationKind); 4] = [
    ("note_to_self", ConversationKind::NoteToSelf),
    ("direct", ConversationKind::Direct),
    ("group", ConversationKind::Group),
    ("mail", ConversationKind::Mail),
];

pub(crate) const STATES: [(&str, ConversationState); 3] =
    [("open", ConversationState::Open), ("closed", ConversationState::Closed), ("locked", ConversationState::Locked)];

/// The keyword of an action, such as `delete_own_copy`.
#[must_use]
pub fn action_name(action: Action) -> &'static str {
    name_of(&ACTIONS, action)
}

/// The keyword of a code, such as `needs_friend`.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    name_of(&CODES, code)
}

/// The keyword of a value; empty if the table does not have it.
pub(crate) fn name_of<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

/// The value of a keyword. The error is a sentence that lists the keywords; `what` says what they are.
pub(crate) fn look_up<T: Copy>(what: &str, word: &str, table: &[(&str, T)]) -> Result<T, String> {
    let found = table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    found.ok_or_else(|| unknown(what, word, table.iter().map(|(name, _)| *name)))
}

/// A sentence about an invalid value of the option `name`: it contains the nearest valid value, and all valid values.
pub(crate) fn no_value<'a>(name: &str, value: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint =
        nearest(value, known.clone()).map(|nearest_value| format!("; did you mean `{nearest_value}`?")).unwrap_or_default();
    let all = known.collect::<Vec<_>>().join(", ");
    format!("`{name}` can't be `{}`{hint} (its values are: {all})", shortened(value))
}

/// Parses the value of `writable_by`. The error is a sentence that lists the values.
pub(crate) fn writable_by(value: &str) -> Result<WritableBy, String> {
    let found = WRITABLE_BY.iter().find(|(word, _)| *word == value).map(|(_, choice)| *choice);
    found.ok_or_else(|| no_value("writable_by", value, WRITABLE_BY.iter().map(|(word, _)| *word)))
}

/// A sentence about an unknown word: it contains the nearest known word, and all known words. `what` says what the word is.
pub(crate) fn unknown<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = nearest(word, known.clone()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    let all: Vec<&str> = known.collect();
    let all = if all.is_empty() { "none is declared".to_owned() } else { format!("there are: {}", all.join(", ")) };
    format!("there is no {what} `{}`{hint} ({all})", shortened(word))
}

/// The known word with the smallest distance, if the distance is small enough for a mistake in writing: at most 1, plus 1
/// for each 4 bytes of the known word.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (edits, name) = known.map(|name| (distance(word, name), name)).min()?;
    (edits <= 1 + name.len() / 4).then_some(name)
}

/// The first `NAME_BYTES_MAX` characters of a word, for a message.
pub(crate) fn shortened(word: &str) -> String {
    word.chars().take(super::NAME_BYTES_MAX).collect()
}

/// The Levenshtein distance between two words, in characters. Costs O(n * m) for words of n and m characters; only the first
/// `NAME_BYTES_MAX` characters of each word count.
fn distance(first: &str, second: &str) -> usize {
    let second: Vec<char> = second.chars().take(super::NAME_BYTES_MAX).collect();
    let mut row: Vec<usize> = (0..=second.len()).collect();
    for (index, letter) in first.chars().take(super::NAME_BYTES_MAX).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, other_letter) in second.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other_letter);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[second.len()]
}
