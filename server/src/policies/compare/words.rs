//! The texts of a comparison in each language.

use causerie_policy::{Action, AssumedBy, ConversationState, MemberRole, RoleLabel, Situation, SituationKind};
use serde::Serialize;

use crate::language::Language;

/// The purpose of an action. The report groups the actions by their purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sense {
    /// See users and read their messages.
    See,
    /// Write to users.
    Write,
    /// Change messages and conversations.
    Change,
    /// Delete messages, end conversations and relations, and block users.
    End,
}

impl Sense {
    /// All purposes, in the order of the report.
    pub const ALL: [Self; 4] = [Self::See, Self::Write, Self::Change, Self::End];

    /// The purpose of an action.
    #[must_use]
    pub fn of(action: Action) -> Self {
        match action {
            Action::Find | Action::SeeProfile | Action::Read => Self::See,
            Action::Start
            | Action::StartGroup
            | Action::AddressGroup
            | Action::Send
            | Action::Reply
            | Action::Request
            | Action::Accept => Self::Write,
            Action::Edit | Action::Rename | Action::AddMember | Action::RemoveMember | Action::Reopen => Self::Change,
            Action::DeleteForAll
            | Action::DeleteOwnCopy
            | Action::Close
            | Action::DeleteConversation
            | Action::EraseConversation
            | Action::Leave
            | Action::Unrelate
            | Action::Block => Self::End,
        }
    }

    /// The heading in a report.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let [en, fr] = match self {
            Self::See => ["See", "Voir"],
            Self::Write => ["Write", "Écrire"],
            Self::Change => ["Change", "Modifier"],
            Self::End => ["Take back and end", "Retirer et terminer"],
        };
        pick(language, en, fr)
    }
}

/// The value for the language.
pub(super) fn pick<T>(language: Language, en: T, fr: T) -> T {
    match language {
        Language::En => en,
        Language::Fr => fr,
    }
}

/// The description of an action in everyday words.
pub(super) fn action(action: Action, language: Language) -> &'static str {
    let [en, fr] = match action {
        Action::Find => ["find in the directory", "trouver dans l’annuaire"],
        Action::SeeProfile => ["see a profile and presence", "voir un profil et sa présence"],
        Action::Start => ["start a conversation with a user", "commencer une conversation avec un utilisateur"],
        Action::StartGroup => ["start a conversation with several users", "commencer une conversation à plusieurs"],
        Action::AddressGroup => ["write to a whole group", "écrire à tout un groupe"],
        Action::Send => ["write in a conversation", "écrire dans une conversation"],
        Action::Reply => ["answer a mail", "répondre à un courrier"],
        Action::Edit => ["edit a message", "modifier un message"],
        Action::DeleteForAll => ["delete a message for everyone", "supprimer un message pour tous"],
        Action::DeleteOwnCopy => ["delete their own copy of a message", "supprimer sa propre copie d’un message"],
        Action::Close => ["close a conversation", "clore une conversation"],
        Action::Reopen => ["reopen a conversation", "rouvrir une conversation"],
        Action::DeleteConversation => {
            ["delete their own copy of a conversation", "supprimer sa propre copie d’une conversation"]
        }
        Action::EraseConversation => ["erase a conversation for everyone", "effacer une conversation pour tous"],
        Action::Rename => ["change the subject of a conversation", "changer l’objet d’une conversation"],
        Action::AddMember => ["add users to a conversation", "ajouter des utilisateurs à une conversation"],
        Action::RemoveMember => ["remove members from a conversation", "retirer des membres d’une conversation"],
        Action::Leave => ["leave a conversation", "quitter une conversation"],
        Action::Read => ["read a conversation", "lire une conversation"],
        Action::Request => ["ask a user for a relation", "demander une relation à un utilisateur"],
        Action::Accept => ["accept a relation", "accepter une relation"],
        Action::Unrelate => ["end a relation", "mettre fin à une relation"],
        Action::Block => ["block a user", "bloquer un utilisateur"],
    };
    pick(language, en, fr)
}

/// The description of a situation in everyday words.
pub(super) fn situation(situation: &Situation, language: Language) -> String {
    let place = match situation.kind {
        SituationKind::User => ["to users", "envers des utilisateurs"],
        SituationKind::Group => ["to groups", "envers des groupes"],
        SituationKind::None => ["in general", "en général"],
        SituationKind::Direct => ["in a conversation of two", "dans une conversation à deux"],
        SituationKind::NoteToSelf => ["in a note to self", "dans une note à soi-même"],
        SituationKind::GroupConversation => ["in a group conversation", "dans une conversation de groupe"],
        SituationKind::Mail => ["in a mail", "dans un courrier"],
        SituationKind::GroupConversationOrMail => {
            ["in a group conversation or a mail", "dans une conversation de groupe ou un courrier"]
        }
        SituationKind::AnyConversation => ["in any conversation", "dans toute conversation"],
    };
    let mut parts = vec![pick(language, place[0], place[1]).to_owned()];
    let mut add = |[en, fr]: [&str; 2]| parts.push(pick(language, en, fr).to_owned());
    match situation.state {
        Some(ConversationState::Open) => add(["open", "ouverte"]),
        Some(ConversationState::Closed) => add(["closed", "close"]),
        Some(ConversationState::Locked) => add(["locked", "verrouillée"]),
        None => {}
    }
    match situation.role {
        Some(MemberRole::Owner) => add(["as its owner", "en tant que propriétaire"]),
        Some(MemberRole::Member) => add(["as an ordinary member", "en tant que simple membre"]),
        None => {}
    }
    match situation.is_author {
        Some(true) => add(["their own message", "un message à soi"]),
        Some(false) => add(["a message of another user", "un message d’autrui"]),
        None => {}
    }
    match situation.age_ms {
        Some(0) => add(["just sent", "à peine envoyé"]),
        Some(age_ms) => {
            let age = duration(age_ms, language);
            parts.push(pick(language, format!("sent {age} ago"), format!("envoyé il y a {age}")));
        }
        None => {}
    }
    if let Some(name) = &situation.relation {
        parts.push(pick(language, format!("the relation `{name}`"), format!("la relation « {name} »")));
    }
    if let Some(supposed) = &situation.assumed {
        let name = &supposed.relation;
        parts.push(match supposed.by {
            AssumedBy::Them => pick(
                language,
                format!("where the other user has `{name}` towards them"),
                format!("si l’autre utilisateur a « {name} » envers eux"),
            ),
            AssumedBy::Me => pick(
                language,
                format!("where they have `{name}` towards the other user"),
                format!("s’ils ont « {name} » envers l’autre utilisateur"),
            ),
            AssumedBy::Both => pick(language, format!("where both have `{name}`"), format!("si les deux ont « {name} »")),
            AssumedBy::Asked => pick(
                language,
                "where the other user asked for it".to_owned(),
                "si l’autre utilisateur l’a demandée".to_owned(),
            ),
        });
    }
    parts.join(", ")
}

fn duration(ms: i64, language: Language) -> String {
    let units = [
        (86_400_000, ["day", "days"], ["jour", "jours"]),
        (3_600_000, ["hour", "hours"], ["heure", "heures"]),
        (60_000, ["minute", "minutes"], ["minute", "minutes"]),
        (1_000, ["second", "seconds"], ["seconde", "secondes"]),
    ];
    let Some((unit_ms, en, fr)) = units.into_iter().find(|(unit_ms, ..)| ms % unit_ms == 0) else {
        return format!("{ms} ms");
    };
    let count = ms / unit_ms;
    format!("{count} {}", pick(language, en, fr)[usize::from(count > 1)])
}

/// A role and kind of group: `learner (class)`. Words of the presets are translated; an operator's own words are not.
pub(super) fn label(label: Option<&RoleLabel>, language: Language) -> String {
    let Some(RoleLabel { role, kind }) = label else {
        return pick(language, "users without a role", "utilisateurs sans rôle").to_owned();
    };
    let role = pick(language, role.as_str(), french(role));
    match kind.as_str() {
        "" => role.to_owned(),
        kind => format!("{role} ({})", pick(language, kind, french(kind))),
    }
}

fn french(word: &str) -> &str {
    match word {
        "learner" | "pupil" => "élève",
        "teacher" => "enseignant",
        "instructor" => "formateur",
        "parent" => "parent",
        "staff" => "personnel",
        "admin" => "administration",
        "owner" => "propriétaire",
        "member" => "membre",
        "class" => "classe",
        "subject" => "matière",
        "cycle" => "cycle",
        "course" => "cours",
        "department" => "département",
        "level" => "niveau",
        "group" => "groupe",
        "teachers" => "enseignants",
        "pupils" => "élèves",
        "parents" => "parents",
        "custom" => "autre groupe",
        "team" => "équipe",
        other => other,
    }
}

/// A number in the notation of the language: `1,204`, `1 204`.
pub(super) fn number(count: u64, language: Language) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(pick(language, ',', '\u{202f}'));
        }
        text.push(digit);
    }
    text
}

/// A part of a whole in percent; empty if the whole is zero.
pub(super) fn share(part: u64, whole: u64, language: Language) -> String {
    if whole == 0 {
        return String::new();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    let text = match percent {
        percent if percent > 0.0 && percent < 1.0 => "< 1".to_owned(),
        percent if percent < 100.0 && percent > 99.0 => "> 99".to_owned(),
        percent => format!("{percent:.0}"),
    };
    pick(language, format!("{text}%"), format!("{text}\u{202f}%"))
}

#[cfg(test)]
mod tests {
    use causerie_policy::ACTIONS;

    use super::*;

    #[test]
    fn numbers_and_percentages_are_written_as_in_the_language() {
        assert_eq!(number(1_234_567, Language::En), "1,234,567");
        assert_eq!(number(1_234, Language::Fr), "1\u{202f}234");
        assert_eq!(number(999, Language::Fr), "999");
        assert_eq!(share(1, 1_000, Language::En), "< 1%");
        assert_eq!(share(1, 2, Language::Fr), "50\u{202f}%");
        assert_eq!(share(999, 1_000, Language::En), "> 99%");
        assert_eq!(share(3, 3, Language::En), "100%");
        assert_eq!(share(0, 0, Language::En), "");
    }

    #[test]
    fn every_action_has_its_own_text_in_each_language() {
        for language in [Language::En, Language::Fr] {
            let texts: std::collections::HashSet<_> = ACTIONS.iter().map(|(_, known)| action(*known, language)).collect();
            assert_eq!(texts.len(), ACTIONS.len());
        }
    }
}
