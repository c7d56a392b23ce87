"""Which parts of others are in ours, and is one of them older than we have promised?"""
