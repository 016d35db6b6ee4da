//! The fixed words of the language.

use crate::{
    action::{Action, Kind, State},
    decision::Code,
    facts::{GroupState, Status, WritableBy},
    program::Effect,
};

pub(crate) const EFFECTS: [(&str, Effect); 3] =
    [("deny", Effect::Deny), ("allow", Effect::Allow), ("otherwise", Effect::Otherwise)];

/// Every action by its word.
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

pub(crate) const STATUSES: [(&str, Status); 4] = [
    ("invited", Status::Invited),
    ("active", Status::Active),
    ("deactivated", Status::Deactivated),
    ("removed", Status::Removed),
];

pub(crate) const WRITABLE_BY: [(&str, WritableBy); 3] =
    [("rules", WritableBy::Rules), ("contacts", WritableBy::Contacts), ("nobody", WritableBy::Nobody)];

pub(crate) const GROUP_STATES: [(&str, GroupState); 3] =
    [("active", GroupState::Active), ("concluded", GroupState::Concluded), ("archived", GroupState::Archived)];

pub(crate) const CONVERSATIONS: [(&str, Kind); 4] =
    [("note_to_self", Kind::NoteToSelf), ("direct", Kind::Direct), ("group", Kind::Group), ("mail", Kind::Mail)];

pub(crate) const STATES: [(&str, State); 3] = [("open", State::Open), ("closed", State::Closed), ("locked", State::Locked)];

/// The word for an action, `delete_own_copy`.
#[must_use]
pub fn action_name(action: Action) -> &'static str {
    name_of(&ACTIONS, action)
}

/// The word for a code, `needs_friend`.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    name_of(&CODES, code)
}

/// The word of a value. Each has one; a test sees to it where it matters most.
pub(crate) fn name_of<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, one)| *one == value).map_or("", |(name, _)| name)
}

/// What a word stands for, or a sentence with the words there are.
pub(crate) fn look_up<T: Copy>(what: &str, word: &str, table: &[(&str, T)]) -> Result<T, String> {
    let found = table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    found.ok_or_else(|| unknown(what, word, table.iter().map(|(name, _)| *name)))
}

/// A sentence for a value that something can't have: the nearest one it can, and all.
pub(crate) fn no_value<'a>(of: &str, value: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = nearest(value, known.clone()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    let all = known.collect::<Vec<_>>().join(", ");
    format!("`{of}` can't be `{}`{hint} (its values are: {all})", shortened(value))
}

/// Who may write to a user, by what the user chose.
pub(crate) fn writable_by(value: &str) -> Result<WritableBy, String> {
    let found = WRITABLE_BY.iter().find(|(word, _)| *word == value).map(|(_, choice)| *choice);
    found.ok_or_else(|| no_value("writable_by", value, WRITABLE_BY.iter().map(|(word, _)| *word)))
}

/// A sentence for a word that is not there: the nearest one, and all.
pub(crate) fn unknown<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = nearest(word, known.clone()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    let all: Vec<&str> = known.collect();
    let all = if all.is_empty() { "none is declared".to_owned() } else { format!("there are: {}", all.join(", ")) };
    format!("there is no {what} `{}`{hint} ({all})", shortened(word))
}

/// The word that was probably meant.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (steps, name) = known.map(|name| (distance(word, name), name)).min()?;
    (steps <= 1 + name.len() / 4).then_some(name)
}

/// A word that fits a sentence.
pub(crate) fn shortened(word: &str) -> String {
    word.chars().take(super::NAME_BYTES_MAX).collect()
}

/// Letters to change, add or drop to come from one word to another (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(super::NAME_BYTES_MAX).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().take(super::NAME_BYTES_MAX).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, theirs) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *theirs);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
