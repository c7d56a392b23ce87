"""What would have become of the requests under other rules, weights or ways of asking? Reads only."""
