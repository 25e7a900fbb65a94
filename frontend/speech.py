"""What the scripts of drafts say."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def speech() -> dict:
    """Name -> words, in the language of the thread; static/frontend/pwa reads them."""
    return {
        "sent": _("Your report has been sent."),
        "follow": _("Follow this report"),
        "all": _("Drafts and reports of this device"),
        "kept": _("The network does not answer: this page is the one kept on your device."),
        "leavingTitle": _("Erase your drafts from this device?"),
        "leaving": _("Not sent yet, still on this device: {count}. If others use it, erase them."),
        "erase": _("Erase and sign out"),
        "keep": _("Keep them and sign out"),
        "stay": _("Stay signed in"),
        "offer": _("You have a draft of {day}"),
        "resume": _("Take it up again"),
        "resumed": _("Your draft is back. Check it, then send it."),
        "drop": _("Delete"),
        "dropNamed": _("Delete “{title}”"),
        "full": _("This device cannot keep a draft. Do not leave this page before you have sent it."),
        "sending": _("Sending…"),
        "offlineTitle": _("You are offline"),
        "offline": _("Write all the same: it is kept on this device and leaves by itself when the network is back."),
        "queued": _("It is kept, and will leave by itself."),
        "queuedOffline": _("There is no network. You may close this page: your report leaves when there is one."),
        "queuedBusy": _("Many reports came from your connection. Yours leaves by itself in about ten minutes."),
        "queuedTrouble": _(
            "Our service does not answer, and that is our fault. Your report leaves as soon as it does."
        ),
        "another": _("Write another report"),
        "missing": _("It can leave by itself once you have said:"),
        "refused": _("A report has not left: the town asks for something more."),
        "complete": _("Complete it"),
        "states": {
            "draft": _("Draft"),
            "queued": _("To send"),
            "fix": _("To correct"),
            "expired": _("Too old"),
            "held": _("Waits for you"),
            "sent": pgettext("a report", "Sent"),
        },
        "noDrafts": _("Nothing waits here."),
        "noSent": _("Nothing has been sent from this device."),
        "untitled": _("Report without a text"),
        "written": _("Written on {day}"),
        "sentOn": _("Sent on {day}"),
        "waiting": _("Leaves by itself as soon as there is a network."),
        "next": _("The service could not take it yet. Next try on {day}."),
        "expired": _("Written more than thirty days ago: check that it still holds before you send it."),
        "held": _("It was written under another account, or without one. Nothing leaves in your name without you."),
        "foreign": _("A draft of an account that is not signed in here. Sign in to see it."),
        "fix": _("The town asks for something more. Open it, and send it again."),
        "edit": _("Edit"),
        "send": _("Send now"),
        "sendAsMe": _("Send with my account"),
        "sendAnyway": _("Send without an account"),
    }
