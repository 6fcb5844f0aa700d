"""Run chapters: what a run needs, and a fresh process for each. Knows no store or parameter."""
