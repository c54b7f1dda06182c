"""users.* and usergroups.*: who is who."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from .methods import Args, Method
from .refusals import Refused
from .scene import APP_ID, BOT_ID, BOT_USER, Figure, Group
from .workspace import Workspace

Json = dict[str, Any]


def _info(workspace: Workspace, args: Args) -> Json:
    user = args.text("user")
    if user == BOT_USER:
        return {"user": _bot(workspace)}
    person = workspace.people.get(user)
    if person is None:
        raise Refused("user_not_found")
    told = _person(workspace, person)
    return {"user": told | ({"locale": "en-US"} if args.flag("include_locale") else {})}


def _dnd(workspace: Workspace, args: Args) -> Json:
    """Nobody here rests: they can all be clicked."""
    if args.text("user") not in workspace.people:
        raise Refused("user_not_found")
    never = {"next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    return {"dnd_enabled": False, **never, "snooze_enabled": False}


def _list(workspace: Workspace, args: Args) -> Json:
    everyone = [_person(workspace, person) for person in workspace.people.values()]
    return {"members": [*everyone, _bot(workspace)], "response_metadata": {"next_cursor": ""}}


def _by_email(workspace: Workspace, args: Args) -> Json:
    for person in workspace.people.values():
        if _email(workspace, person) == args.text("email").lower() and not person.deleted:
            return {"user": _person(workspace, person)}
    raise Refused("users_not_found")


def _groups(workspace: Workspace, args: Args) -> Json:
    with_users = args.flag("include_users")
    return {"usergroups": [_group(workspace, group, with_users) for group in workspace.groups.values()]}


def _group_users(workspace: Workspace, args: Args) -> Json:
    group = workspace.groups.get(args.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}


def _email(workspace: Workspace, person: Figure) -> str:
    return f"{person.handle}@{workspace.scene.team.domain}.example".lower()


def _person(workspace: Workspace, person: Figure) -> Json:
    told: Json = {
        "id": person.id,
        "team_id": workspace.scene.team.id,
        "name": person.handle,
        "deleted": person.deleted,
        "profile": _profile(workspace, person),
        "is_bot": False,
        "is_app_user": False,
        "updated": 0,
    }
    if person.deleted:
        return told
    zone = workspace.clock().astimezone(ZoneInfo(person.tz))
    offset = zone.utcoffset()
    flags = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted")
    return told | {
        "real_name": person.name,
        "color": "4a6fa5",
        "tz": person.tz,
        "tz_label": zone.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        **dict.fromkeys(flags, False),
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def _profile(workspace: Workspace, person: Figure) -> Json:
    first, _, last = person.name.partition(" ")
    blank = ("phone", "skype", "status_text", "status_emoji", "avatar_hash")
    profile: Json = {
        **dict.fromkeys(blank, ""),
        "title": person.title,
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.handle,
        "display_name_normalized": person.handle,
        "status_expiration": 0,
        "first_name": first,
        "last_name": last,
        "team": workspace.scene.team.id,
    }
    if "users:read.email" in workspace.manifest.scopes:
        profile["email"] = _email(workspace, person)
    return profile


def _bot(workspace: Workspace) -> Json:
    name = workspace.manifest.name
    return {
        "id": BOT_USER,
        "team_id": workspace.scene.team.id,
        "name": name.lower().replace(" ", "_"),
        "deleted": False,
        "real_name": name,
        "tz": "America/Los_Angeles",
        "profile": {"real_name": name, "display_name": "", "bot_id": BOT_ID, "api_app_id": APP_ID},
        "is_bot": True,
        "is_app_user": False,
        "updated": 0,
    }


def _group(workspace: Workspace, group: Group, with_users: bool) -> Json:
    told: Json = {
        "id": group.id,
        "team_id": workspace.scene.team.id,
        "is_usergroup": True,
        "name": group.handle,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "user_count": len(group.members),
    }
    return told | ({"users": list(group.members)} if with_users else {})


PEOPLE_METHODS = {
    "users.info": Method(_info, ("users:read",)),
    "dnd.info": Method(_dnd, ("dnd:read",)),
    "users.list": Method(_list, ("users:read",)),
    "users.lookupByEmail": Method(_by_email, ("users:read.email",)),
    "usergroups.list": Method(_groups, ("usergroups:read",)),
    "usergroups.users.list": Method(_group_users, ("usergroups:read",)),
}
