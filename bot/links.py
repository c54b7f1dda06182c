"""Addresses of threads, made without a call to Slack: a private answer has three seconds."""

from bot.service.chased import Links
from bot.service.lookup import Story


def links(home: str) -> Links:
    """Story -> the permalink of its card. `home`: the workspace's address, as `auth.test` tells it.

    The form is that of https://docs.slack.dev/reference/methods/chat.getPermalink; "" without a card.
    """

    def link(story: Story) -> str:
        row = story.row
        if not row.card_ts:
            return ""
        return f"{home.rstrip('/')}/archives/{row.approvals_channel}/p{row.card_ts.replace('.', '')}"

    return link
