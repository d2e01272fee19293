"""`hub webhook`: who is told of changes, how that goes, and sending again what failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import parse_qsl

import typer

from hub.cli.app import DEFAULT_CONFIG, AuthorOption, ConfigOption, JsonOption, as_row, configuration, signed, told
from hub.cli.exits import Exit
from hub.cli.groups import ListsByItself
from hub.cli.output import harmless, local, out, print_json, print_table, stop
from hub.outbox.webhooks.address import NotAllowed
from hub.outbox.webhooks.register import Made, NoSuchWebhook, NotNow, TooMany, Webhooks
from hub.outbox.webhooks.state import Content, Move, NoticeState
from hub.store import clients, feed, notices, subscriptions
from hub.store.feed import UnknownPosition
from hub.store.notices import Again, NoticeRow, Tally
from hub.store.subscriptions import SubscriptionRow
from hub.view.fields import NotSeen
from hub.wiring import open_store, webhook_rules

commands = typer.Typer(cls=ListsByItself, help="Who is told of changes, and how that goes.")
NumberArgument = Annotated[int, typer.Argument(help="The number that `hub webhook list` shows.")]
_COLUMNS = ("number", "client", "title", "state", "waiting", "failed", "behind", "url")


@commands.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the subscriptions, and how each fares."""
    with _opened(config) as webhooks:
        found = subscriptions.listed(webhooks.database)
        tallies = notices.tallies(webhooks.database, [row.id for row in found])
        latest = feed.latest(webhooks.database)
    shown = [_document(row, tallies.get(row.id), latest) for row in found]
    if as_json:
        print_json(shown)
    elif not shown:
        out.print("Nobody is told of changes.", highlight=False)
    else:
        print_table(_COLUMNS, [_cells(one) for one in shown])


@commands.command()
def show(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show one, and why it is not sent to where it is not."""
    with _opened(config) as webhooks:
        row = webhooks.one(number)
        tally = notices.tallies(webhooks.database, [number]).get(number)
        shown = _document(row, tally, feed.latest(webhooks.database))
    if as_json:
        print_json(shown)
        return
    print_table(("", ""), [(name, _readable(value)) for name, value in shown.items()])


@commands.command()
def add(
    client: Annotated[str, typer.Argument(help="Whose it is: notices show what that client may see.")],
    url: Annotated[str, typer.Argument(help="Where notices are sent.")],
    title: Annotated[str, typer.Option(help="What people call it; left out, the client's name.")] = "",
    which: Annotated[str, typer.Option("--filter", help="As the API's parameters: 'agency=000.00.15.H29'.")] = "",
    content: Annotated[Content, typer.Option(help="The dossier as lists show it, or its codes alone.")] = (
        Content.DOSSIER
    ),
    after: Annotated[
        int | None, typer.Option(min=0, help="0: all there is, first; another one: it has what there was then.")
    ] = None,
    author: AuthorOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Subscribe CLIENT, and show the secret, this once."""
    with _opened(config) as webhooks:
        found = clients.named(webhooks.database, client)
        if found is None:
            stop(f"there is no client {client!r}; `hub client list` shows those that there are", Exit.NOT_FOUND)
        by = signed(author, "").author
        made = webhooks.add(found, title or client, url, dict(parse_qsl(which)), content, by, after)
    _show_secret(made, as_json)


@commands.command()
def pause(
    number: NumberArgument,
    reason: Annotated[str, typer.Option(help="Why; shown with it.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send it nothing until it is resumed; it misses nothing."""
    with _opened(config) as webhooks:
        webhooks.move(webhooks.one(number), Move.PAUSE, reason.strip() or None, signed("", reason))
    out.print(f"Webhook {number} is paused.", highlight=False)


@commands.command()
def resume(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Let it go on where it stood, also where the hub had stopped it; what waits is tried at once."""
    with _opened(config) as webhooks:
        webhooks.move(webhooks.one(number), Move.RESUME, None, signed("", ""))
    out.print(f"Webhook {number} goes on.", highlight=False)


@commands.command()
def remove(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Forget it; what waits is not sent any more."""
    with _opened(config) as webhooks:
        webhooks.remove(webhooks.one(number), signed("", ""))
    out.print(f"Webhook {number} is removed.", highlight=False)


@commands.command()
def rotate(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Make a new secret and show it, this once; for a day the old one signs, too."""
    with _opened(config) as webhooks:
        made = webhooks.rotate(webhooks.one(number), signed("", ""))
    _show_secret(made, as_json)


@commands.command("test")
def try_out(number: NumberArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Send it an event that is about no dossier, from this machine, and say how that went."""
    with _opened(config) as webhooks:
        went = webhooks.test(webhooks.one(number))
    said = went.answered
    if as_json:
        print_json({"taken": said.taken, "status": said.status, "error": said.error, "seconds": went.seconds})
    elif said.taken:
        out.print(f"Taken: {said.status} in {went.seconds:.2f} s.", highlight=False)
    if not said.taken:
        stop(harmless(said.error or ""), Exit.FAILED)


@commands.command()
def deliveries(
    number: NumberArgument,
    state: Annotated[NoticeState | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="No more than this.")] = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List what was sent, waits or failed, newest first, with what came of the last try."""
    with _opened(config) as webhooks:
        found = notices.page(webhooks.database, webhooks.one(number).id, state, None, limit)
    if as_json:
        print_json([as_row(row) for row in found])
        return
    columns = ("number", "dossier", "change", "state", "tries", "made", "next try", "last answer")
    print_table(columns, [_delivery(row) for row in found])


@commands.command()
def resend(
    number: NumberArgument,
    delivery: Annotated[int | None, typer.Option(help="This delivery; left out, all that failed.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send again what failed, with the ids that the receiver knows."""
    with _opened(config) as webhooks:
        row = webhooks.one(number)
        if delivery is not None and notices.get(webhooks.database, number, delivery) is None:
            hint = f"`hub webhook deliveries {number}` lists them"
            stop(f"webhook {number} has no delivery {delivery}; {hint}", Exit.NOT_FOUND)
        which = Again(NoticeState.FAILED) if delivery is None else Again(id=delivery)
        count = webhooks.resend(row, which, signed("", ""))
    out.print(f"{count} wait to be sent again.", highlight=False)


@contextmanager
def _opened(path: Path) -> Iterator[Webhooks]:
    """The subscriptions of a configuration; whatever is refused ends the command in a sentence."""
    found = configuration(path)
    with told():
        database = open_store(found)
        try:
            yield Webhooks(database, webhook_rules(found, database))
        except NoSuchWebhook as error:
            _refused(f"{error}; `hub webhook list` shows those that there are", Exit.NOT_FOUND)
        except (NotAllowed, NotNow, NotSeen, TooMany, UnknownPosition) as error:
            _refused(str(error), Exit.WRONG)
        except UnicodeError:
            raise  # told as what it is
        except ValueError as error:
            _refused(str(error), Exit.WRONG)
        finally:
            database.close()


def _refused(sentence: str, code: Exit) -> NoReturn:
    stop(harmless(sentence), code)


def _show_secret(made: Made, as_json: bool) -> None:
    if as_json:
        print_json({"id": made.row.id, "secret": made.secret})
    else:
        out.print(f"Webhook {made.row.id}; what its signatures are checked with, shown this once:", highlight=False)
        out.print(made.secret, highlight=False, soft_wrap=True)


def _document(row: SubscriptionRow, tally: Tally | None, latest: int) -> dict[str, Any]:
    counts = as_row(tally or Tally())
    return as_row(row) | counts | {"behind": max(0, latest - row.position)}


def _cells(one: dict[str, Any]) -> tuple[object, ...]:
    state = f"{one['state']}, failing" if one["failures"] else one["state"]
    return tuple(state if name == "state" else one["id" if name == "number" else name] for name in _COLUMNS)


def _delivery(row: NoticeRow) -> tuple[object, ...]:
    last = (row.attempts or [{}])[-1]
    said = harmless(str(last.get("error") or last.get("status") or ""))
    cells = (row.id, row.dossier_id, row.kind, row.state, row.tries, local(row.made_at))
    return (*cells, local(row.next_try_at), said)


def _readable(value: Any) -> str:
    return local(value) if hasattr(value, "tzinfo") else harmless("" if value is None else str(value))
