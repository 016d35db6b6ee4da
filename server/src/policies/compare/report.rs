//! Writes a comparison as sentences, for a reader who does not know the rule language.

use super::{
    ActionChange, Comparison, Conversations, Example, SituationChange,
    words::{Sense, action, number, pick, share},
};
use crate::{language::Language, plain::isolated};

/// The maximum number of situations that the report lists for one action.
const SITUATIONS_MAX: usize = 8;
/// The maximum number of roles that the report lists for one situation.
const ROLES_MAX: usize = 8;
/// The maximum number of examples of gains, and of losses, of one situation.
const EXAMPLES_MAX: usize = 6;

/// Writes the report.
pub(super) fn write_report(comparison: &Comparison, language: Language) -> String {
    let mut lines = vec![summary_line(comparison, language)];
    for sense in Sense::ALL {
        lines.push(String::new());
        lines.push(sense.title(language).to_owned());
        let sense_changes: Vec<&ActionChange> = comparison.actions.iter().filter(|change| change.sense == sense).collect();
        for change in sense_changes.iter().filter(|change| !change.situations.is_empty()) {
            add_action(change, language, &mut lines);
        }
        let unchanged: Vec<&str> = sense_changes
            .iter()
            .filter(|change| change.situations.is_empty())
            .map(|change| action(change.policy_action, language))
            .collect();
        if !unchanged.is_empty() {
            let nothing = pick(language, "nothing changes: ", "rien ne change : ");
            lines.push(format!("  {nothing}{}", unchanged.join(", ")));
        }
    }
    lines.push(String::new());
    lines.push(
        pick(language, "Conversations of two that exist today", "Conversations à deux qui existent aujourd’hui").to_owned(),
    );
    for (headings, found) in [
        (["come to a stop", "s’arrêtent"], &comparison.frozen),
        (["go on again", "reprennent"], &comparison.thawed),
        (["can no longer be read", "ne peuvent plus être lues"], &comparison.hidden),
        (["can be read again", "peuvent être lues à nouveau"], &comparison.shown),
    ] {
        add_conversations(pick(language, headings[0], headings[1]), found, language, &mut lines);
    }
    if comparison.conversations_left_out {
        let compared = number(comparison.conversations_compared, language);
        lines.push(pick(
            language,
            format!("  more conversations exist; compared: {compared}"),
            format!("  il en existe d’autres ; conversations examinées : {compared}"),
        ));
    }
    if !comparison.warnings.is_empty() {
        lines.push(String::new());
        lines.push(pick(language, "Warnings about the new rules", "Avertissements sur les nouvelles règles").to_owned());
        lines.extend(comparison.warnings.iter().map(|warning| format!("  {warning}")));
    }
    lines.join("\n") + "\n"
}

/// The first line: the number of users that were compared.
fn summary_line(comparison: &Comparison, language: Language) -> String {
    let (all, compared) = (number(comparison.users, language), number(comparison.compared, language));
    if comparison.compared == comparison.users {
        let plural = usize::from(comparison.users > 1);
        return pick(
            language,
            // English uses the plural for zero.
            format!("What would change for {all} active {}.", if comparison.users == 1 { "user" } else { "users" }),
            format!("Ce qui changerait pour {all} {}.", ["utilisateur actif", "utilisateurs actifs"][plural]),
        );
    }
    pick(
        language,
        format!("What would change for {all} active users: an estimate from {compared} of them, with users of each kind."),
        format!(
            "Ce qui changerait pour {all} utilisateurs actifs : estimation à partir de {compared} d’entre eux, de chaque catégorie."
        ),
    )
}

fn add_action(change: &ActionChange, language: Language, lines: &mut Vec<String>) {
    let mut concerned = Vec::new();
    for (count, en, fr) in
        [(change.losing, ["loses", "lose"], ["perd", "perdent"]), (change.gaining, ["gains", "gain"], ["gagne", "gagnent"])]
    {
        if count > 0 {
            let (users, plural) = (users(count, language), usize::from(count > 1));
            concerned.push(pick(language, format!("{users} {} it", en[plural]), format!("{users} le {}", fr[plural])));
        }
    }
    if concerned.is_empty() {
        concerned.push(pick(language, "nothing changes today", "rien ne change aujourd’hui").to_owned());
    }
    lines.push(format!(
        "  {}{} {}",
        action(change.policy_action, language),
        pick(language, ":", " :"),
        concerned.join(", ")
    ));
    for situation in change.situations.iter().take(SITUATIONS_MAX) {
        add_situation(situation, language, lines);
    }
    let more = change.situations.len().saturating_sub(SITUATIONS_MAX);
    if more > 0 {
        let plural = usize::from(more > 1);
        lines.push(pick(
            language,
            format!("    and {more} more {}", ["situation", "situations"][plural]),
            format!("    et {more} {}", ["autre situation", "autres situations"][plural]),
        ));
    }
}

fn users(count: u64, language: Language) -> String {
    let word = pick(language, ["user", "users"], ["utilisateur", "utilisateurs"])[usize::from(count > 1)];
    format!("{} {word}", number(count, language))
}

/// A count with its unit: users or pairs.
fn count_with_unit(change: &SituationChange, count: u64, language: Language) -> String {
    if !change.counts_pairs() {
        return users(count, language);
    }
    let word = match (change.has_groups, count > 1) {
        (false, false) => pick(language, "pair of users", "paire d’utilisateurs"),
        (false, true) => pick(language, "pairs of users", "paires d’utilisateurs"),
        (true, false) => pick(language, "pair of a user and a group", "paire d’un utilisateur et d’un groupe"),
        (true, true) => pick(language, "pairs of a user and a group", "paires d’un utilisateur et d’un groupe"),
    };
    format!("{} {word}", number(count, language))
}

fn add_situation(change: &SituationChange, language: Language, lines: &mut Vec<String>) {
    let title = &change.title;
    let directions = [
        (change.lost, change.losing, &change.lost_examples, '−'),
        (change.gained, change.gaining, &change.gained_examples, '+'),
    ];
    for (count, concerned, examples, sign) in directions {
        if count == 0 {
            continue;
        }
        let loses = sign == '−';
        let (amount, before) = (count_with_unit(change, count, language), number(change.before, language));
        let mut share = share(count, change.before, language);
        if !share.is_empty() {
            share = if loses { format!(" ({share})") } else { format!(", +{share}") };
        }
        let mut line = match (loses, language) {
            (true, Language::En) => format!("    {sign} {title}: lost by {amount} of {before}{share}"),
            (true, Language::Fr) => format!("    {sign} {title} : perdu par {amount} sur {before}{share}"),
            (false, Language::En) => format!("    {sign} {title}: gained by {amount} (today {before}{share})"),
            (false, Language::Fr) => format!("    {sign} {title} : gagné par {amount} (aujourd’hui {before}{share})"),
        };
        if change.counts_pairs() {
            let users = users(concerned, language);
            line.push_str(&pick(language, format!("; it concerns {users}"), format!(" ; cela concerne {users}")));
        }
        lines.push(line);
        let roles = change.roles.iter().filter(|role| if loses { role.lost > 0 } else { role.gained > 0 });
        for role in roles.take(ROLES_MAX) {
            let count = number(if loses { role.lost } else { role.gained }, language);
            let (before, users) =
                (number(role.before, language), users(if loses { role.losing } else { role.gaining }, language));
            let role_users = number(role.users, language);
            let title = &role.title;
            let pairs = match (loses, language) {
                (true, Language::En) => format!("{count} of {before}"),
                (true, Language::Fr) => format!("{count} sur {before}"),
                (false, Language::En) => format!("{count} (today {before})"),
                (false, Language::Fr) => format!("{count} (aujourd’hui {before})"),
            };
            lines.push(pick(
                language,
                format!("        {title}: {pairs}; {users} of {role_users}"),
                format!("        {title} : {pairs} ; {users} sur {role_users}"),
            ));
        }
        if !examples.is_empty() {
            let example_texts: Vec<String> =
                examples.iter().take(EXAMPLES_MAX).map(|example| example_text(example, change.counts_pairs())).collect();
            lines.push(format!("        {}{}", pick(language, "for example: ", "par exemple : "), example_texts.join("; ")));
        }
    }
}

fn example_text(example: &Example, is_pair: bool) -> String {
    let from = isolated(&example.from);
    if is_pair { format!("{from} → {}", isolated(&example.to)) } else { from.into_owned() }
}

fn add_conversations(heading: &str, found: &Conversations, language: Language, lines: &mut Vec<String>) {
    lines.push(format!("  {heading}{} {}", pick(language, ":", " :"), number(found.count, language)));
    for example in found.examples.iter().take(EXAMPLES_MAX) {
        lines.push(format!("    {} → {}", isolated(&example.from), isolated(&example.to)));
    }
}
