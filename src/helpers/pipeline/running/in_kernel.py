# Runs in a stock kernel before the chapter, as PYTHONSTARTUP, in its name space: see `watch`.
from helpers.pipeline.running import watch

watch.as_told()
del watch
