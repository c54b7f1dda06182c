"""How to read a no from Slack: whether waiting mends it, and whether it may have been done all the same."""

from typing import Final

from slack_sdk.errors import SlackApiError

# Slack says of these that part of the work may have been done before they arose.
_HALF_DONE: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})

# Slack's own trouble, or the whole app's: waiting or a new token mends these, and no row is to blame.
_PASSING: Final = _HALF_DONE | {
    "ratelimited",
    "rate_limited",
    "team_added_to_org",
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
}


def lasting(error: SlackApiError) -> bool:
    """Waiting does not mend it: a person has to. An answer that is not Slack's own (a proxy's) is passing."""
    return _answered(error) and error.response.get("error") not in _PASSING


def not_done(error: SlackApiError) -> bool:
    """Slack refused the call and did nothing; a 429, say. Any other failure leaves the outcome open."""
    return error.response.status_code == 429 or (
        _answered(error) and error.response.get("error") not in _HALF_DONE
    )


def _answered(error: SlackApiError) -> bool:
    return error.response.status_code == 200 and str(error.response.get("error")).isidentifier()
