//! The preset `open`: all active people of a tenant may find and write to each other.

use crate::{
    Decision,
    decision::Code,
    facts::{About, Action, Conversation, Kind, Me, Role, State, Status},
};

pub fn decide(action: Action, _me: Me, about: About) -> Decision {
    match about {
        About::Nothing => match action {
            Action::StartGroup => Decision::allow("anyone-starts-groups"),
            _ => Decision::deny("default", Code::Unsupported),
        },
        About::Person(person) => match (action, person.status) {
            (Action::Find | Action::Start, Status::Active) => Decision::allow("everyone-active"),
            (Action::Find, Status::Deactivated) => Decision::allow("everyone-known"),
            (Action::Start, Status::Deactivated) => Decision::deny("peer-active", Code::RecipientInactive),
            (Action::Find | Action::Start, Status::Removed) => Decision::deny("peer-active", Code::NotFound),
            _ => Decision::deny("default", Code::Unsupported),
        },
        About::Conversation(conversation) => in_conversation(action, conversation, true),
        About::Message { conversation, mine } => in_conversation(action, conversation, mine),
    }
}

fn in_conversation(action: Action, conversation: Conversation, mine: bool) -> Decision {
    let Some(role) = conversation.role else {
        return Decision::deny("members-only", Code::NotAMember);
    };
    match action {
        Action::Read => Decision::allow("member-reads"),
        Action::Send | Action::Edit | Action::DeleteForAll => {
            match conversation.state {
                State::Open => {}
                State::Closed => return Decision::deny("open-state", Code::Closed),
                State::Locked => return Decision::deny("open-state", Code::Locked),
            }
            if action == Action::Send {
                return match conversation.peer {
                    None | Some(Status::Active) => Decision::allow("member-sends"),
                    Some(_) => Decision::deny("peer-active", Code::RecipientInactive),
                };
            }
            if mine { Decision::allow("author-changes") } else { Decision::deny("author-changes", Code::NotAuthor) }
        }
        Action::Leave if conversation.kind == Kind::Group => Decision::allow("member-leaves"),
        Action::Rename | Action::AddMember | Action::RemoveMember
            if conversation.kind == Kind::Group && role == Role::Owner =>
        {
            Decision::allow("owner-manages")
        }
        _ => Decision::deny("default", Code::Unsupported),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Capability, Person, Policy};

    const ME: Me = Me { status: Status::Active };

    fn conversation(kind: Kind, state: State, role: Option<Role>, peer: Option<Status>) -> Conversation {
        Conversation { kind, state, role, peer }
    }

    #[test]
    fn people_table() {
        for (action, status, code) in [
            (Action::Find, Status::Active, None),
            (Action::Find, Status::Deactivated, None),
            (Action::Find, Status::Removed, Some(Code::NotFound)),
            (Action::Start, Status::Active, None),
            (Action::Start, Status::Deactivated, Some(Code::RecipientInactive)),
            (Action::Start, Status::Removed, Some(Code::NotFound)),
            (Action::Send, Status::Active, Some(Code::Unsupported)),
        ] {
            let decision = Policy::open().decide(action, ME, About::Person(Person { same: false, status }));
            assert_eq!(code_of(decision), code, "{action:?} {status:?}");
        }
    }

    #[test]
    fn whoever_is_not_active_does_nothing() {
        for status in [Status::Deactivated, Status::Removed] {
            let own = conversation(Kind::Group, State::Open, Some(Role::Owner), None);
            assert!(Policy::open().capabilities(Me { status }, own).is_empty());
            assert!(!Policy::open().decide(Action::Read, Me { status }, About::Conversation(own)).is_allowed());
        }
    }

    #[test]
    fn capabilities_table() {
        use Capability::{AddMember, Delete, Edit, Leave, RemoveMember, Rename, Send};
        for (about, expected) in [
            (conversation(Kind::Direct, State::Open, Some(Role::Member), Some(Status::Active)), vec![Send, Edit, Delete]),
            (conversation(Kind::Direct, State::Open, Some(Role::Member), Some(Status::Removed)), vec![Edit, Delete]),
            (conversation(Kind::NoteToSelf, State::Open, Some(Role::Member), None), vec![Send, Edit, Delete]),
            (conversation(Kind::Direct, State::Closed, Some(Role::Member), Some(Status::Active)), vec![]),
            (conversation(Kind::Group, State::Locked, Some(Role::Member), None), vec![Leave]),
            (conversation(Kind::Group, State::Open, Some(Role::Member), None), vec![Send, Edit, Delete, Leave]),
            (
                conversation(Kind::Group, State::Open, Some(Role::Owner), None),
                vec![Send, Edit, Delete, Rename, AddMember, RemoveMember, Leave],
            ),
            (conversation(Kind::Group, State::Open, None, None), vec![]),
        ] {
            assert_eq!(Policy::open().capabilities(ME, about), expected, "{about:?}");
        }
    }

    #[test]
    fn outsiders_are_told_nothing() {
        let decision =
            Policy::open().decide(Action::Read, ME, About::Conversation(conversation(Kind::Group, State::Open, None, None)));
        assert_eq!(decision, Decision::Deny { rule: "members-only", code: Code::NotAMember, public_code: Code::NotFound });
    }

    #[test]
    fn only_authors_change_messages() {
        let here = conversation(Kind::Group, State::Open, Some(Role::Owner), None);
        let theirs = About::Message { conversation: here, mine: false };
        for action in [Action::Edit, Action::DeleteForAll] {
            assert_eq!(code_of(Policy::open().decide(action, ME, theirs)), Some(Code::NotAuthor));
        }
    }

    fn code_of(decision: Decision) -> Option<Code> {
        match decision {
            Decision::Allow { .. } => None,
            Decision::Hold { .. } => panic!("this preset holds nothing"),
            Decision::Deny { code, .. } => Some(code),
        }
    }
}
