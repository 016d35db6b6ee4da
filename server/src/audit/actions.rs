//! The names of actions in the audit log.

use causerie_policy::ACTIONS;

use crate::config::suggestion;

/// The actions of back ends and operators. An entry about a denial has an action of the rule language instead.
const CALLS: [&str; 25] = [
    "api_key.create",
    "api_key.revoke",
    "backup.restore",
    "export",
    "import",
    "import.begin",
    "job.delete",
    "job.retry",
    "message.erase",
    "policy.rollback",
    "policy.set",
    "signing_key.add",
    "signing_key.revoke",
    "tenant.create",
    "tenant.delete",
    "tenant.rename",
    "tenant.resume",
    "tenant.suspend",
    "tenant.web_access",
    "user.erase",
    "user.erase_texts",
    "user.export",
    "user.put",
    "user.revoke",
    "user.writable_by",
];

/// Whether an entry may have this action.
#[must_use]
pub(super) fn is_action(word: &str) -> bool {
    all().any(|known| known == word)
}

/// The error text for a filter by a word that is not an action: it suggests the most similar action and lists all actions.
/// `None` if the word is an action.
#[must_use]
pub fn unknown(word: &str) -> Option<String> {
    if is_action(word) {
        return None;
    }
    let words: Vec<&str> = all().collect();
    Some(format!("there is no action `{word}`{} (there are: {})", suggestion(word, &words), words.join(", ")))
}

/// Every action that an entry may have.
pub fn all() -> impl Iterator<Item = &'static str> {
    CALLS.into_iter().chain(ACTIONS.iter().map(|(name, _)| *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_an_unknown_action_suggests_the_nearest() {
        assert_eq!(unknown("start"), None);
        assert_eq!(unknown("policy.set"), None);
        let text = unknown("policy.sett").expect("is not an action");
        assert!(
            text.starts_with("there is no action `policy.sett`; did you mean `policy.set`? (there are: api_key.create, "),
            "{text}"
        );
        assert!(unknown("").is_some());
    }
}
