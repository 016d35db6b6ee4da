//! The effect of policies on a tenant's users: explains one decision, or compares two policies.

use std::{error::Error, path::Path, sync::Arc};

use causerie_policy::{ACTIONS, Action, Policy};
use causerie_protocol::{ConversationId, command::UserRef};
use clap::Args;

use super::{clock, facts, preset, read};
use crate::{
    cli::{Outcome, Settings},
    language::Language,
    policies::{self, Question, Target},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Explain {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// The user who would act, by the product's id.
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// The user or group that the action is about, by the product's id: `tom`, or `group:6a`.
    #[arg(long, value_name = "USER", conflicts_with = "conversation")]
    to: Option<String>,
    /// The conversation of the action, by the server's id.
    #[arg(long, value_name = "ID")]
    conversation: Option<ConversationId>,
    /// The action, a word of the rule language. Without it: `start` for a user, `address_group` for a group, `send` in a
    /// conversation.
    #[arg(long, value_parser = action)]
    action: Option<Action>,
    /// The relation, for `request`, `accept`, `unrelate` and `block`.
    #[arg(long, value_name = "NAME", requires = "to")]
    relation: Option<String>,
}

impl Explain {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let target = match (self.to, self.conversation) {
            (_, Some(conversation)) => Target::Conversation(conversation),
            (Some(to), None) => match to.strip_prefix("group:") {
                Some(group) => Target::Group(group.to_owned()),
                None => Target::User(UserRef::ExternalId(to)),
            },
            (None, None) => Target::None,
        };
        let user = UserRef::ExternalId(self.user);
        let question = Question { user, target, action: self.action, relation: self.relation };
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        let facts = facts(&store, &tenant).await?;
        let answer = policies::explain(&store, &facts, &question).await?;
        println!("{}", answer.sentence);
        for outcome in &answer.rules {
            let result = if outcome.matches { "matches" } else { "does not match" };
            println!("  line {:>3}  {:<9} {}  {result}: {}", outcome.line, outcome.effect, outcome.rule, outcome.why);
        }
        Ok(())
    }
}

/// The action with this name in the rule language.
fn action(name: &str) -> Result<Action, String> {
    let found = ACTIONS.iter().find(|(known, _)| *known == name);
    found.map(|(_, action)| *action).ok_or_else(|| {
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        format!("there is no such action; there are: {}", names.join(", "))
    })
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The tenant's slug.
    #[arg(long)]
    tenant: String,
    /// The policy to compare with: a file, a preset, or `current`.
    old: String,
    /// The new policy: a file, a preset, or `current`.
    new: String,
    /// The language of the report, `en` or `fr`; without it, the language of the terminal.
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<Language>,
}

impl Diff {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let (store, tenant) = settings.tenant(&self.tenant).await?;
        let current = facts(&store, &tenant).await?;
        let now_ms = clock().now_ms();
        let old = match rules(&self.old)? {
            Some(policy) => Arc::new(current.under(&store, Arc::new(policy), now_ms).await?),
            None => Arc::clone(&current),
        };
        let new = rules(&self.new)?.map_or_else(|| Arc::clone(&current.policy), Arc::new);
        drop(current);
        let language = self.lang.unwrap_or_else(Language::of_environment);
        print!("{}", policies::compare(&store, old, new, now_ms, language).await?.report);
        Ok(())
    }
}

/// Reads the policy that an argument names; `None` for `current`. An argument that looks like a path names a file, any other
/// argument names a preset.
fn rules(name: &str) -> Result<Option<Policy>, Box<dyn Error + Send + Sync>> {
    match name {
        "current" => Ok(None),
        file if Path::new(file).exists() || file.contains(['.', '/']) => Ok(Some(read(Path::new(file))?)),
        name => Ok(Some(preset("OLD and NEW", name)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_an_unknown_action_lists_the_known_actions() {
        assert_eq!(action("address_group"), Ok(Action::AddressGroup));
        assert!(action("write").is_err_and(|text| text.contains("delete_own_copy")));
    }

    #[test]
    fn files_presets_and_current_are_distinguished() {
        assert!(rules("current").is_ok_and(|rules| rules.is_none()));
        assert!(rules("school").is_ok_and(|rules| rules.is_some_and(|policy| policy.name() == "school")));
        assert!(rules("no-such.policy").is_err_and(|error| error.to_string().contains("no-such.policy")));
        assert!(rules("scool").is_err_and(|error| error.to_string().contains("there are: open, school")));
    }
}
