"""What `run`, `demo` and `doctor` do: start the parts, wait for a signal, stop them in order."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.app import assemble, start, start_http
from bot.http import PATH
from bot.settings import Settings, app_token_fault, load_settings, missing_for_http, missing_for_run
from bot.shipped import shipped
from policy.faults import Fault, Invalid
from storage.errors import StorageError


def run_bot(address: tuple[str, int] | None = None) -> int:
    """Run until SIGTERM or Ctrl-C, over Socket Mode or at an address for HTTP; returns the exit status."""
    settings = load_settings()
    _log_to_stderr(settings)
    for sentence in settings.unknown:
        logging.getLogger("clearance").warning("%s", sentence)
    if missing := _missing(settings) if address is None else missing_for_http(settings):
        raise Invalid(Fault("settings", None, "", sentence) for sentence in missing)
    with stopping() as stop, ExitStack() as stack:
        try:
            where = _start(settings, stack, address)
        except StorageError as error:
            raise Invalid([Fault("database", None, "", str(error))]) from None
        except (SlackApiError, SlackClientError, OSError) as error:
            says = f"{_slack_says(error)} Run clearance doctor to see what to mend."
            raise Invalid([Fault("Slack", None, "", says)]) from None
        click.echo(f"Clearance is running{where}. Stop it with Ctrl-C.", err=True)
        stop.wait()
    return 0


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


def _log_to_stderr(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%H:%M:%S"
    )


def _slack_says(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack refused the tokens: {error.response.get('error')}."
    return f"Slack cannot be reached: {error}."
