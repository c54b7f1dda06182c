"""The scopes of Slack that the app asks for, each with its reason; manifest.yml lists exactly these."""

from collections.abc import Mapping
from types import MappingProxyType

NEEDED_SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "commands": "offers /genai-request",
        "chat:write": "posts and updates cards, reminders and answers",
        "im:write": "opens direct messages with requesters, contacts and operators",
        "users:read": "looks up whether contacts still exist and in which time zone they are",
        "dnd:read": "shows, as a hint, that whoever is waited for has do-not-disturb on",
        "usergroups:read": "looks up who belongs to a user group that may file requests",
        "channels:read": "looks up public approvals channels and whether the app is in them",
        "groups:read": "looks up private approvals channels and whether the app is in them",
        "channels:history": "finds a lost post in a public channel before it is said again",
        "groups:history": "finds a lost post in a private channel before it is said again",
        "im:history": "finds a lost direct message before it is said again",
    }
)
