"""Pages: what is generated, how chapters are assembled, and how jupyter-book is run."""
