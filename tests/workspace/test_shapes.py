"""Payloads and responses carry only keys that Slack's own carry."""

from __future__ import annotations

from typing import Any

from tests.workspace.conftest import Stage

Json = dict[str, Any]


def keys(text: str) -> set[str]:
    return set(text.split())


TEAM = {"id", "domain", "enterprise_id", "enterprise_name"}
WHO = {"id", "username", "name", "team_id"}
VIEW = keys(
    "id team_id type title submit close blocks private_metadata callback_id external_id state hash "
    "clear_on_close notify_on_close submit_disabled root_view_id previous_view_id app_id "
    "app_installed_team_id bot_id"
)
COMMON = keys(
    "type enterprise team user api_app_id token is_enterprise_install bot_access_token function_data "
    "interactivity"
)
COMMAND = keys(
    "token api_app_id team_id team_domain enterprise_id enterprise_name channel_id channel_name user_id "
    "user_name command text response_url trigger_id is_enterprise_install"
)
BLOCK_ACTIONS = COMMON | keys(
    "container trigger_id channel message response_url view state app_unfurl actions"
)
CONTAINER = keys(
    "type message_ts attachment_id channel_id view_id text is_ephemeral is_app_unfurl app_unfurl_url "
    "thread_ts"
)
# The samples know `selected_option` alone; checkboxes and multi-selects send `selected_options`.
ACTION = {"selected_options", "initial_options"} | keys(
    "action_id block_id text value type style action_ts placeholder confirm url initial_option "
    "selected_option selected_user initial_user selected_conversation initial_conversation "
    "selected_channel initial_channel min_query_length selected_date initial_date selected_time "
    "initial_time rich_text_value"
)
MESSAGE = keys(
    "type subtype team channel user username text blocks attachments ts thread_ts is_starred pinned_to "
    "reactions app_id bot_id bot_profile icons parent_user_id edited reply_count reply_users "
    "reply_users_count latest_reply subscribed last_read is_locked metadata root client_msg_id"
)
PROFILE = {"id", "deleted", "name", "updated", "app_id", "icons", "team_id"}
SUBMISSION = COMMON | {"trigger_id", "view", "is_cleared"}
CLOSED = COMMON | {"view", "is_cleared"}
ENVELOPE = {"ok", "error", "needed", "provided", "warning", "response_metadata"}
RESPONSES = {
    "auth.test": "url team user team_id user_id bot_id is_enterprise_install enterprise_id app_name app_id",
    "chat.postMessage": "channel ts message deprecated_argument errors",
    "chat.update": "channel ts text message",
    "chat.delete": "channel ts",
    "chat.postEphemeral": "message_ts",
    "chat.getPermalink": "permalink channel",
    "conversations.history": "messages has_more pin_count channel_actions_ts channel_actions_count",
    "conversations.replies": "messages has_more",
    "conversations.members": "members",
    "conversations.open": "channel no_op already_open",
    "conversations.info": "channel",
    "usergroups.users.list": "users",
    "users.info": "user",
    "views.publish": "view",
}
USER = keys(
    "id team_id name deleted color real_name tz tz_label tz_offset profile is_admin is_owner "
    "is_primary_owner is_restricted is_ultra_restricted is_bot is_app_user updated locale has_2fa "
    "is_email_confirmed who_can_share_contact_card"
)
CHANNEL = keys(
    "id name is_channel is_group is_im created is_archived is_general unlinked name_normalized is_shared "
    "creator is_ext_shared is_org_shared shared_team_ids is_pending_ext_shared is_member is_private "
    "is_mpim last_read topic purpose previous_names locale num_members context_team_id updated"
)

HOME = {"type": "home", "blocks": [{"type": "divider"}]}


def within(told: Json, known: set[str]) -> None:
    assert set(told) - known == set()


def test_payloads(stage: Stage) -> None:
    ana, app = stage.ana, stage.app
    ana.command("C0SHOW", "/ask form")
    ana.wait(ana.modal)
    within(app.last("command"), COMMAND)
    ana.fill(title="fine", touches=["face"])
    ana.click_in_modal("final|v", "yes")
    ana.wait(lambda: app.refused)
    from_view = app.last("block_actions")
    within(from_view, BLOCK_ACTIONS)
    within(from_view["view"], VIEW)
    within(from_view["container"], CONTAINER)
    within(from_view["actions"][0], ACTION)
    assert ana.submit() == {}
    sent = app.last("view_submission")
    within(sent, SUBMISSION)
    within(sent["user"], WHO)
    within(sent["team"], TEAM)
    ana.close()
    ana.command("C0SHOW", "/ask form")
    ana.wait(ana.modal)
    ana.close()
    within(app.last("view_closed"), CLOSED)
    ana.command("C0SHOW", "/ask card")
    message = ana.wait(lambda: ana.messages("C0SHOW"))[0]
    ana.press(message, "approve")
    ana.wait(ana.dms)
    from_message = app.last("block_actions")
    within(from_message, BLOCK_ACTIONS)
    within(from_message["container"], CONTAINER)
    within(from_message["message"], MESSAGE)
    within(from_message["actions"][0], ACTION)


def test_responses(silent: Stage) -> None:
    client = silent.app.client
    posted = client.chat_postMessage(channel="C0SHOW", text="x")
    told = {
        "auth.test": client.auth_test(),
        "chat.postMessage": posted,
        "chat.postEphemeral": client.chat_postEphemeral(channel="C0SHOW", user="U0ANA", text="x"),
        "chat.getPermalink": client.chat_getPermalink(channel="C0SHOW", message_ts=posted["ts"]),
        "conversations.history": client.conversations_history(channel="C0SHOW"),
        "conversations.replies": client.conversations_replies(channel="C0SHOW", ts=posted["ts"]),
        "conversations.members": client.conversations_members(channel="C0SHOW"),
        "conversations.open": client.conversations_open(users="U0ANA", return_im=True),
        "conversations.info": client.conversations_info(channel="C0SHOW", include_num_members=True),
        "usergroups.users.list": client.usergroups_users_list(usergroup="S0CREW"),
        "users.info": client.users_info(user="U0ANA", include_locale=True),
        "views.publish": client.views_publish(user_id="U0ANA", view=HOME),
        "chat.update": client.chat_update(channel="C0SHOW", ts=posted["ts"], text="y"),
        "chat.delete": client.chat_delete(channel="C0SHOW", ts=posted["ts"]),
    }
    assert set(told) == set(RESPONSES)
    for method, response in told.items():
        data = response.data
        assert isinstance(data, dict)
        within(data, ENVELOPE | set(RESPONSES[method].split()))
    for holder in ("chat.postMessage", "chat.update"):
        within(told[holder]["message"], MESSAGE)
        within(told[holder]["message"]["bot_profile"], PROFILE)
    within(told["conversations.history"]["messages"][0], MESSAGE)
    within(told["conversations.info"]["channel"], CHANNEL)
    within(told["conversations.open"]["channel"], CHANNEL | {"user"})
    within(told["users.info"]["user"], USER)
    within(told["views.publish"]["view"], VIEW)
