// Texts for the tenants of the demo, as an application gives them to the messenger for its own rules. The Arabic ones are machine-translated and
// machine-checked; no native speaker has reviewed them yet.
import type { OwnTexts } from "@causerie/ui/i18n";

const texts: Readonly<Record<string, OwnTexts>> = {
  "demo-school": {
    ar: {
      reachRules:
        "التلاميذ: تلاميذ صفك ومعلموك والعاملون في مستواك الدراسي.\nالمعلمون: تلاميذك، والمعلمون والعاملون في مستواك الدراسي.\nالعاملون: جميع من في المستويات التي تشرف عليها.",
    },
    en: {
      reachRules:
        "Pupils: the pupils of your class, your teachers, and the staff of your year.\nTeachers: your pupils, and the teachers and staff of your year.\nStaff: everyone in the years that you run.",
    },
    fr: {
      reachRules:
        "Élèves\u00a0: les élèves de votre classe, vos professeurs et l’équipe de votre niveau.\nProfesseurs\u00a0: vos élèves, les professeurs et l’équipe de votre niveau.\nÉquipe\u00a0: toutes les personnes des niveaux que vous suivez.",
    },
  },
  "demo-community": {
    ar: {
      noMessagesHint: "عرّف بنفسك، وكن واضحًا، واطرح سؤالًا.",
      firstMessageHint: "عرّف بنفسك، وكن واضحًا، واطرح سؤالًا.",
      reachRules:
        "يعرض البحث جهات اتصالك والأعضاء الذين تتابعهم. يمكنك مراسلة الأعضاء الآخرين من ملفاتهم الشخصية، ما عدا من لا يرغب في تلقي الرسائل.",
    },
    en: {
      noMessagesHint: "Introduce yourself, be clear, and ask a question.",
      firstMessageHint: "Introduce yourself, be clear, and ask a question.",
      reachRules:
        "The search shows your contacts and the members you follow. You can contact other members from their profile, unless they want no messages.",
    },
    fr: {
      noMessagesHint: "Présentez-vous, soyez clair et posez une question.",
      firstMessageHint: "Présentez-vous, soyez clair et posez une question.",
      reachRules:
        "La recherche affiche vos contacts et les membres que vous suivez. Vous pouvez contacter les autres membres depuis leur profil, sauf ceux qui ne souhaitent pas de messages.",
    },
  },
  "demo-medical": {
    ar: { reachRules: "أصدقاؤك: الأشخاص الذين قبلت طلباتهم، أو الذين قبلوا طلبك." },
    en: { reachRules: "Your friends: people whose request you have accepted, or who have accepted yours." },
    fr: { reachRules: "Vos amis\u00a0: les personnes dont vous avez accepté la demande, ou qui ont accepté la vôtre." },
  },
  "demo-lms": {
    ar: {
      noConversationsWait: "سيراسلك المدربون هنا.",
      reachRules: "العاملون: المتدربون في حسابك أو قسمك.\nالمتدربون: مدربو دوراتك.",
    },
    en: {
      noConversationsWait: "Your instructors will write to you here.",
      reachRules: "Staff: the learners of your account or department.\nLearners: the instructors of your courses.",
    },
    fr: {
      noConversationsWait: "Vos formateurs vous écriront ici.",
      reachRules:
        "Équipe\u00a0: les apprenants de votre compte ou de votre service.\nApprenants\u00a0: les formateurs de vos cours.",
    },
  },
};

/** The texts for a tenant of the demo. */
export function textsOf(tenant: string): OwnTexts {
  return texts[tenant] ?? {};
}
