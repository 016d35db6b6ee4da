//! Tests for each preset which actions user `a` may perform about user `b` in two cases: after `b` blocked `a`, and after a
//! change of facts for which the rules no longer let `a` reach `b`.

use crate::{ACTIONS, PRESETS, Policy, ResourceType};

/// For each preset: its name, the facts of a world in which `a` and `b` reach each other, a block by `b`, another fact that
/// ends the reach, and a table. The table has one row for each action of `a` about `b`, with the answers after the block and
/// after the other fact. Conversations are direct, and `a` is the author of the messages.
const TABLES: [(&str, &str, &str, &str, &str); 6] = [
    (
        "open",
        "user a\nuser b",
        "relation b -block-> a",
        "user b status=deactivated",
        "find                not_found    not_found
         see_profile         not_found    allow
         start               not_found    recipient_inactive
         request             unsupported  unsupported
         accept              unsupported  unsupported
         unrelate            unsupported  unsupported
         block               allow        recipient_inactive
         send                not_found    recipient_inactive
         reply               unsupported  unsupported
         edit                not_found    recipient_inactive
         delete_for_all      not_found    recipient_inactive
         delete_own_copy     unsupported  unsupported
         close               unsupported  unsupported
         reopen              unsupported  unsupported
         delete_conversation unsupported  unsupported
         erase_conversation  unsupported  unsupported
         rename              unsupported  unsupported
         add_member          unsupported  unsupported
         remove_member       unsupported  unsupported
         leave               unsupported  unsupported
         read                allow        allow",
    ),
    (
        "school",
        "group c class\nuser a learner@c\nuser b learner@c",
        "relation b -block-> a",
        "no member b learner@c",
        "find                not_found    not_found
         see_profile         not_found    not_found
         start               not_found    not_found
         request             not_found    not_found
         accept              not_found    not_found
         unrelate            not_found    not_found
         block               allow        not_found
         send                not_found    not_found
         reply               unsupported  unsupported
         edit                unsupported  unsupported
         delete_for_all      unsupported  unsupported
         delete_own_copy     unsupported  unsupported
         close               unsupported  unsupported
         reopen              unsupported  unsupported
         delete_conversation unsupported  unsupported
         erase_conversation  unsupported  unsupported
         rename              unsupported  unsupported
         add_member          unsupported  unsupported
         remove_member       unsupported  unsupported
         leave               unsupported  unsupported
         read                allow        allow",
    ),
    (
        "ent",
        "group p pupils\nedge p -> p\nuser a pupil@p\nuser b pupil@p",
        "relation b -block-> a",
        "no edge p -> p",
        "find                not_found    not_found
         see_profile         not_found    not_found
         start               not_found    not_found
         request             not_found    not_found
         accept              not_found    not_found
         unrelate            not_found    not_found
         block               allow        allow
         send                unsupported  unsupported
         reply               allow        allow
         edit                unsupported  unsupported
         delete_for_all      unsupported  unsupported
         delete_own_copy     allow        allow
         close               unsupported  unsupported
         reopen              unsupported  unsupported
         delete_conversation allow        allow
         erase_conversation  unsupported  unsupported
         rename              unsupported  unsupported
         add_member          unsupported  unsupported
         remove_member       unsupported  unsupported
         leave               unsupported  unsupported
         read                allow        allow",
    ),
    (
        "community",
        "setting delete all\nuser a\nuser b\nrelation a -contact-> b",
        "relation b -block-> a",
        "user b status=deactivated",
        "find                not_found    not_found
         see_profile         not_found    allow
         start               not_found    recipient_inactive
         request             allow        recipient_inactive
         accept              unsupported  unsupported
         unrelate            unsupported  unsupported
         block               allow        recipient_inactive
         send                not_found    recipient_inactive
         reply               unsupported  unsupported
         edit                unsupported  unsupported
         delete_for_all      unsupported  unsupported
         delete_own_copy     unsupported  unsupported
         close               not_found    allow
         reopen              not_found    recipient_inactive
         delete_conversation allow        allow
         erase_conversation  not_found    recipient_inactive
         rename              unsupported  unsupported
         add_member          unsupported  unsupported
         remove_member       unsupported  unsupported
         leave               unsupported  unsupported
         read                allow        allow",
    ),
    (
        "medical",
        "user a\nuser b\nrelation a -friend- b",
        "relation b -block-> a",
        "no relation a -friend- b",
        "find                not_found    allow
         see_profile         not_found    allow
         start               not_found    needs_friend
         request             not_found    allow
         accept              not_found    unsupported
         unrelate            allow        unsupported
         block               allow        allow
         send                not_found    needs_friend
         reply               unsupported  unsupported
         edit                unsupported  unsupported
         delete_for_all      unsupported  unsupported
         delete_own_copy     unsupported  unsupported
         close               unsupported  unsupported
         reopen              unsupported  unsupported
         delete_conversation unsupported  unsupported
         erase_conversation  unsupported  unsupported
         rename              unsupported  unsupported
         add_member          unsupported  unsupported
         remove_member       unsupported  unsupported
         leave               unsupported  unsupported
         read                allow        allow",
    ),
    (
        "lms",
        "setting author_deletes on\nuser a owner\nuser b learner",
        "relation b -block-> a",
        "setting messaging off",
        "find                not_found    allow
         see_profile         not_found    allow
         start               not_found    messaging_off
         request             unsupported  unsupported
         accept              unsupported  unsupported
         unrelate            unsupported  unsupported
         block               unsupported  unsupported
         send                not_found    messaging_off
         reply               unsupported  unsupported
         edit                unsupported  unsupported
         delete_for_all      not_found    messaging_off
         delete_own_copy     allow        allow
         close               unsupported  unsupported
         reopen              unsupported  unsupported
         delete_conversation allow        allow
         erase_conversation  unsupported  unsupported
         rename              unsupported  unsupported
         add_member          unsupported  unsupported
         remove_member       unsupported  unsupported
         leave               unsupported  unsupported
         read                allow        allow",
    ),
];

/// Actions that the other user notices. A user who may not send must not perform any of them.
const VISIBLE_TO_OTHER_USER: [&str; 9] =
    ["start", "send", "edit", "delete_for_all", "reopen", "erase_conversation", "rename", "add_member", "remove_member"];

/// The resource of an action, in the notation of a table of cases.
fn resource_text(action: &str, preset: &str) -> String {
    let relation = if preset == "medical" { "friend" } else { "block" };
    match action {
        "request" | "accept" | "unrelate" | "block" => format!("b/{relation}"),
        "find" | "see_profile" | "start" => "b".to_owned(),
        "reopen" => "direct/b/closed".to_owned(),
        _ => "direct/b".to_owned(),
    }
}

#[test]
fn every_preset_answers_every_action_after_a_block_and_after_lost_reach() {
    let mut wrong = Vec::new();
    for ((preset, world, block, loss, rows), (known, text)) in TABLES.iter().zip(PRESETS) {
        assert_eq!(*preset, known, "a table per preset, in their order");
        let policy = Policy::parse(text).unwrap();
        let rows: Vec<[&str; 3]> = rows
            .lines()
            .map(|row| row.split_whitespace().collect::<Vec<_>>().try_into().expect("an action and two answers"))
            .collect();
        for (name, action) in ACTIONS {
            let has_row = rows.iter().any(|[row, ..]| *row == name);
            let needs_row = matches!(action.resource_type(), ResourceType::User | ResourceType::Conversation);
            assert_eq!(has_row, needs_row, "{preset}: `{name}` needs a row");
        }
        for (column, change) in [(1, block), (2, loss)] {
            let expected = rows.iter().map(|row| {
                let (action, answer) = (row[0], row[column]);
                let answer = if answer == "allow" { "allow".to_owned() } else { format!("deny {answer}") };
                format!("expect a {action} {} {answer}\n", resource_text(action, preset))
            });
            let cases = format!("{world}\n{change}\n{}", expected.collect::<String>());
            let report = policy.test(&cases).unwrap_or_else(|problems| panic!("{preset}: {problems:?}\n{cases}"));
            let failures = report.failures.iter();
            wrong.extend(failures.map(|failure| format!("{preset}, after `{change}`: {}", failure.message)));
        }
        for [action, block, _] in &rows {
            let is_refused = *block != "allow";
            assert!(is_refused || !VISIBLE_TO_OTHER_USER.contains(action), "{preset}: a blocked user may {action}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_user_who_may_not_send_can_change_nothing_under_any_rules() {
    let policy = "policy p\nrelations block:own\ndeny send blocked when them -block-> me code not_found\nallow read,send,edit,\
                  delete_for_all,reopen,erase_conversation,rename,add_member,remove_member,leave all when holder\n\
                  otherwise edit,rename late code window_over";
    let policy = Policy::parse(policy).unwrap();
    let cases = "user a
        user b
        expect a edit direct/b                allow all
        expect a edit direct/b/theirs         allow all
        expect a delete_for_all direct/b      allow all
        expect a rename direct/b              allow all
        expect a reopen direct/b/closed       allow all
        expect a erase_conversation direct/b  allow all
        relation b -block-> a
        expect a edit direct/b                deny not_found blocked
        expect a delete_for_all direct/b      deny not_found blocked
        expect a rename direct/b              deny not_found blocked
        expect a reopen direct/b/closed       deny not_found blocked
        expect a erase_conversation direct/b  deny not_found blocked
        expect a read direct/b                allow all
        expect b edit direct/a                allow all
        # A mail is one message for ever.
        expect b send mail                    deny unsupported
        expect b edit mail                    deny unsupported
        expect b rename mail                  deny unsupported";
    assert_eq!(policy.test(cases).unwrap().failures, []);
}

#[test]
fn only_groups_get_and_lose_members_under_any_rules() {
    let policy = "policy p\nallow read,send,add_member,remove_member,leave all when holder";
    let policy = Policy::parse(policy).unwrap();
    let mut cases = "user a\nuser b\n".to_owned();
    for action in ["add_member", "remove_member", "leave"] {
        for conversation in ["note_to_self", "direct/b", "mail", "mail/owner"] {
            cases.push_str(&format!("expect a {action} {conversation} deny unsupported\n"));
        }
        cases.push_str(&format!("expect a {action} group allow all\n"));
    }
    assert_eq!(policy.test(&cases).unwrap().failures, []);
}

#[test]
fn a_member_who_may_not_read_can_only_leave() {
    let policy = "policy p\nroles member\nkinds team\nallow read inside when holder and member(me) member@team\nallow send,\
                  reply,edit,delete_for_all,delete_own_copy,close,reopen,delete_conversation,erase_conversation,rename,\
                  add_member,remove_member,leave all when holder";
    let policy = Policy::parse(policy).unwrap();
    assert!(!policy.members_read());
    let mut cases = "group t team\nuser a member@t\nuser b\n".to_owned();
    for (name, action) in ACTIONS.iter().filter(|(_, action)| action.resource_type() == ResourceType::Conversation) {
        cases.push_str(&format!("expect a {name} group/owner allow\n"));
        let leaves = matches!(action, crate::Action::Leave | crate::Action::DeleteConversation);
        cases.push_str(&format!("expect b {name} group/owner {}\n", if leaves { "allow" } else { "deny unsupported" }));
    }
    assert_eq!(policy.test(&cases).unwrap().failures, []);
}

#[test]
fn every_member_reads_only_if_a_rule_requires_nothing_but_membership() {
    for (_, text) in PRESETS {
        assert!(Policy::parse(text).unwrap().members_read());
    }
    for (rules, expected) in [
        ("allow read all when holder", true),
        ("allow read all", true),
        ("allow read open when holder and state=open\nallow read all when holder", true),
        ("allow read all when holder\ndeny read closed when state=closed", false),
        ("allow read all when holder unless state=closed", false),
        ("allow read open when holder and state=open", false),
        ("allow send all when holder", false),
    ] {
        assert_eq!(Policy::parse(&format!("policy p\n{rules}")).unwrap().members_read(), expected, "{rules}");
    }
}

#[test]
fn rules_narrow_answers_by_the_age_and_author_of_a_message() {
    let policy = "policy p\nallow read all when holder\nallow reply soon when holder and age<30d\notherwise reply late code window_over";
    let policy = Policy::parse(policy).unwrap();
    let cases = "user a\nexpect a reply mail allow soon\nexpect a reply mail/age=29d allow soon\nexpect a reply mail/age=30d \
                 deny window_over late";
    assert_eq!(policy.test(cases).unwrap().failures, []);
}
