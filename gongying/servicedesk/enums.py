from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestKind(models.TextChoices):
    REPAIR = "repair", _("repair")
    SERVICE = "service", _("paid service")
    ENQUIRY = "enquiry", _("enquiry")
    SUGGESTION = "suggestion", _("suggestion")
    COMMENT = "comment", _("comment")
    PRAISE = "praise", _("praise")
    HELP = "help", _("help")
    COMPLAINT = "complaint", _("complaint")
    VIOLATION = "violation", _("violation")


# Two capitals in every number, the first letters of the Chinese word: BX = bao xiu (spec decision 9).
KIND_LETTERS: dict[str, str] = {
    RequestKind.REPAIR: "BX",
    RequestKind.SERVICE: "FW",
    RequestKind.ENQUIRY: "ZX",
    RequestKind.SUGGESTION: "JY",
    RequestKind.COMMENT: "YJ",
    RequestKind.PRAISE: "BY",
    RequestKind.HELP: "QZ",
    RequestKind.COMPLAINT: "TS",
    RequestKind.VIOLATION: "WG",
}

# A word to the company rather than a job: nobody is called afterwards whether it was "solved".
# Nor is anybody asked how content she is with an end that an illegal act came to.
KINDS_WITHOUT_FOLLOW_UP = (
    RequestKind.ENQUIRY,
    RequestKind.SUGGESTION,
    RequestKind.COMMENT,
    RequestKind.PRAISE,
    RequestKind.VIOLATION,
)


class RequestState(models.TextChoices):
    REGISTERED = "registered", _("to be accepted")
    ACCEPTED = "accepted", _("accepted")
    IN_PROGRESS = "in_progress", _("in progress")
    RESOLVED = "resolved", _("to be reported")
    REPORTED = "reported", _("to be followed up")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    REJECTED = "rejected", _("rejected")
    MERGED = "merged", _("merged")


class ComplaintState(models.TextChoices):
    RECEIVED = "received", _("to be acknowledged")
    ACCEPTED = "accepted", _("acceptance")
    VERIFYING = "verifying", _("verification")
    HANDLING = "handling", _("handling")
    FEEDBACK_GIVEN = "feedback_given", _("feedback")
    FOLLOWING_UP = "following_up", _("follow-up")
    IMPROVING = "improving", _("improvement")
    CLOSED = "closed", _("closed")
    WITHDRAWN = "withdrawn", _("withdrawn")


STATE_CHOICES = [
    *RequestState.choices,
    *(choice for choice in ComplaintState.choices if choice[0] not in RequestState.values),
]
OPEN_STATES = (
    "registered",
    "accepted",
    "in_progress",
    "resolved",
    "reported",
    "received",
    "verifying",
    "handling",
    "feedback_given",
    "following_up",
    "improving",
)
# Ended without having been done: nothing is paid for these.
ENDED_UNDONE = ("cancelled", "rejected", "merged", "withdrawn")
FINAL_STATES = ("closed", *ENDED_UNDONE)


class WorkState(models.TextChoices):
    OPEN = "open", _("to be assigned")
    ASSIGNED = "assigned", _("to be taken")
    ACCEPTED = "accepted", _("taken")
    EN_ROUTE = "en_route", _("on the way")
    ON_SITE = "on_site", _("on site")
    PAUSED = "paused", _("paused")
    DONE = "done", _("to be checked")
    CHECKED = "checked", pgettext_lazy("of work", "checked")
    CANCELLED = "cancelled", _("cancelled")


# The price is settled at the door, while the work goes on or when it is done.
CHARGED_IN = (WorkState.ON_SITE, WorkState.DONE, WorkState.CHECKED)
UNFINISHED_WORK = ("open", "assigned", "accepted", "en_route", "on_site", "paused")
UNFINISHED_IN_SQL = ", ".join(f"'{state}'" for state in UNFINISHED_WORK)


# A job in one of these holds its slot in its doer's day; one that is done has given it free.
HOLDING_A_SLOT = ("assigned", "accepted", "en_route", "on_site", "paused")


class DispatchMode(models.TextChoices):
    """How a job finds its doer."""

    CLAIM = "claim", _("workers claim it, or it is assigned")
    ASSIGN = "assign", _("assigned by the dispatcher only")
    ROUND_ROBIN = "round_robin", _("in turn, by itself")


class ReassignReason(models.TextChoices):
    LEAVE = "leave", _("on leave")
    OVERLOAD = "overload", _("too much work")
    SKILL = "skill", _("other skill needed")
    CUSTOMER = "customer", _("customer's wish")
    OTHER = "other", _("other reason")


class Urgency(models.TextChoices):
    CRITICAL = "critical", _("danger to life")
    URGENT = "urgent", _("urgent")
    NORMAL = "normal", _("normal")
    MINOR = "minor", _("minor")


class Payer(models.TextChoices):
    COMPANY = "company", _("property company")
    OWNER = "owner", _("owner, against payment")
    DEVELOPER = "developer", _("developer's warranty")
    MAINTENANCE_FUND = "maintenance_fund", _("maintenance fund")


class ItemKind(models.TextChoices):
    """What a line of the price list is."""

    SERVICE = "service", _("service")
    MATERIAL = "material", _("material")


class PaymentMethod(models.TextChoices):
    CASH = "cash", _("cash")
    WECHAT = "wechat", _("WeChat")
    ALIPAY = "alipay", _("Alipay")
    CARD = "card", _("bank card")
    TRANSFER = "transfer", _("bank transfer")


class Severity(models.TextChoices):
    MINOR = "minor", _("slight")
    ORDINARY = "ordinary", _("ordinary")
    SERIOUS = "serious", _("serious")
    MAJOR = "major", _("major")


class CauseCode(models.TextChoices):
    """Why a complaint arose; poor and late service are told apart (R-213), the customer's own share as well (R-226)."""

    POOR_SERVICE = "poor_service", _("service not good enough")
    LATE_SERVICE = "late_service", _("service not in time")
    ATTITUDE = "attitude", _("attitude")
    FACILITY = "facility", _("facility")
    FEES = "fees", pgettext_lazy("cause", "fees")
    NEIGHBOURS = "neighbours", _("neighbours")
    DEVELOPER = "developer", _("left over by the developer")
    CUSTOMER = "customer", _("customer's own circumstances")
    OUTSIDE = "outside", _("third party or public utility")


class PauseReason(models.TextChoices):
    CUSTOMER = "customer", _("waiting for the customer")
    PARTS = "parts", _("waiting for parts")
    THIRD_PARTY = "third_party", _("waiting for a third party")
    SAFETY = "safety", _("stopped for safety")


class Tick(models.TextChoices):
    """The etiquette of a visit at home, in the order of the visit (R-210)."""

    TOOLS_READY = "tools_ready", _("tools ready")
    COVERS_BROUGHT = "covers_brought", _("shoe covers and cloth brought")
    COVERS_ON = "covers_on", _("shoe covers on at the door")
    CLOTH_LAID = "cloth_laid", _("cloth laid out")
    SITE_CLEANED = "site_cleaned", _("site cleaned")
    ADVICE_GIVEN = "advice_given", _("points of attention told")
    FAREWELL_SAID = "farewell_said", _("farewell said")


class RequiredEvidence(models.TextChoices):
    """What a category may ask of a finished job, beside the seven ticks."""

    PHOTO_BEFORE = "photo_before", _("photo before")
    PHOTO_AFTER = "photo_after", _("photo after")
    SIGNATURE = "signature", _("signature of the customer")
    METER = "meter", _("meter reading")


class FollowUpRule(models.TextChoices):
    ALWAYS = "always", _("always")
    SAMPLE = "sample", _("a sample")
    NEVER = "never", _("not at all")


class FollowUpBy(models.TextChoices):
    ANYBODY = "anybody", _("whoever follows up")
    IN_CHARGE = "in_charge", _("who answers for the matter")
    NOT_DOER = "not_doer", _("somebody other than the doer")


class CheckMethod(models.TextChoices):
    CUSTOMER_SIGNED = "customer_signed", _("signed by the customer")
    STAFF = "staff", _("checked by staff")
    DOOR_RATING = "door_rating", _("rated by the customer at the door")
    FOLLOW_UP = "follow_up", _("confirmed at the follow-up")
    TIME_ELAPSED = "time_elapsed", _("no objection within 48 hours")


class Quality(models.TextChoices):
    """What customers want of a service, asked one by one where there is time for it (R-214)."""

    FAST = "fast", _("fast")
    SIMPLE = "simple", pgettext_lazy("service", "simple")
    RELIABLE = "reliable", _("reliable")
    VALUABLE = "valuable", _("worth it")


class NoticeChannel(models.TextChoices):
    PHONE = "phone", _("phone")
    COUNTER = "counter", _("in person")
    WECHAT = "wechat", _("WeChat")
    SMS = "sms", _("text message")
    LETTER = "letter", _("letter")
    NOTICE_BOARD = "notice_board", _("public notice")


class ClosureGround(models.TextChoices):
    SATISFIED = "satisfied", _("follow-up: solved and content")
    EXEMPT = "exempt", _("no follow-up needed")
    ANONYMOUS = "anonymous", _("anonymous, nobody to ask")
    UNREACHED = "unreached", _("not reached after three attempts")
    IMPROVED = "improved", _("root cause found")


class DecisionOutcome(models.TextChoices):
    ACCEPTED = "accepted", _("accepted as it is")
    SENT_BACK = "sent_back", _("sent back to handling")


class EscalationGround(models.TextChoices):
    TRANSFERS = "transfers", _("passed on three times")
    REWORK = "rework", _("twice not solved")
    SCORE = "score", _("lukewarm answer to be decided")
    ASKED = "asked", _("asked for help")


class TransferReason(models.TextChoices):
    LEAVE = "leave", _("on leave")
    OVERLOAD = "overload", _("too much work")
    SKILL = "skill", _("other skill needed")
    CUSTOMER = "customer", _("customer's wish")
    WRONG_DEPARTMENT = "wrong_department", _("other department responsible")
    TERRITORY = "territory", _("place served by somebody else now")
    OTHER = "other", _("other reason")


class NoteAudience(models.TextChoices):
    COLLEAGUES = "colleagues", _("to colleagues")
    CUSTOMER = "customer", _("to the customer")


class Metric(models.TextChoices):
    """What a service time is promised for, in the order in which it comes."""

    FIRST_RESPONSE = "first_response", _("first response")
    ON_SITE = "on_site", pgettext_lazy("service time", "on site")
    RESOLUTION = "resolution", _("resolution")
    FOLLOW_UP = "follow_up", _("follow-up")
    AUTHORITY_REPORT = "authority_report", _("report to the authority")


class TimeUnit(models.TextChoices):
    MINUTES = "minutes", _("minutes, day and night")
    BUSINESS_MINUTES = "business_minutes", _("minutes of business hours")
    WORKING_DAYS = "working_days", _("working days")
    CALENDAR_DAYS = "calendar_days", _("calendar days, to the end of the last one")
    AGREED = "agreed", _("the time agreed with the customer")


class Recipient(models.TextChoices):
    """Whom a step of the escalation ladder reaches (R-188)."""

    DOER = "doer", pgettext_lazy("of the ladder", "doer")
    SUPERVISOR = "supervisor", _("supervisor")
    SITE_MANAGER = "site_manager", _("site manager")
    QUALITY = "quality", _("quality department")


class ClockEnd(models.TextChoices):
    """Why a clock stopped without having been met."""

    NOT_NEEDED = "not_needed", _("not needed any more")
    OTHER_POLICY = "other_policy", _("another policy applies now")


class OrderSource(models.TextChoices):
    """Who passes matters on to the company (E-022)."""

    HOTLINE_12345 = "hotline_12345", _("12345 hotline")
    AUTHORITY = "authority", _("housing authority")
    SUBDISTRICT = "subdistrict", _("subdistrict or community office")
    MEDIA = "media", _("media")
    OTHER = "other", _("other office")


class ObjectionOutcome(models.TextChoices):
    UPHELD = "upheld", _("upheld: not our matter")
    REFUSED = "refused", _("refused: it stays with us")


class DissuasionWay(models.TextChoices):
    """How somebody was asked to stop an illegal act (E-025)."""

    SPOKEN = "spoken", _("spoken to on the spot")
    PHONE = "phone", _("phone")
    WRITTEN = "written", _("written notice")
    LOOKED_AGAIN = "looked_again", _("looked at again")


class ViolationOutcome(models.TextChoices):
    """How a violation ends."""

    HEEDED = "heeded", _("stopped and put right")
    ENFORCED = "enforced", _("dealt with by the authority")
    PASSED_ON = "passed_on", _("reported, the authority goes on with it")
    UNFOUNDED = "unfounded", _("looked into: no violation")


class LinkKind(models.TextChoices):
    """How two requests of one matter came to be two."""

    SAME = "same", _("same matter")
    SPLIT = "split", _("split off")


class ClaimGround(models.TextChoices):
    """What a customer wants to be compensated for (R-158)."""

    DAMAGE = "damage", pgettext_lazy("a claim", "damage to property")
    INJURY = "injury", pgettext_lazy("a claim", "injury")
    LOSS = "loss", pgettext_lazy("a claim", "loss or theft")
    BAD_WORK = "bad_work", pgettext_lazy("a claim", "bad work")
    DELAY = "delay", pgettext_lazy("a claim", "delay or broken promise")
    OTHER = "other", pgettext_lazy("a claim", "something else")


class ClaimState(models.TextChoices):
    """It follows from the row."""

    OPEN = "open", pgettext_lazy("a claim", "not decided")
    ASKED = "asked", pgettext_lazy("a claim", "waits for an approval")
    GRANTED = "granted", pgettext_lazy("a claim", "granted, not paid")
    PAID = "paid", pgettext_lazy("a claim", "paid")
    REFUSED = "refused", pgettext_lazy("a claim", "refused")
