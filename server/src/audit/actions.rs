//! The words that stand in the audit for what was done.

use causerie_policy::ACTIONS;

use crate::config::suggestion;

/// Calls of back ends and operators. The other actions are those of the rule language, where rules refused them.
const CALLS: [&str; 19] = [
    "api_key.create",
    "api_key.revoke",
    "backup.restore",
    "export",
    "import",
    "import.begin",
    "job.delete",
    "job.retry",
    "policy.rollback",
    "policy.set",
    "signing_key.add",
    "signing_key.revoke",
    "tenant.create",
    "tenant.rename",
    "user.erase",
    "user.export",
    "user.put",
    "user.revoke",
    "user.writable_by",
];

/// Whether lines of the audit may have this action.
#[must_use]
pub(super) fn is_action(word: &str) -> bool {
    all().any(|known| known == word)
}

/// Why a filter by this word finds nothing, ever: a sentence with the nearest action and all there are. `None` for an action.
#[must_use]
pub fn unknown(word: &str) -> Option<String> {
    if is_action(word) {
        return None;
    }
    let words: Vec<&str> = all().collect();
    Some(format!("there is no action `{word}`{} (there are: {})", suggestion(word, &words), words.join(", ")))
}

/// Every action that lines of the audit may have.
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
        let why = unknown("policy.sett").expect("is none");
        assert!(
            why.starts_with("there is no action `policy.sett`; did you mean `policy.set`? (there are: api_key.create, "),
            "{why}"
        );
        assert!(unknown("").is_some());
    }
}
