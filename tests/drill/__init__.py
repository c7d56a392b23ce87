"""The drill of erasing: whole lives with marked words, erased, searched for everywhere, and again after a restore."""
