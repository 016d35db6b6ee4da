//! Information that users must not get: about conversations that they may not read, about users whom they can not find, and
//! about users who blocked them.

mod answers;
mod left_alone;
mod meanwhile;
mod members;
mod outputs;
mod pages;
mod revoked;

use causerie_client::{ClientId, ConversationId, Event};

use crate::{
    harness::{Cluster, within},
    scenarios::{
        Answered as _, System, User,
        facts::Row,
        system,
        user::{id, user_recipient},
    },
};

/// Rules that let a member read and write while they are a member of the product's team.
const TEAM: &str = "policy team
roles member
kinds team
relations block:own
allow find,see_profile,start mates when me member@team with them member@team
allow start_group            groups
allow read                   inside when holder and member(me) member@team
allow send,reply,edit,delete_for_all,delete_own_copy,close,reopen,delete_conversation,erase_conversation,rename,add_member,\
remove_member,leave all when holder
";

/// Rules that let all members of a group read it while it is open, and its owner always.
const CLUB: &str = "policy club
allow find,see_profile,start everyone when everyone
allow start_group            groups
allow read                   owner    when owner
allow read                   open     when holder and state=open
allow send                   all      when holder
allow close,reopen           owns     when owner
";

/// Starts a group of `a` and `b` and waits until both have joined it.
async fn club_of(a: &mut User, b: &mut User) -> ConversationId {
    let started = a.start_group([user_recipient("b")], "all", ClientId::new()).await.answer().expect("allowed");
    let here = id(&started.conversation.expect("told"));
    a.sees_joined(here).await;
    b.sees_joined(here).await;
    here
}

/// Runs a test with its own rules on an embedded server, then across two nodes.
async fn under(rules: &str, facts: &[Row], behaviour: impl AsyncFn(&System<'_>)) {
    let embedded = Cluster::embedded_with(system::without_rate_limits).await;
    behaviour(&System::with_rules(&embedded, rules, facts).await).await;
    let two = system::two_nodes().await;
    behaviour(&System::with_rules(&two, rules, facts).await).await;
}

/// All events of this device until the device leaves a conversation, or joins it again.
async fn events_until(user: &mut User, what: &str, ends: impl Fn(&Event) -> bool) -> Vec<Event> {
    let name = user.external_id.clone();
    let events = &mut user.events;
    within(&format!("{what}, for {name}"), async {
        let mut received_events = Vec::new();
        loop {
            let event = events.next().await.unwrap_or_else(|| panic!("{name} was disconnected before {what}"));
            let is_last = ends(&event);
            received_events.push(event);
            if is_last {
                return received_events;
            }
        }
    })
    .await
}

fn is_left(conversation: ConversationId) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Left(left) if *left == conversation)
}

fn is_joined(conversation: ConversationId) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::Joined(joined) if joined.id == conversation.to_string())
}
