"""The composition root: the only place that builds the parts and puts them together."""

import logging
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot import listeners, wire
from bot.calendars import Calendars, Countries
from bot.delivery import Delivery
from bot.groups import Groups
from bot.http import Front, serving
from bot.in_hand import InHand
from bot.links import links
from bot.pace import Pace
from bot.roll import call_the_roll
from bot.scheduler import Scheduler, Tick
from bot.service.announce import announce_unreachable
from bot.service.chase import chase
from bot.service.desk import Desk
from bot.service.reassign import reassign
from bot.service.rounds import come_round, sync_rounds
from bot.settings import Settings
from bot.socket_mode import SocketMode
from policy.authority import Authority
from policy.directory import Directory, parse_directory
from policy.faults import Fault, Invalid
from policy.library import book_on
from policy.rulebook import Rulebook
from policy.text import read_books
from storage import notices, schema, search
from storage.database import StorageError, checkpoint, one_bot, open_database
from storage.errors import NoSearch

_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, aware; the demo passes a clock of its own."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clearance:
    """A running bot."""

    desk: Desk
    delivery: Delivery
    groups: Groups
    bolt: App
    scheduler: Scheduler
    in_hand: InHand


def read_directory(settings: Settings) -> Directory:
    """The directory file, or Invalid with every fault in it."""
    path = settings.directory
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        says = "there is no such file; copy directory.example.toml and put your productions and contacts in"
        raise Invalid([Fault(str(path), None, "", says)]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid([Fault(str(path), None, "", f"it cannot be read: {error}")]) from None
    return parse_directory(text, str(path), known_countries=Countries())


def slack_client(settings: Settings) -> WebClient:
    """One client for everything: no retries of its own, one TLS context."""
    return WebClient(
        token=settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None,
        base_url=settings.slack_api_url,
        # The SDK's default handler posts again when a connection drops after sending: two messages.
        retry_handlers=[],
        # Building a context costs 19 ms, and the client would build one for each call.
        ssl=ssl.create_default_context(),
        timeout=10,
    )


def assemble(
    settings: Settings, stack: ExitStack, clock: Clock = utc_now, pace: Pace | None = None
) -> Clearance:
    """Build every part. Whatever must be closed is left to `stack`; nothing listens or delivers yet."""
    directory = read_directory(settings)
    shelf = load_shelf(directory, clock().date())
    stack.enter_context(one_bot(settings.database_url))
    database = open_database(settings.database_url)
    stack.callback(database.close)
    schema.upgrade(database)
    if not search.available(database):
        _log.warning("%s", NoSearch())
    # Read while Slack is waited for: the first who asks shall not wait for it.
    reading = threading.Thread(target=read_books, name="patterns", daemon=True)
    reading.start()
    client = slack_client(settings)
    identity = client.auth_test()
    authority = Authority(directory, home_team=str(identity["team_id"]))
    due = threading.Event()
    desk = Desk(database, authority, shelf, Calendars(directory), clock, due.set)
    in_hand = InHand()
    delivery = Delivery(desk, client, due, pace, in_hand.give_way)
    groups = Groups(client, _requester_groups(directory))
    executor = ThreadPoolExecutor(max_workers=8, thread_name_prefix="listener")
    stack.callback(executor.shutdown)
    # It warns that our token is not used, which is what `authorize` is for.
    logging.getLogger("slack_bolt.App").addFilter(lambda said: "will be ignored" not in said.getMessage())
    bolt = _bolt(settings, client, identity, executor)
    link = links(str(identity["url"]))
    homes = listeners.register(bolt, desk, client, groups, link, in_hand.give_way)
    stack.callback(homes.stop)
    reading.join()
    return Clearance(desk, delivery, groups, bolt, Scheduler(_ticks(desk, client, in_hand)), in_hand)


def _bolt(settings: Settings, client: WebClient, identity: SlackResponse, executor: Executor) -> App:
    return App(
        client=client,
        name="clearance",  # else Bolt looks through every module that is loaded for its caller
        # One workspace: who we are is known since start, so no listener waits for auth.test.
        authorize=lambda: AuthorizeResult.from_auth_test_response(
            auth_test_response=identity, bot_token=client.token
        ),
        # Acknowledges after the transaction: an exception is a failure the person sees, never a false yes.
        process_before_response=True,
        listener_executor=executor,
        # Bolt insists on one; over Socket Mode nothing is signed.
        signing_secret=_signing_secret(settings) or "socket mode",
    )


def _ticks(desk: Desk, client: WebClient, in_hand: InHand) -> list[Tick]:
    """What is looked after, and how often in seconds. Moving the clock asks for all of them at once."""
    indexing = Tick("search", partial(_index, desk, in_hand), 5)
    return [
        *([indexing] if search.available(desk.database) else []),
        Tick("chase", partial(chase, desk), 5),
        Tick("digest", partial(come_round, desk), 15),
        Tick("roll", partial(_call_the_roll, desk, client), 3600),
        Tick("checkpoint", partial(_checkpoint, desk), 5),
    ]


def _index(desk: Desk, in_hand: InHand) -> int:
    """What was filed and decided since, in batches between the clicks."""
    in_hand.give_way()
    return search.catch_up(desk.database)


def _checkpoint(desk: Desk) -> int:
    """Before a commit has to: inside one it costs whoever waits for that commit."""
    checkpoint(desk.database)
    return 0


def _call_the_roll(desk: Desk, client: WebClient) -> int:
    """Time zones move with people, and accounts end while the app runs."""
    roll = call_the_roll(client, desk.authority, desk.clock())
    desk.calendars.zones.update(roll.zones)
    desk.calendars.statuses, desk.calendars.resting = roll.statuses, roll.resting
    announce_unreachable(desk, roll.absent)
    return 0


def load_shelf(directory: Directory, day: date) -> dict[str, Rulebook]:
    """Every rulebook that a production names, in the version in force on `day`."""
    names = {name for production in directory.productions.values() for name in production.rulebooks}
    return {name: book_on(name, day) for name in sorted(names)}


def start(clearance: Clearance, settings: Settings, stack: ExitStack) -> None:
    """Deliver what waits and connect to Slack over Socket Mode; `stack` undoes both."""
    _deliver(clearance, stack)
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    handler = SocketMode(
        clearance.bolt,
        token,
        logger=wire.quiet(),
        web_client=clearance.bolt.client,
        ping_interval=wire.PING_SECONDS,
    )
    handler.in_hand = clearance.in_hand
    wire.hasten(handler.client)
    stack.callback(wire.hang_up, handler.client)
    handler.connect()  # type: ignore[no-untyped-call]
    _log.info("Connected to Slack.")


def start_http(clearance: Clearance, settings: Settings, stack: ExitStack, host: str, port: int) -> str:
    """Deliver what waits and serve Slack's requests; `stack` undoes both. Returns the address."""
    _deliver(clearance, stack)
    front = Front(
        clearance.bolt, _signing_secret(settings), partial(_in_the_way, clearance), clearance.in_hand
    )
    try:
        return stack.enter_context(serving(front, host, port))
    except OSError as error:
        says = f"{host}:{port} cannot be served: {error.strerror or error}; name another one"
        raise Invalid([Fault("run --http", None, "", says)]) from None


def _deliver(clearance: Clearance, stack: ExitStack) -> None:
    clearance.groups.refresh()
    for label in reassign(clearance.desk):
        _log.info("%s now waits for whom the directory names.", label)
    sync_rounds(clearance.desk)
    if any(each.timezone is None for each in clearance.desk.authority.directory.contacts.values()):
        # Before the first tick: nobody is reminded by the clock of a place where they are not.
        _call_the_roll(clearance.desk, clearance.bolt.client)
    clearance.delivery.start()
    stack.callback(clearance.delivery.stop)
    clearance.scheduler.start()
    stack.callback(clearance.scheduler.stop)


def _in_the_way(clearance: Clearance) -> str:
    """What keeps the app from serving; "" when nothing does."""
    if not clearance.delivery.alive:
        return "Nothing is delivered: the worker has stopped."
    try:
        with clearance.desk.database.reading() as tx:
            notices.next_due(tx)
    except StorageError as error:
        return str(error)
    return ""


def _signing_secret(settings: Settings) -> str:
    return settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""


def _requester_groups(directory: Directory) -> list[str]:
    named = [each for p in directory.productions.values() for each in p.requesters or ()]
    return [each for each in named if each.startswith("S")]
