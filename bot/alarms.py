"""What the operators are told, because nobody else can mend it."""

from bot.rich_text import typed
from bot.service.lookup import Story
from bot.wording import listed
from policy.directory import Directory

_MENDS = {
    "not_in_channel": "Invite the app to that channel",
    "channel_not_found": "Check the channel in the directory, and invite the app to it if it is private",
    "is_archived": "Unarchive the channel, or name another one in the directory",
    "user_disabled": "The account is deactivated: tell them another way, or change the directory",
    "user_not_found": "Check the person in the directory",
    "missing_scope": "Install the app again with the shipped manifest; clearance doctor names the scope",
}


def unassigned(story: Story) -> str:
    """Nobody can sign some topic of a request."""
    row = story.row
    topics = listed([each.topic.value for each in story.sign_offs if not each.contact])
    return (
        f":rotating_light: Nobody can sign *{row.label}* for {topics} on {typed(row.production)}: "
        "the contact filed it and has no backup. Name a backup or another contact in the directory, "
        "then restart."
    )


def undelivered(label: str, recipient: str, error: str, waits: bool) -> str:
    """Something about a request cannot be said. `waits`: it is still being tried."""
    where = f"<@{recipient}>" if recipient[:1] in ("U", "W") else f"<#{recipient}>"
    about = f" about *{label}*" if label else ""
    if waits:
        return (
            f":warning: What there is to say{about} does not get through to {where} (`{typed(error)}`). "
            "Nothing is lost: it is being tried again and again."
        )
    mend = _MENDS.get(error, "Run clearance doctor, and read the app's log")
    return (
        f":rotating_light: What there is to say{about} cannot be posted to {where} (`{typed(error)}`). "
        f"{mend}; then restart the app: it tries again what it could not say."
    )


def unreachable(key: str, directory: Directory) -> str:
    """A contact has no working Slack account."""
    contact = directory.contacts.get(key)
    if contact is None:
        return f":warning: {typed(key)} has left the directory."
    decides = [each.title for each in directory.productions.values() if key in each.contacts()]
    backup = directory.contacts[contact.backup].name if contact.backup else ""
    stands_in = f"{typed(backup)} can sign for them" if backup else "Nobody stands in for them"
    role = f"decides for {typed(listed(decides))}" if decides else "is a backup"
    return (
        f":rotating_light: {typed(contact.name)} ({typed(key)}) cannot be reached: `{contact.slack}` is "
        f"deactivated or unknown in Slack. Yet {typed(contact.name)} {role}. {stands_in}. "
        "Name somebody else in the directory, then restart."
    )
