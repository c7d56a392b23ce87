"""SMS: to whom, what, how long, and what a reply means."""
