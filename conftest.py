"""Settings for every test and every notebook: their surroundings, and what watches over them."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from helpers.pipeline.running import environment
from helpers.project import foreign_checkout

FOREIGN = foreign_checkout(Path(__file__).parent)
WATCHING = ["nbval_adapter", "gates"]  # plug-ins of ours, in tests/
pytest_plugins = [] if FOREIGN else WATCHING  # they import helpers, which would be another's


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """Never test the files of another checkout as if they were these, nor without what watches."""
    if FOREIGN:
        pytest.exit(FOREIGN, returncode=2)
    for name in WATCHING:
        if not session.config.pluginmanager.has_plugin(name):
            pytest.exit(f"The plug-in {name} is switched off: chapters would not be compared, or "
                        f"nobody would count. Take `-p no:{name}` away, also from PYTEST_ADDOPTS",
                        returncode=2)


# The same surroundings as in the pipeline, so that the same bytes come out; and no start-up file
# or setting of whoever runs the tests.
_ipython = tempfile.mkdtemp(prefix="book-ipython-")
atexit.register(shutil.rmtree, _ipython, ignore_errors=True)
os.environ.update({**environment.variables(), **environment.kernel_variables(_ipython)})
