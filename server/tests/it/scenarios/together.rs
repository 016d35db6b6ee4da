//! All five systems in one server, each with its own rules.

use causerie_client::{
    ErrorCode::{CannotStart, MessagingOff, NeedsFriend, NotFound},
    MailDraft,
};

use super::{
    System,
    facts::{member, setting},
    s0_school, s1_ent, s2_community, s3_medical, s4_lms, system,
    user::{group_recipient, user_recipient},
};

#[tokio::test]
async fn all_five_systems_work_in_one_server() {
    let cluster = system::two_nodes().await;
    let school = System::with_preset(&cluster, "school", &s0_school::facts()).await;
    let ent = System::with_preset(&cluster, "ent", &s1_ent::facts()).await;
    let community = System::with_preset(&cluster, "community", &s2_community::facts()).await;
    let medical = System::with_preset(&cluster, "medical", &s3_medical::facts()).await;
    let lms = System::with_preset(&cluster, "lms", &s4_lms::facts()).await;

    let [lea, lou] = school.users(["lea", "lou"]).await;
    let paul = ent.user("paul").await;
    let mia = community.user("mia").await;
    let doctor = medical.user("ada").await;
    let [lia, ivo] = lms.users(["lia", "ivo"]).await;

    let in_class = lea.starts_with("lou").await.expect("of her class");
    let with_teacher = lia.starts_with("ivo").await.expect("her course");
    let to_class = MailDraft { to: vec![group_recipient("pupils-6a")], text: "hello".into(), ..Default::default() };
    assert_eq!(paul.mails(to_class).await.expect("his class").reached, 2);
    mia.starts_with("pam").await.expect("by her profile");
    assert_eq!(lea.starts_with("bob").await, Err(NotFound));
    assert_eq!(doctor.starts_with("cem").await, Err(NeedsFriend));
    assert_eq!(lia.starts_with("ann").await, Err(CannotStart));

    // Users with the same name in two systems are different users, and no user reaches another system.
    let namesake = lea.starts_with("ada").await.expect("the administrator of her year");
    assert_ne!(school.user("ada").await.id().await, doctor.id().await);
    assert_eq!(doctor.lists().await, [], "the other Ada was written to");
    assert_eq!(doctor.reads(namesake).await, Err(NotFound));
    for stranger in ["lea", "pam", "ivo"] {
        assert_eq!(doctor.starts_with(stranger).await, Err(NotFound), "{stranger} is elsewhere");
    }
    let mail = MailDraft { to: vec![user_recipient("lea")], text: "hello".into(), ..Default::default() };
    assert_eq!(paul.mails(mail).await, Err(NotFound));

    // A change in one system changes nothing in the others.
    lms.import_all(&[setting("messaging", "off")]).await;
    assert_eq!(lia.writes(with_teacher, "hello").await, Err(MessagingOff));
    lou.writes(in_class, "hello").await.expect("of another account");
    school.import_all(&[member("lea", "learner", "class-a").removed()]).await;
    assert_eq!(lou.writes(in_class, "hello").await, Err(NotFound));
    lms.import_all(&[setting("messaging", "on")]).await;
    ivo.writes(with_teacher, "hello").await.expect("of another school");
}
