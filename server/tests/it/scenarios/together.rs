//! All five in one server, each by its own rules.

use causerie_client::{
    ErrorCode::{CannotStart, MessagingOff, NeedsFriend, NotFound},
    MailDraft,
};

use super::{
    System,
    facts::{member, setting},
    person::{all_of, one},
    s0_school, s1_ent, s2_community, s3_medical, s4_lms, system,
};

#[tokio::test]
async fn all_five_systems_live_in_one_server() {
    let cluster = system::two_nodes().await;
    let school = System::of(&cluster, "school", &s0_school::facts()).await;
    let ent = System::of(&cluster, "ent", &s1_ent::facts()).await;
    let community = System::of(&cluster, "community", &s2_community::facts()).await;
    let medical = System::of(&cluster, "medical", &s3_medical::facts()).await;
    let lms = System::of(&cluster, "lms", &s4_lms::facts()).await;

    let [lea, lou] = school.people(["lea", "lou"]).await;
    let paul = ent.person("paul").await;
    let mia = community.person("mia").await;
    let doctor = medical.person("ada").await;
    let [lia, ivo] = lms.people(["lia", "ivo"]).await;

    let in_class = lea.starts_with("lou").await.expect("of her class");
    let with_teacher = lia.starts_with("ivo").await.expect("her course");
    let to_class = MailDraft { to: vec![all_of("pupils-6a")], text: "hello".into(), ..Default::default() };
    assert_eq!(paul.mails(to_class).await.expect("his class").reached, 2);
    mia.starts_with("pam").await.expect("by her profile");
    assert_eq!(lea.starts_with("bob").await, Err(NotFound));
    assert_eq!(doctor.starts_with("cem").await, Err(NeedsFriend));
    assert_eq!(lia.starts_with("ann").await, Err(CannotStart));

    // Two people of the same name in two systems are two people, and nobody reaches across.
    let namesake = lea.starts_with("ada").await.expect("the administrator of her year");
    assert_ne!(school.person("ada").await.id().await, doctor.id().await);
    assert_eq!(doctor.lists().await, [], "the other Ada was written to");
    assert_eq!(doctor.reads(namesake).await, Err(NotFound));
    for stranger in ["lea", "pam", "ivo"] {
        assert_eq!(doctor.starts_with(stranger).await, Err(NotFound), "{stranger} is elsewhere");
    }
    let mail = MailDraft { to: vec![one("lea")], text: "hello".into(), ..Default::default() };
    assert_eq!(paul.mails(mail).await, Err(NotFound));

    // What changes in one changes nothing in the others.
    lms.learns(&[setting("messaging", "off")]).await;
    assert_eq!(lia.writes(with_teacher, "hello").await, Err(MessagingOff));
    lou.writes(in_class, "hello").await.expect("of another account");
    school.learns(&[member("lea", "learner", "class-a").gone()]).await;
    assert_eq!(lou.writes(in_class, "hello").await, Err(NotFound));
    lms.learns(&[setting("messaging", "on")]).await;
    ivo.writes(with_teacher, "hello").await.expect("of another school");
}
