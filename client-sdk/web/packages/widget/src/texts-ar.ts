// Machine-translated into Modern Standard Arabic and machine-checked. No native speaker has reviewed these texts yet. Loaded by the session.
import type { DialogTexts } from "./dialog.js";
import type { ElementTexts } from "./element-texts.js";
import type { LauncherTexts } from "./texts.js";

/** All texts of the widget. The sentences with a number fit each number. */
export const ar: LauncherTexts & ElementTexts & DialogTexts & Record<string, string> = {
  direction: "rtl",
  launcher: "الرسائل",
  launcherOneUnread: "الرسائل، رسالة واحدة غير مقروءة",
  launcherUnread: "الرسائل، غير المقروءة: {count}",
  closePanel: "إغلاق الرسائل",
  dismissPeek: "إخفاء",
  badgeOneUnread: "رسالة واحدة غير مقروءة",
  badgeUnread: "الرسائل غير المقروءة: {count}",
  contact: "مراسلة",
  contactAsk: "طلب التواصل",
  contactSent: "أُرسل الطلب",
  contactAccept: "قبول الطلب",
  panelLoading: "جارٍ التحميل…",
  panelFailed: "تعذّر تحميل الرسائل.",
  panelRetry: "إعادة المحاولة",
};
