"""``book serve``: the book in a browser, with values that can be turned."""

import secrets
import webbrowser

import click

from helpers.pipeline.cli import options
from helpers.pipeline.cli.progress import Progress


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True,
              help="Where it is served; 0 takes any that is free.")
@click.option("--no-open", is_flag=True, help="Print the address and open no browser.")
@click.option("--data", "own_data", type=options.FOLDER,
              help="Folder with your own tables; those not there are taken from data/.")
@click.option("--public", is_flag=True,
              help="Behind a proxy, for others: to read only, each reader bounded.")
@click.option("--host-name", "names", metavar="NAME", multiple=True,
              help="With --public: name by which the proxy leads here; may be repeated.")
@click.option("--cluster", metavar="URL",
              help="Run on a dask.distributed scheduler: tcp://127.0.0.1:8786.")
@click.pass_obj
def command(project, port, no_open, own_data, public, names, cluster):
    """Serve the book on this machine: turn a value on a page, and the page follows.

    The baseline is built first if it is not current. Nobody else reaches it, and saving asks for
    the token in the printed address. Ctrl-C ends it.
    """
    with options.refusals():
        from helpers.pipeline import building, chapters, edition, execute
        from helpers.pipeline.cli.opening import has_display
        from helpers.pipeline.live import server
        from helpers.pipeline.live.asking import Served
        from helpers.pipeline.live.book import Book
        from helpers.pipeline.live.commands import Commands
        from helpers.pipeline.live.editions import Editions
        from helpers.pipeline.live.events import Events
        from helpers.pipeline.live.guard import Access
        from helpers.pipeline.live.runner import Runner
        from helpers.pipeline.running import processes

        if names and not public:
            raise options.Usage("--host-name is for --public.")
        if public and not names:
            raise options.Usage("--public needs the name by which a proxy leads here: "
                                "--host-name NAME")
        if public and (own_data is not None or project.own_data):
            raise options.Usage("--public serves the shipped tables: pages of other ones name the "
                                "folder that holds them. Take away --data, and unset BOOK_DATA")
        how = options.how(1, cluster)
        wanted = edition.resolve(options.placed(project, own_data))
        sockets = server.bind(port)
        if not building.is_current(wanted):
            with Progress(len(chapters.names(project)), False) as progress:
                building.build(wanted, execute.How(cluster=cluster), report=progress.report,
                               step=progress.step)
        port = sockets[0].getsockname()[1]
        token = "" if public else secrets.token_urlsafe(24)
        if not cluster:
            processes.start(wanted.project.preload)
        book = Book(wanted, "public" if public else "local")
        runner = Runner(wanted.project, execute.default_jobs() * (4 if cluster else 1), how)
        access, editions, events = Access(port, token, public, names), None, None
        if not public:
            commands = Commands(wanted.project)
            editions, events = Editions(wanted.project, commands), Events(book, commands)
        served = Served(book, runner, access, editions, events)
        address = f"http://{server.HOST}:{port}/" + (f"?token={token}" if token else "")

        def ready():
            click.echo(f"The book is served until Ctrl-C: {address}")
            if not (no_open or public) and has_display():
                webbrowser.open(address)

        server.run(served, sockets, ready)
