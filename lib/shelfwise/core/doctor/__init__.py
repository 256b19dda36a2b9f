"""Is everything there that a run needs? Each thing is looked at by itself, so that one that is broken hides no other."""
