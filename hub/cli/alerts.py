"""`hub alerts`: what is wrong, who looks after it, who is told; and whether telling works."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.alerts import sending, silencing, words
from hub.alerts.heartbeat import Heartbeat, heartbeat
from hub.alerts.links import mends
from hub.alerts.policy import Policy
from hub.alerts.silencing import NotSilenced, Wanted
from hub.alerts.telling import silenced
from hub.cli.app import (
    DEFAULT_CONFIG,
    AuthorOption,
    ConfigOption,
    JsonOption,
    as_row,
    configuration,
    opened_store,
    signed,
    told,
)
from hub.cli.exits import Exit
from hub.cli.groups import ListsByItself
from hub.cli.output import err, harmless, local, out, print_json, print_table, stop
from hub.record.moments import ZONE
from hub.store import alert_notices, alerts, silences
from hub.store.alerts import AlertRow
from hub.store.database import Database
from hub.store.silences import Silence
from hub.wiring import alert_policy, open_store
from schedules.cadence import parse_duration

commands = typer.Typer(cls=ListsByItself, help="What is wrong, and who is told; `hub alerts` lists what goes on.")
NumberArgument = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="The number that `hub alerts` shows.")]
_NOTICES = 1000  # the newest, among which those of one alert are looked for


@commands.command("list")
def list_(
    config: ConfigOption = DEFAULT_CONFIG,
    over: Annotated[bool, typer.Option("--over", help="What is over, newest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="No more than this.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List what goes on, and say when the rules were last looked through."""
    with opened_store(config) as database:
        rows = alerts.history(database, limit=limit) if over else alerts.going_on(database)[-limit:]
        now = database.now()
        beat, quiet = heartbeat(database, now), silences.holding(database, now)
    if as_json:
        shown = [_document(row) | {"silenced": silenced(row, quiet, now)} for row in rows]
        print_json({"judged_at": beat.at, "judged_late": beat.late, "alerts": shown})
        return
    if rows:
        columns = ("alert", "how bad", "what", "connector", "since", "times", "state")
        print_table(columns, [_cells(row, silenced(row, quiet, now)) for row in rows])
    else:
        out.print(_nothing(beat, over=over), highlight=False)
    _tell_heartbeat(beat)


@commands.command()
def show(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show one: what was found, what to do, and who was told."""
    with opened_store(config) as database:
        row = _the_one(database, number)
        told_of = [each for each in alert_notices.newest(database, _NOTICES) if number in each.alerts]
    if as_json:
        print_json(_document(row) | {"notices": [as_row(each) for each in told_of]})
        return
    shown = _document(row)
    print_table(("", ""), [(name, _readable(value)) for name, value in shown.items() if value not in (None, "", {})])
    if told_of:
        columns = ("channel", "about", "state", "tries", "made", "sent", "error")
        print_table(columns, [_notice(each) for each in told_of])


@commands.command()
def answer(
    number: NumberArgument,
    note: Annotated[str, typer.Option(help="What is being done; shown with it.")] = "",
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say that you look after it: it is not repeated, and goes to nobody above."""
    with opened_store(config) as database:
        row = _the_one(database, number)
        if not silencing.answer(database, row, signed(author, note)):
            stop(f"alert {number} is over, or somebody looks after it already", Exit.WRONG)
    out.print(f"Alert {number} is answered.", highlight=False)


@commands.command("test")
def try_out(
    channel: Annotated[str | None, typer.Argument(help="This channel alone; left out, every one.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Send a marked test through the channels, from this machine, and say for each what happened."""
    with _policy(config) as (database, policy):
        wanted = [each for each in policy.channels if channel in (None, each.name)]
        if not wanted:
            _no_channel(policy, channel)
        went = [(each, sending.try_out(policy, each, database.now())) for each in wanted]
    if as_json:
        print_json([{"kind": each.kind, "to": each.to, **as_row(one)} for each, one in went])
    else:
        rows = [
            (each.name, each.kind, harmless(each.to), "failed" if one.error else "taken", one.error or one.remark)
            for each, one in went
        ]
        print_table(("channel", "kind", "to", "outcome", "said"), rows)
    if any(one.error or one.remark for _, one in went):
        raise typer.Exit(Exit.FAILED)


@commands.command()
def silence(
    reason: Annotated[str, typer.Option(help="Why; kept, and shown with it.")],
    lasts: Annotated[str, typer.Option("--for", help="How long, as 2h or 3d.")] = "2h",
    connector: Annotated[str | None, typer.Option(help="Only this connector; left out, everything.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only this rule; left out, every one.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="As 2026-11-28T22:00, Vietnam's time; now.")] = None,
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tell nobody for a while, as during maintenance; what is found meanwhile is kept."""
    by = signed(author, reason)
    begins = by.at if since is None else _moment(since)
    with opened_store(config) as database:
        try:
            number = silencing.silence(database, Wanted(rule, connector, begins, begins + _lasts(lasts)), by)
        except NotSilenced as error:
            stop(harmless(str(error)), Exit.WRONG)
    out.print(f"Silence {number}, until {local(begins + _lasts(lasts))}.", highlight=False)


@commands.command("silences")
def silences_(
    config: ConfigOption = DEFAULT_CONFIG,
    end: Annotated[int | None, typer.Option(help="End this one now.")] = None,
    author: AuthorOption = "",
    as_json: JsonOption = False,
) -> None:
    """List silences, the newest first, or end one before its time."""
    with opened_store(config) as database:
        if end is not None:
            found = silences.get(database, end)
            if found is None or not silencing.end(database, found, signed(author, "")):
                stop(f"there is no silence {end} that holds or will; `hub alerts silences` lists them", Exit.NOT_FOUND)
        rows = silences.newest(database)
    if as_json:
        print_json([as_row(row) for row in rows])
        return
    columns = ("silence", "rule", "connector", "from", "until", "who", "why")
    print_table(columns, [_silence(row) for row in rows])


@contextmanager
def _policy(path: Path) -> Iterator[tuple[Database, Policy]]:
    found = configuration(path)
    with told():
        database = open_store(found)
        try:
            yield database, alert_policy(found, database)
        finally:
            database.close()


def _no_channel(policy: Policy, channel: str | None) -> None:
    names = ", ".join(each.name for each in policy.channels)
    if channel is None:
        stop("there is no channel: `alerts.channels` in config.yaml names who is told", Exit.WRONG)
    stop(f"there is no channel {harmless(channel)}; there are: {names or 'none'}", Exit.NOT_FOUND)


def _the_one(database: Database, number: int) -> AlertRow:
    row = alerts.get(database, number)
    if row is None:
        stop(
            f"there is no alert {number}; `hub alerts` lists what goes on, `hub alerts list --over` what was",
            Exit.NOT_FOUND,
        )
    return row


def _nothing(beat: Heartbeat, *, over: bool) -> str:
    if over:
        return "No alert is over."
    return "No alert is known." if beat.late else "No alert: all that the rules look at is well."


def _tell_heartbeat(beat: Heartbeat) -> None:
    if beat.late:
        when = f"since {local(beat.at)}" if beat.at else "yet"
        err.print(f"The rules were not looked through {when}: `hub scheduler` or `hub serve` must be running.")
    else:
        err.print(f"The rules were last looked through at {local(beat.at)}.")


def _document(row: AlertRow) -> dict[str, Any]:
    said = {"sentence": words.sentence(row.rule, row.data, "en"), "next": words.step(row.rule, "en")}
    return as_row(row) | said | {"page": mends(row.rule, row.connector, row.subject)}


def _cells(row: AlertRow, is_silenced: bool) -> tuple[object, ...]:  # a fact of the row
    state = "silenced" if is_silenced else f"because of {row.cause}" if row.cause else row.state
    sentence = harmless(words.sentence(row.rule, row.data, "en"))
    return str(row.id), row.severity, sentence, row.connector or "", local(row.opened_at), row.times, state


def _notice(row: alert_notices.AlertNotice) -> tuple[object, ...]:
    when = local(row.made_at), local(row.sent_at)
    return row.channel, row.about, row.state, row.tries, *when, harmless(row.error or "")


def _silence(row: Silence) -> tuple[object, ...]:
    until = f"{local(row.until)}{f' (ended by {row.ended_by})' if row.ended_by else ''}"
    what = row.rule or "all", row.connector or "all"
    return str(row.id), *what, local(row.since), until, harmless(row.author), harmless(row.reason)


def _readable(value: Any) -> str:
    return local(value) if isinstance(value, datetime) else harmless(str(value))


def _lasts(text: str) -> timedelta:
    try:
        lasts = parse_duration(text)
    except ValueError as error:
        stop(str(error), Exit.WRONG)
    return lasts


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        stop(f"{harmless(text)!r} is no time; write it as 2026-11-28T22:00", Exit.WRONG)
    return at if at.tzinfo else at.replace(tzinfo=ZONE)
