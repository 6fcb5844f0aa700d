"""The live book as files for any static host: pages, editions, answers that are ready, turns.

Everything is written into a folder beside the one that is asked for and swapped in at the end, so a
reader finds the old site or the new one. A site that is up to date is written again from the store
and the pages in the build folder; nothing runs for it.
"""

import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpers import parameters
from helpers.pipeline import building, chapters, edition, execute, plan, store
from helpers.pipeline.edition import BuildError, Edition
from helpers.pipeline.execute import RunResult
from helpers.pipeline.live import address, answers, head, settings, switcher, tipping, wanted
from helpers.pipeline.live.wanted import Wanted
from helpers.pipeline.site import checksums
from helpers.project import Project

MARKER = "published.json"  # at the root of a site: this command wrote it, and may replace it
PAGES, LEFT_OUT = "pages.json", "left-out.json"
MEGABYTE = 1_000_000
NO_ROOM = "no room"
# A page that only leads to the first one leads there with the values that its address sets.
LEADS, ONWARD = '<meta http-equiv="Refresh"', "onward.js"
ONWARD_SCRIPT = ('location.replace(document.querySelector("main a").href + location.search '
                 '+ location.hash);\n')
LASTING = ("ok", "failed")  # what another run would say as well


class PublishError(ValueError):
    """A site that cannot be written there. One line."""


@dataclass(frozen=True)
class Request:
    """What is to be published.

    Attributes
    ----------
    project : Project
    folder : Path
        Where the site goes.
    size : float
        Megabytes that stored answers and turns may take together.
    editions : sequence of Edition
        Those beside the baseline.
    turns : bool
        Whether to sweep every parameter of every chapter, not only those for which nothing more
        needs to run.
    """

    project: Project
    folder: Path
    size: float = 60
    editions: Sequence[Edition] = ()
    turns: bool = False


@dataclass
class Published:
    """What was published, for who asked."""

    folder: Path
    pages: int = 0
    answers: int = 0
    turns: int = 0
    stored_bytes: int = 0
    bytes: int = 0
    left_out: list[dict] = field(default_factory=list)


def chosen(project: Project, names: str) -> list[Edition]:
    """Shipped editions beside the baseline, by their names.

    Parameters
    ----------
    project : Project
    names : str
        ``all``, ``none``, or names between commas.

    Raises
    ------
    helpers.parameters.ParameterError
        If one is not a shipped scenario, or one of those cannot be read.
    """
    shipped = [each for each in edition.shipped(project) if not each.is_baseline]
    if names in ("all", "none"):
        return shipped if names == "all" else []
    known = {each.name: each for each in shipped}
    listed = [name.strip() for name in names.split(",")]
    for name in listed:
        if name not in known:
            raise parameters.ParameterError(
                f"{name!r} is no edition that comes with the book; expected all, none, or some of "
                f"{', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(listed)]


def check(request: Request) -> None:
    """Refuse a folder that is not for a site, before anything runs.

    Raises
    ------
    PublishError
    """
    folder, project = request.folder, request.project
    if not request.size > 0:
        raise PublishError(f"--size {request.size:g}: expected a number of megabytes above 0.")
    kept = [project.root, *(project.build / part for part in ("html", "editions", "runs")),
            project.chapters, project.data, project.code, project.scenarios]
    if any(place == folder or folder in place.parents for place in kept) or any(
            place in folder.parents for place in kept[1:]):
        raise PublishError(f"{folder} holds the book itself. Give a folder of its own, such as "
                           f"{project.shown(project.build / 'site')}")
    if folder.exists() and not folder.is_dir():
        raise PublishError(f"{folder} is a file. Give a folder that is new or empty.")
    # A site takes minutes to make; that it has no place is to be told before.
    above = next(place for place in (folder.parent, *folder.parent.parents) if place.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise PublishError(f"No folder can be made in {above}. Give a folder of your own.")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            raise PublishError(f"{folder} is not empty and was not written by `book publish`. Give "
                               f"a folder that is new or empty.")
        listed = checksums.listed(folder)
        strange = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*")
                         if not file.is_dir()
                         and file.relative_to(folder).as_posix() not in listed)
        if strange:
            more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
            raise PublishError(f"{folder} holds {strange[0]}{more}, which `book publish` did not "
                               f"write and would remove. Move that, or give another folder.")


def plans(request: Request) -> dict[tuple[str, str], plan.Plan]:
    """Plans of the chapters without any change, and of every answer, by chapter and address."""
    project = request.project
    base = {name: plan.make(project, name, {}) for name in chapters.names(project)}
    made = {(name, ""): each for name, each in base.items()}
    for each in wanted.of_book(project):
        made[each.chapter, each.address] = plan.with_values(
            project, base[each.chapter], each.overrides)
    return made


def counts(request: Request) -> dict[str, int]:
    """What publishing would do; nothing is run."""
    made = plans(request)
    keys = {each.key for each in made.values()}
    for each in request.editions:
        keys |= {planned.key for planned in each.plans()}
    stored = sum(store.published(request.project.build, key) is not None for key in keys)
    every = [edition.baseline(request.project), *request.editions]
    return {"answers": len(made) - len(chapters.names(request.project)),
            "editions": len(request.editions), "runs": len(keys), "cached": stored,
            "to_run": len(keys) - stored,
            "to_build": sum(not building.is_current(each) for each in every)}


def publish(request: Request, how: execute.How = execute.How(), *,  # noqa: B008  frozen
            step: Callable[[str], None] = lambda text: None,
            report: Callable[[RunResult], None] = lambda result: None) -> Published:
    """Write a site; what is not in the store is run first.

    Parameters
    ----------
    request : Request
    how : execute.How
    step : callable
        Called with a line of text when a stage begins.
    report : callable
        Called with each RunResult as it comes in.

    Raises
    ------
    PublishError
        If the folder is not for a site.
    helpers.pipeline.edition.BuildError
        If an edition could not be built or the site not be written; the folder is as it was.
    """
    check(request)
    project = request.project
    every = [edition.baseline(project), *request.editions]
    for each in every:
        step(f"Edition {each.name}")
        building.build(each, how, report=report)
    made = plans(request)
    step(f"{len({each.key for each in made.values()})} runs for answers")
    runs = dict(zip(made, execute.run_many(project, made.values(), how, report=report),
                    strict=True))
    found = Published(request.folder)
    with store.lock(project.build / ".publish", wait=lambda: step("Waiting for another")):
        _tidy(request.folder)
        aside = _beside(request.folder)
        try:
            aside.mkdir(parents=True)
            step("Writing the pages")
            _copy(aside, every)
            live = aside / head.FOLDER
            live.mkdir()
            step("Writing the answers")
            stored = _answers(live, request, runs, found)
            step("Writing where sentences turn")
            _turns(live, request, how, report, found)
            _panel(live, project, every[0], stored)
            _pages(aside, every, found)
            _finish(aside, every, found)
            _swap(aside, request.folder)
        except OSError as error:  # a full disk
            raise BuildError(f"The site could not be written: {error}. {request.folder} is as it "
                             f"was") from None
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return found


def _beside(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.{uuid.uuid4().hex}.publishing"


def _tidy(folder: Path) -> None:
    """Remove what a publisher left that was killed; the lock says that none is writing.

    One that was killed between the two renames of a swap left whole sites and nothing in the place.
    """
    for left in sorted(folder.parent.glob(f".{folder.name}.*.publishing")):
        if not folder.exists() and (left / checksums.NAME).is_file():
            left.rename(folder)
        shutil.rmtree(left, ignore_errors=True)


def _swap(aside: Path, folder: Path) -> None:
    old = _beside(folder)
    if folder.exists():
        os.rename(folder, old)
    try:
        os.rename(aside, folder)
    except OSError:
        with suppress(OSError):
            os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def place_of(each: Edition) -> str:
    """Folder of an edition from the root of a site; empty for the baseline."""
    return "" if each.is_baseline else f"editions/{each.name}"


def _copy(site: Path, every: Sequence[Edition]) -> None:
    """The pages of every edition, without the lists of what they were when they were built."""
    for each in every:
        before = each.manifest()
        shutil.copytree(each.folder, site / place_of(each), dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns(checksums.NAME, edition.MANIFEST))
        if each.manifest() != before:
            raise BuildError(f"The edition {each.name} was built again meanwhile. Type the same "
                             f"command again")


def _script(call: str, told: Mapping) -> bytes:
    return f"{call}({settings.in_script(told)});\n".encode()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _answers(live: Path, request: Request, runs: Mapping[tuple[str, str], RunResult],
             found: Published) -> dict[str, list]:
    """Write answers as far as there is room; the values that are stored, by parameter."""
    stored: dict[str, list] = {}
    for each in wanted.of_book(request.project):
        run, against = runs[each.chapter, each.address], runs[each.chapter, ""]
        if run.status not in LASTING or against.status != "ok":
            found.left_out.append(_left_out(each, f"{run.status}: {run.reason}"))
            continue
        # From the store or run just now: the file is the same.
        told = {**answers.of(request.project, each.chapter, each.overrides, run, against),
                "seconds": 0.0, "cached": True}
        content = _script("bookAnswer", told)
        if found.stored_bytes + len(content) > request.size * MEGABYTE:
            found.left_out.append(_left_out(each, NO_ROOM))
            continue
        _write(live / "answers" / each.chapter / f"{each.address}.js", content)
        found.stored_bytes += len(content)
        found.answers += 1
        if len(each.overrides) == 1:
            [(name, value)] = each.overrides.items()
            if value not in stored.setdefault(name, []):
                stored[name].append(value)
    return stored


def _left_out(each: Wanted, why: str) -> dict:
    return {"chapter": each.chapter, "address": each.address, "why": why}


def _turns(live: Path, request: Request, how: execute.How, report, found: Published) -> None:
    """Where sentences turn: for choices, whose runs are those of the answers, and what is known.

    Halving the ranges of every number would run many times as much; `turns` asks for it.
    """
    project = request.project

    def run(planned):
        return execute.run_many(project, planned, how, report=report)

    for chapter in chapters.names(project):
        for name in chapters.read(project, chapter).parameters:
            if len(parameters.REGISTRY.grid(name)) < 2:
                continue
            told = tipping.known(project, chapter, name)
            if told is None and (request.turns or parameters.REGISTRY.step(name) is None):
                told = tipping.of(project, chapter, name, run=run)
            if told is None:
                continue
            content = _script("bookTipping", told)
            if found.stored_bytes + len(content) > request.size * MEGABYTE:
                found.left_out.append({"chapter": chapter, "turns": name, "why": NO_ROOM})
                continue
            _write(live / "tipping" / chapter / name / f"{address.file_name({})}.js", content)
            found.stored_bytes += len(content)
            found.turns += 1


def _panel(live: Path, project: Project, baseline: Edition, stored: Mapping[str, list]) -> None:
    """The panel and what it knows: controls stop where an answer is stored."""
    for name, file in head.files().items():
        shutil.copyfile(file, live / name)
    told = settings.of_book(project, "static", baseline.manifest().get("key", ""))
    for about in told["parameters"]:
        name = about["name"]
        values = [parameters.defaults()[name], *stored.get(name, [])]
        if parameters.REGISTRY.bounds(name):
            values.sort()
        about["grid"] = [parameters.literal(value) for value in values]
    _write(live / head.SETTINGS, settings.as_script(told).encode())


def _pages(site: Path, every: Sequence[Edition], found: Published) -> None:
    """Give pages what they have beside what was built: the panel, and the menu of editions.

    A page of another edition has no panel: answers say what moved against the baseline, and would
    be laid over what that edition says.
    """
    for name, text in ((switcher.FILE, switcher.STYLE), (ONWARD, ONWARD_SCRIPT)):
        (site / head.FOLDER / name).write_text(text, encoding="utf-8")
    titles = {place_of(each): each.title for each in every}
    listed = []
    for each in every:
        place = place_of(each)
        root = site / place
        files = sorted(file for file in root.rglob("*.html") if place or not file.is_relative_to(
            site / "editions"))
        for file in files:
            here = file.relative_to(site).as_posix()
            changed = text = file.read_text(encoding="utf-8")
            listed.append({"page": here, "edition": each.name})
            if switcher.END not in text:
                if not place and LEADS in text:
                    script = f'<script src="{head.FOLDER}/{ONWARD}" defer></script>\n'
                    file.write_text(text.replace(LEADS, script + LEADS, 1), encoding="utf-8")
                continue
            if len(every) > 1:
                changed = switcher.into(changed, here, site, titles, place,
                                        f"{head.FOLDER}/{switcher.FILE}")
            if not place:
                changed = head.into(changed, "../" * here.count("/"))
            if changed != text:
                file.write_text(changed, encoding="utf-8")
    found.pages = len(listed)
    (site / head.FOLDER / PAGES).write_text(json.dumps(listed, indent=1), encoding="utf-8")


def _finish(site: Path, every: Sequence[Edition], found: Published) -> None:
    """What was left out, the mark of a site, and last the hash of every file."""
    _write(site / head.FOLDER / LEFT_OUT, json.dumps(found.left_out, indent=1).encode())
    told = {"by": "book publish", "key": every[0].manifest().get("key", ""),
            "editions": [each.name for each in every], "answers": found.answers,
            "turns": found.turns, "left_out": len(found.left_out)}
    (site / MARKER).write_text(json.dumps(told, indent=1), encoding="utf-8")
    checksums.write(site)
    found.bytes = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
