"""Run chapters, each in a fresh process; knows nothing of the store or of parameters."""
