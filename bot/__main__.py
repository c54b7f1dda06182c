"""The `clearance` command line."""

import gc
import sys
from pathlib import Path
from typing import Final

import click

from bot.operator_cli import db, notices, register
from bot.policy_cli import policy
from policy.faults import Invalid

_ALL_THAT_IS_BUILT: Final = 200_000  # objects, about


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="genai-clearance", prog_name="clearance")
def main() -> None:
    """May we use generative AI for this, and who has to say so?

    Clearance judges a use of generative AI in film and series production against Netflix's public partner
    guidance, says why clause by clause, asks the right Netflix contact in Slack, and keeps the record.

    \b
    First look, no Slack needed:    clearance demo
    Judge a file, no Slack needed:  clearance triage request.toml
    A real install:                 clearance doctor, then clearance run

    Clearance is not affiliated with Netflix. Its verdicts are no rights clearance and no legal advice.
    """


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Output; JSON is one object a line.",
)
@click.option(
    "--book",
    "books",
    multiple=True,
    metavar="ID",
    help="Rulebook to judge by; may be repeated, the strictest holds.",
)
@click.option("--explain", is_flag=True, help="Say for every rule why it fired, or why it did not.")
def triage(files: tuple[str, ...], form: str, books: tuple[str, ...], explain: bool) -> None:
    """Judge request files without Slack.

    FILE is TOML, JSON or JSON Lines; "-" reads standard input. A request has facts with at least one step;
    a fact that is missing counts as "unsure", and can never clear. The free text is read as well: where it
    says more than the answers, the stricter reading holds.

    \b
      title = "Mood boards for the bunker"
      [facts]
      element = "reference"
      output_final = "no"           # ... and every other fact: see examples/request.toml
      [[facts.steps]]
      tool = "Midjourney"
      environment = "enterprise"
      stores_or_trains = "no"

    Exit status 0 when every request was judged; 2, with nothing judged and one line per fault, when not.
    """
    from bot.triage_command import judge

    try:
        output = judge(files, books, form, explain)
    except Invalid as error:
        _refuse(error)
    click.echo(output)


@main.command()
@click.option("--port", type=int, default=0, help="Port on 127.0.0.1; a free one when left out.")
def demo(port: int) -> None:
    """Try it: the real bot and a local stand-in for Slack, in a browser.

    Prints one address. Nothing leaves this machine and nothing is kept: the demo's register lives in a
    temporary folder. Stop it with Ctrl-C.
    """
    from bot.running import run_demo

    run_demo(port)


@main.command()
@click.option("--http", is_flag=True, help="Serve Slack's requests over HTTP instead of Socket Mode.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen, with --http.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=3000, show_default=True, help="The port, with --http."
)
def run(http: bool, host: str, port: int) -> None:
    """Start the bot against your Slack, over Socket Mode.

    Reads SLACK_BOT_TOKEN, SLACK_APP_TOKEN and the CLEARANCE_* settings from the environment or .env (see
    docs/settings.md). Run "clearance doctor" first: it says what is missing. Stop it with Ctrl-C or SIGTERM.

    With --http it needs SLACK_SIGNING_SECRET and no app token. Slack's requests go to /slack/events, through
    a proxy of yours that speaks HTTPS; /healthz says that it lives, /readyz that it can serve.
    """
    # What is built at start stays: to look through it for garbage again and again is a sixth of the start.
    # `shorten_pauses` sets what holds from then on.
    gc.set_threshold(_ALL_THAT_IS_BUILT)

    from bot.running import run_bot

    try:
        sys.exit(run_bot((host, port) if http else None))
    except Invalid as error:
        _refuse(error)


@main.command()
@click.option("--offline", is_flag=True, help="Do not ask Slack anything.")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="The manifest to check; the shipped one when left out.",
)
def doctor(offline: bool, manifest: Path | None) -> None:
    """Check tokens, manifest, directory, database and rulebook.

    One line each: what is right, what is wrong and how to mend it. Exit status 1 when one must be mended.
    """
    from bot.running import run_doctor

    sys.exit(run_doctor(offline, manifest))


for group in (policy, register, db, notices):
    main.add_command(group)


def _refuse(error: Invalid) -> None:
    for fault in error.faults:
        click.echo(f"clearance: {fault}", err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
