"""What `run`, `demo` and `doctor` do: start the parts, wait for a signal, stop them in order."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

import click
from slack_sdk.errors import SlackApiError

from bot import wire
from bot.app import assemble, start, start_http, utc_now
from bot.http import PATH
from bot.logs import log_to_stderr
from bot.outage import Outage
from bot.pauses import shorten_pauses
from bot.posting import SLACK_IS_AWAY
from bot.refusal import not_done
from bot.settings import Settings, app_token_fault, load_settings, missing_for_http, missing_for_run
from bot.shipped import shipped
from policy.faults import Fault, Invalid
from storage.errors import Away, Busy, StorageError

_log = logging.getLogger(__name__)

STOP_SECONDS: Final = 9.0


def run_bot(address: tuple[str, int] | None = None) -> int:
    """Run until SIGTERM or Ctrl-C, over Socket Mode or at an address for HTTP; returns the exit status."""
    settings = load_settings()
    log_to_stderr(settings.log_level)
    for sentence in settings.unknown:
        logging.getLogger("clearance").warning("%s", sentence)
    if missing := _missing(settings) if address is None else missing_for_http(settings):
        raise Invalid(Fault("settings", None, "", sentence) for sentence in missing)
    with stopping() as stop, ExitStack() as stack:
        where = _started(settings, stack, address, stop)
        if where is not None:
            shorten_pauses()
            click.echo(f"Clearance is running{where}. Stop it with Ctrl-C.", err=True)
            stop.wait()
            _leave_in_time()
    return 0


def _started(
    settings: Settings, stack: ExitStack, address: tuple[str, int] | None, stop: threading.Event
) -> str | None:
    """Start, when the database and Slack are there; None when told to stop while waiting for them."""
    wire.quiet()
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every tick
    # A migration is news; that there is a database, at every try, is none.
    logging.getLogger("alembic.runtime.migration").addFilter(lambda said: "upgrade" in said.getMessage())
    database = Outage("The database answers again.", utc_now)
    slack = Outage("Slack answers again.", utc_now)
    while not stop.is_set():
        with ExitStack() as trying:
            try:
                where = _start(settings, trying, address)
            except StorageError as error:
                if not isinstance(error, Away | Busy) or (isinstance(error, Away) and error.lasting):
                    raise Invalid([Fault("database", None, "", str(error))]) from None
                database.failed(str(error))
            except (*SLACK_IS_AWAY, SlackApiError) as error:
                if isinstance(error, SlackApiError) and _lasting_at_start(error):
                    says = f"{_slack_says(error)} Run clearance doctor to see what to mend."
                    raise Invalid([Fault("Slack", None, "", says)]) from None
                database.answered()
                slack.failed(_slack_says(error))
            else:
                database.answered()
                slack.answered()
                stack.push(trying.pop_all())
                return where
        stop.wait(max(database.rest(), slack.rest()))
    return None


def _lasting_at_start(error: SlackApiError) -> bool:
    """A token, say, that is wrong: a start must not wait for a better one in silence."""
    return not_done(error) and error.response.status_code != HTTPStatus.TOO_MANY_REQUESTS


def _leave_in_time() -> None:
    """What is in hand has some seconds to end; whatever does not is found again at the next start."""

    def leave() -> None:
        _log.warning("Slack or the database took too long; the next start takes up what was in hand.")
        os._exit(0)

    watch = threading.Timer(STOP_SECONDS, leave)
    watch.daemon = True
    watch.start()


def _start(settings: Settings, stack: ExitStack, address: tuple[str, int] | None) -> str:
    clearance = assemble(settings, stack)
    if address is None:
        start(clearance, settings, stack)
        return ""
    return f" at {start_http(clearance, settings, stack, *address)}{PATH}"


def run_demo(port: int) -> None:
    """Run the demo until Ctrl-C."""
    from bot.demo import open_demo

    logging.basicConfig(level=logging.ERROR)
    with stopping() as stop, ExitStack() as stack:
        try:
            running, _ = open_demo(stack, port=port)
        except OSError as error:
            says = f"port {port} cannot be used: {error.strerror}; leave --port out, or name another one"
            raise click.ClickException(says) from None
        click.echo(f"\n  Clearance demo: open {running.url}\n")
        click.echo("  You are Ana, a coordinator on Nightfall. Type /genai-request in the message box.")
        click.echo("  Switch person at the top left to decide as Ravi, Mei or Oskar. Stop with Ctrl-C.\n")
        stop.wait()


def run_doctor(offline: bool, manifest: Path | None) -> int:
    """Examine the installation and print a line for each part; 1 when something must be mended."""
    from bot.diagnosis import exit_status, render
    from bot.doctor import examine

    settings = load_settings()
    checks = examine(
        settings,
        manifest_path=manifest or shipped("manifest.yml"),
        today=datetime.now(UTC).date(),
        connect=not offline,
    )
    click.echo(render(checks))
    return exit_status(checks)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set: what is in hand is finished first."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _missing(settings: Settings) -> list[str]:
    """What `run` lacks: over HTTP the app could do with a signing secret, over Socket Mode it cannot."""
    missing = missing_for_run(settings)
    app = app_token_fault(settings) if settings.slack_app_token is None and not missing else None
    return [*missing, *([f"{app.says}, and clearance run uses Socket Mode; {app.mend}"] if app else [])]


def _slack_says(error: Exception) -> str:
    if not isinstance(error, SlackApiError):
        return f"Slack cannot be reached: {error}."
    if _lasting_at_start(error):
        return f"Slack refused the tokens: {error.response.get('error')}."
    # What a proxy answers may be a whole page.
    return f"Slack cannot be reached: it answers with status {error.response.status_code}."
